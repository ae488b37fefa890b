// A stage for a session: a call that a real Asterisk, or the simulator, hands to a handler over one of the transports.
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { AmiEvent, Client } from 'amiable'
import { type AgiHandler, type AgiSession, attachAgi, listenAgi } from 'amiable/agi'
import { caughtUp, nextEvent, withClient } from '../support/client.ts'
import type { Target } from '../targets.ts'

/** How a call comes to a handler. */
export interface Transport {
  readonly name: 'fast' | 'async'
  /** Has handlers ready; gives what the dialplan's AGI() is told, for a path and arguments. */
  open(
    ami: Client,
    handler: AgiHandler,
  ): Promise<AsyncDisposable & { data(path: string, args: readonly string[]): string }>
}

export const fastAgi: Transport = {
  name: 'fast',
  async open(ami, handler) {
    const options = { port: 0, hangupGrace: 3_000, control: ami, onHandlerError: () => {} }
    const server = await listenAgi(handler, options)
    return {
      data: (path, args) => [`agi://127.0.0.1:${server.port}/${path}`, ...args].join(','),
      async [Symbol.asyncDispose]() {
        await server.close({ timeout: 0 })
        const { sessions } = server.stats()
        assert.equal(sessions, 0)
      },
    }
  },
}

export const asyncAgi: Transport = {
  name: 'async',
  async open(ami, handler) {
    const attachment = attachAgi(ami, handler, { onHandlerError: () => {} })
    return {
      data: (path, args) => ['agi:async', path, ...args].join(','),
      async [Symbol.asyncDispose]() {
        await attachment.close({ timeout: 0 })
        const { sessions, foreign, lateAnswers } = attachment.stats()
        assert.deepEqual({ sessions, foreign }, { sessions: 0, foreign: 0 }, `${lateAnswers}`)
      },
    }
  },
}

/** What a test holds beside the session. */
export interface Stage {
  readonly ami: Client
  /** The other half of the call's Local channel. */
  readonly far: string
  readonly transport: Transport
  /** Hangs the call up. */
  hangUp(): Promise<void>
}

/** How the call is made. */
export interface StageOptions {
  readonly path?: string
  readonly args?: readonly string[]
  readonly variables?: Record<string, string>
  readonly callerId?: string
  /** Whether the call comes from a dialplan, and goes on there. */
  readonly dialplan?: boolean
}

/** What became of it: what the handler gave or threw. */
export interface Outcome<T> {
  readonly value?: T
  readonly error?: unknown
  /** What Asterisk says of the session at its end. */
  readonly agiStatus: string
}

/** Has Asterisk hand over a call, and runs `body` as its handler. */
export function onStage<T>(
  target: Target,
  transport: Transport,
  body: (call: AgiSession, stage: Stage) => Promise<T>,
  options: StageOptions = {},
): Promise<Outcome<T>> {
  const { path = '', args = [], variables = {}, callerId, dialplan = false } = options
  return withClient(target, async (ami) => {
    let finish: (outcome: { value: T } | { error: unknown }) => void = () => {}
    const finished = new Promise<{ value: T } | { error: unknown }>((resolve) => {
      finish = resolve
    })
    let own = ''
    const statuses = new Map<string, string>()
    const isStatus = (event: AmiEvent) => event.get('Channel') === own && event.get('Variable') === 'AGISTATUS'
    const listener = ami.on('VarSet', (event) => {
      if (event.Variable === 'AGISTATUS') statuses.set(event.get('Channel') ?? '', event.get('Value') ?? '')
    })
    const handler = async (call: AgiSession) => {
      own = call.request.channel
      const far = own.replace(/;1$/, ';2')
      const hangUp = async () => void (await ami.sendRaw('Hangup', { Channel: far }, { check: false }))
      try {
        const value = await body(call, { ami, far, transport, hangUp })
        finish({ value })
      } catch (error) {
        finish({ error })
        throw error
      }
    }
    await using opened = await transport.open(ami, handler)
    const AGIDATA = opened.data(path, args)
    const how = dialplan ? { Context: 'default', Exten: 'agicall', Priority: 1 } : { Application: 'AGI', Data: AGIDATA }
    const params = { Channel: 'Local/wait@default/n', Async: true, ...how, ...(callerId && { CallerID: callerId }) }
    await ami.sendRaw('Originate', params, { variables: { ...variables, ...(dialplan && { AGIDATA }) } })
    const outcome = await finished
    const agiStatus = statuses.get(own) ?? (await nextEvent(ami, 'VarSet', isStatus, 'AGISTATUS')).get('Value') ?? ''
    listener.remove()
    // a command that went out while AsyncAGI ended is answered too
    await ami.send('Ping')
    return 'error' in outcome ? { error: outcome.error, agiStatus } : { value: outcome.value, agiStatus }
  })
}

/**
 * Asks something of a call, and presses each group of keys when the next command runs: between two commands Asterisk
 * loses them. A key that ends a command ends a group.
 */
export async function pressing<T>(
  { ami, far }: Pick<Stage, 'ami' | 'far'>,
  groups: readonly string[],
  asking: () => Promise<T>,
): Promise<T> {
  // over FastAGI the answers to earlier commands come sooner than what AMI tells of those
  await caughtUp(ami)
  let running = nextEvent(ami, 'AGIExecStart')
  const answer = asking()
  for (const [at, keys] of groups.entries()) {
    await running
    if (at + 1 < groups.length) running = nextEvent(ami, 'AGIExecStart')
    await press(ami, far, keys)
  }
  return answer
}

/** Presses digits on a call's far half, one after the other. */
export async function press(ami: Client, far: string, digits: string): Promise<void> {
  for (const digit of digits) {
    // channel.c holds a digit back that follows another within AST_MIN_DTMF_GAP, 45 ms, and a silent channel lets none go
    await delay(150)
    const heard = nextEvent(ami, 'DTMFEnd', (event) => event.get('Digit') === digit && event.get('Channel') !== far)
    await ami.sendRaw('PlayDTMF', { Channel: far, Digit: digit, Duration: '60' })
    await heard
  }
}

/** Whether a Newexten says that a channel has come to an extension: on its way Asterisk may tell there of the AGI, which runs on. */
export function hasComeTo(extension: string, channel: string, event: AmiEvent): boolean {
  const [where, place, application] = ['Channel', 'Extension', 'Application'].map((name) => event.get(name))
  return where === channel && place === extension && application !== 'AGI'
}
