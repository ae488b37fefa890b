import { createRequire } from 'node:module'
import type { EventsJob, ListJob, Outcome, PingsJob, Target } from '../job.ts'
import { type Fields, MARK, predicates, RARE } from '../predicates.ts'
import { pingsOf, timedPings } from '../readers/ping-loop.ts'
import { Recorder } from '../recorder.ts'

/** The peers are CommonJS without types; each adapter states the little that it uses. */
export const load = <T>(name: string): T => {
  try {
    return createRequire(import.meta.url)(name) as T
  } catch (error) {
    if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') throw error
    throw new Error(`${name} is not installed: npm --prefix bench ci`)
  }
}

export type Emitter = { on(name: string, handler: (...values: never[]) => void): unknown }

/** One client of a peer, not yet connected: listeners first, then `connect`. */
export interface PeerClient<E> {
  onAny(handler: (event: E) => void): void
  onName(name: string, handler: (event: E) => void): void
  connect(): Promise<void>
  ping(): Promise<unknown>
  /** How many rows a list action brought, for those who collect lists. */
  list?(): Promise<number>
}

export interface Peer<E> {
  readonly open: (target: Target) => PeerClient<E>
  readonly fields: Fields<E>
  readonly three: (event: E, recorder: Recorder) => void
}

type Keys = Record<string, unknown>

/** Peers that keep Asterisk's own spelling, so what a CEL event spells `CallerIDname` and `UniqueID` is asked for by that name too. */
export const exact: Pick<Peer<Keys>, 'fields' | 'three'> = {
  fields: { event: (e) => e.Event, get: (e, name) => e[name] },
  three: (e, recorder) => recorder.three(e.Channel, e.CallerIDName ?? e.CallerIDname, e.Uniqueid ?? e.UniqueID),
}

const LOWER = {
  Channel: 'channel',
  Exten: 'exten',
  Context: 'context',
  ConnectedLineName: 'connectedlinename',
  Queue: 'queue',
}

/** Peers that lower the case of every name. */
export const lower: Pick<Peer<Keys>, 'fields' | 'three'> = {
  fields: { event: (e) => e.event, get: (e, name) => e[LOWER[name]] },
  three: (e, recorder) => recorder.three(e.channel, e.calleridname, e.uniqueid),
}

export const peerEvents = async <E>(peer: Peer<E>, job: EventsJob): Promise<Outcome> => {
  const recorder = new Recorder(job.rounds)
  const client = peer.open(job.target)
  if (job.mode === 'rare') {
    client.onName(RARE, (event) => peer.three(event, recorder))
  } else if (job.mode === 'predicates') {
    predicates(peer.fields).forEach((matches, i) => {
      client.onAny((event) => {
        if (matches(event)) recorder.hit(i + 1)
      })
    })
  } else {
    client.onAny((event) => peer.three(event, recorder))
  }
  client.onName(MARK, () => recorder.mark())
  await client.connect()
  return recorder.done
}

export const peerPings = async <E>(peer: Peer<E>, job: PingsJob): Promise<Outcome> => {
  const client = peer.open(job.target)
  await client.connect()
  return timedPings(
    pingsOf(() => client.ping(), job.inFlight),
    job,
  )
}

export const peerList = async <E>(peer: Peer<E>, job: ListJob): Promise<Outcome> => {
  const client = peer.open(job.target)
  await client.connect()
  if (client.list === undefined) throw new Error('collects no lists')
  const started = performance.now()
  const cpu = process.cpuUsage()
  const units = await client.list()
  const { user, system } = process.cpuUsage(cpu)
  return {
    units,
    wallMs: performance.now() - started,
    cpuMs: (user + system) / 1000,
    rss: [process.memoryUsage.rss()],
    count: units,
    sum: 0,
    steady: true,
  }
}
