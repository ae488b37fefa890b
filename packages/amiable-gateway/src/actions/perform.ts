// Sends one action that was found right, and makes the reply.
import { randomUUID } from 'node:crypto'
import type { Client, OriginateParams, Params } from 'amiable'
import type { ReplyBody } from '../schema/action.ts'
import { Refused } from './refused.ts'
import type { ActionRequest } from './request.ts'
import { type FlowWindow, piecesOf } from './rows.ts'

/** What of a reply comes from Asterisk. */
export type Performed = Pick<ReplyBody, 'response' | 'events' | 'outcome' | 'channelId' | 'rows'>

/** Where pieces of a list go. */
export interface PieceSink {
  /** Sends a piece; whoever reads it acknowledges it on the subject of the window. */
  send(text: string): void
  readonly window: FlowWindow
}

/** Sends an action and waits for its answer. */
export async function perform(
  client: Client,
  request: ActionRequest,
  timeout: number,
  channelId: string | undefined,
): Promise<Performed> {
  const { action, params, variables, actionId } = request
  if (action.name === 'Originate') return originate(client, request, timeout, channelId ?? `gw-${randomUUID()}`)
  const response = await client.sendRaw(action.name, params, { timeout, actionId, ...given(variables) })
  const events = response.events.map((event) => event.toJSON())
  return { response: response.toJSON(), ...(events.length > 0 && { events }) }
}

/** Dials, always so that Asterisk answers at once: a call that rings would hold up every other action. */
async function originate(
  client: Client,
  { params, variables, actionId, wait }: ActionRequest,
  timeout: number,
  ownId: string,
): Promise<Performed> {
  const kept = Object.entries(params).filter(([name]) => name.toLowerCase() !== 'async')
  const channelId = String(kept.find(([name]) => name.toLowerCase() === 'channelid')?.[1] ?? ownId)
  const named = kept.filter(([name]) => name.toLowerCase() !== 'channelid')
  const dialled: Params = { ...Object.fromEntries(named), ChannelId: channelId }
  if (wait === undefined) {
    const response = await client.sendRaw(
      'Originate',
      { ...dialled, Async: true },
      { timeout, actionId, ...given(variables) },
    )
    return { response: response.toJSON(), channelId }
  }
  const { event, ...outcome } = await client.originate(dialled as unknown as OriginateParams, {
    timeout,
    actionId,
    ...given(variables),
  })
  return { outcome: { ...outcome, ...(event && { event: event.toJSON() }) }, channelId }
}

function given(variables: ActionRequest['variables']): { variables?: ActionRequest['variables'] } {
  return variables.length > 0 ? { variables } : {}
}

/** Sends a list in pieces as its rows come. */
export async function performInPieces(
  client: Client,
  { action, params, actionId }: ActionRequest,
  { rows: most, timeout, mostBytes }: { rows: number; timeout: number; mostBytes: number },
  sink: PieceSink,
): Promise<Performed> {
  const end = performance.now() + timeout
  const list = client.listRaw(action.name, params, { timeout, actionId })
  let rows = 0
  for await (const { text, count } of piecesOf(list, most, mostBytes)) {
    if (!(await sink.window.take(end - performance.now()))) {
      throw new Refused('AMI_TIMEOUT', `the pieces of ${action.name} were not acknowledged within ${timeout} ms`, {
        delivered: 'yes',
      })
    }
    sink.send(text)
    rows += count
  }
  const completion = list.completion?.toJSON()
  return { rows, ...(completion && { events: [completion] }), response: list.response?.toJSON() ?? {} }
}

/** Returns the text of a reply, or refuses what is too long for one message. */
export function replyText(reply: ReplyBody, mostBytes: number): string {
  const text = JSON.stringify(reply)
  if (Buffer.byteLength(text) <= mostBytes) return text
  throw new Refused('GW_TOO_LARGE', `the answer must fit into ${mostBytes} bytes: ask for pieces by Amiable-Rows`, {
    delivered: 'yes',
  })
}
