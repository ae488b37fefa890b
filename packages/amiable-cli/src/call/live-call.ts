// A call as it happens: what is known of it already, its events, and its end.
import type { AmiEvent, Client } from 'amiable'
import { type Call, type State, watch } from 'amiable/state'
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { readable } from '../lists/readable.ts'
import { spoken } from '../lists/short-lists.ts'
import { documentOf } from '../output/json.ts'
import { seen } from '../server/picture.ts'
import type { Candidate } from './find-call.ts'
import { idsOf } from './kinship.ts'
import type { CallEvent, Ladder, Step } from './ladder.ts'

/** The classes whose events are steps of calls, or keep their picture true. */
export const CALL_CLASSES = ['call', 'agent', 'dialplan', 'system'] as const

/** Watches the calls of a server, and resolves when they are known. */
export async function watchCalls(client: Client, signal: AbortSignal, timeout?: number): Promise<State> {
  const state = watch(client, { kinds: ['calls'] })
  await seen(client, state, signal, timeout)
  const { freshness } = state.channels
  if (freshness.type === 'blind') {
    throw new CliError(`${client.name}: the account may not list channels`, {
      exit: EXIT.refused,
      code: 'RIGHTS',
      hints: [`Its section in manager.conf needs read = call and write = ${freshness.classes.join(' or ')}.`],
    })
  }
  return state
}

/** Returns the calls that are there, in the order in which they began. */
export function callsOf(state: State): Candidate[] {
  return [...state.calls].map((call) => candidateOf(state, call)).sort((one, other) => startOf(one) - startOf(other))
}

function startOf({ startedAt }: Candidate): number {
  return startedAt ?? 0
}

function candidateOf(state: State, { id, merged, legs, parties, startedAt }: Call): Candidate {
  const numbers = new Set<string>()
  for (const { channel } of legs) {
    const { caller, connected, exten } = state.channels.get(channel) ?? {}
    for (const one of [caller?.number, connected?.number, exten]) if (one) numbers.add(one)
  }
  return {
    id,
    startedAt: startedAt.getTime(),
    ids: new Set([id, ...merged, ...legs.map(({ channel }) => channel)]),
    channels: legs.map(({ name }) => name),
    numbers,
    parties: parties.flatMap(({ name, number }) => name ?? number ?? []),
  }
}

/** What becomes known of a call that is followed. */
export interface Follower {
  step(step: Step): void
  /** Events were missed. */
  gap(text: string): void
  /** Ends the call: nothing of it is left. */
  over(): void
}

/** Follows a call until its end, or until the function that it returns is called. */
export function followLive(
  client: Client,
  state: State,
  { ids, startedAt = Date.now() }: Candidate,
  ladder: Ladder,
  follower: Follower,
): () => void {
  const known = new Set(ids)
  for (const channel of state.channels) {
    if (!known.has(channel.id) && !known.has(channel.call)) continue
    known.add(channel.id)
    ladder.seed(channel.id, channel.name, spoken(channel.caller.name, channel.caller.number), startedAt)
  }
  const stop = new AbortController()
  const end = () => {
    stop.abort()
    listener.remove()
    removed.remove()
  }
  const after = () => {
    if (!ladder.isOver || stop.signal.aborted) return
    end()
    follower.over()
  }
  const listener = client.on('*', (event: AmiEvent) => {
    const related = idsOf(event)
    if (!related.some((id) => known.has(id))) return
    for (const id of related) known.add(id)
    follower.step(ladder.take(eventOf(event)))
    after()
  })
  // a Hangup that nobody heard, or that was on its way when this began; one that comes to both is taken first
  const lose = (id: string) => {
    if (stop.signal.aborted) return
    const step = ladder.lose(id, Date.now())
    if (step) follower.step(step)
    after()
  }
  const removed = state.on('channel.removed', ({ key }) => void setImmediate(lose, key))
  let missed = false
  void (async () => {
    for await (const status of state.status({ signal: stop.signal })) {
      if (status.kind !== 'channels') continue
      if (status.type === 'stale') {
        missed = true
        const why = status.why === 'lost' ? 'the connection was lost' : 'events were dropped'
        follower.gap(`${why}: what happens now is not known`)
      } else if (status.type === 'live' && missed) {
        missed = false
        follower.gap('connected again: the events of that time are missing')
      }
    }
  })().catch(() => {})
  return end
}

function eventOf(event: AmiEvent): CallEvent {
  return {
    Event: event.Event,
    at: event.receivedAt,
    headers: event.headers,
    get: readable(event).get,
    document: () => documentOf(event),
  }
}
