// What Prometheus reads. Labels are names of the configuration and of the catalog, never something of an event.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { addLive, type LiveFigures } from './live-metrics.ts'

/** What became of a request. */
export interface RequestFigures {
  readonly server: string
  readonly action: string
  readonly outcome: string
  readonly delivered: string
  readonly rule: string | undefined
  readonly replayed: boolean
  readonly ms: number
}

/** One Asterisk as this gateway has it. */
export interface ServerFigures {
  readonly server: string
  /** `deaf`, `following` or `writing`. */
  readonly role: string
  /** Milliseconds for which the log has lacked an event that this gateway has. */
  readonly lag: number
  /** Whether there is a session that receives. */
  readonly up: boolean
  /** The AMI version; empty where it is not known. */
  readonly version: string
  /** How many events were received, by class. */
  readonly heard: ReadonlyMap<string, number>
  /** What the ring holds, and how much of its room that takes which is not stored yet, from 0 to 1. */
  readonly ring: { readonly bytes: number; readonly events: number; readonly fill: number }
  readonly reconnects: number
  /** Milliseconds of the last Ping. */
  readonly roundTrip: number | undefined
  /** Records of the live state that wait to be written. */
  readonly statePending: number
  /** Seconds since Asterisk began; undefined where it has not said it. */
  readonly uptime: number | undefined
  /** The live state; undefined in a gateway that does not write it. */
  readonly live: LiveFigures | undefined
}

/** What is read when somebody asks. */
export interface Sources {
  readonly servers: () => readonly ServerFigures[]
  /** Each server with whether its actions are taken, and how many are under way. */
  readonly acting: () => readonly { readonly server: string; readonly serving: boolean; readonly underway: number }[]
  readonly natsConnected: () => boolean
  readonly clockRight: () => boolean
}

const ROLES = ['deaf', 'following', 'writing']

/** All figures of a gateway. */
export class Metrics {
  readonly registry = new Registry()
  readonly #stored: Counter
  readonly #append: Histogram
  readonly #refused: Counter
  readonly #gapSeconds: Counter
  readonly #puts: Counter
  readonly #natsReconnects: Counter
  readonly #takeovers: Counter
  readonly #gaps: Counter
  readonly #lost: Counter
  readonly #actions: Counter
  readonly #seconds: Histogram
  readonly #denied: Counter
  readonly #replayed: Counter

  constructor(version: string, sources: Sources) {
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry })
    const counter = (name: string, help: string, labelNames: string[] = []) =>
      new Counter({ name, help, labelNames, registers })
    const gauge = (name: string, help: string, labelNames: string[], collect: (set: Gauge) => void) =>
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset()
          collect(this)
        },
      })
    const ofServer = (name: string, help: string, read: (one: ServerFigures) => number | undefined) =>
      gauge(name, help, ['server'], (set) => {
        for (const one of sources.servers()) {
          const value = read(one)
          if (value !== undefined) set.set({ server: one.server }, value)
        }
      })
    gauge(
      'amiable_info',
      'The version of the gateway, and of the AMI of each server.',
      ['version', 'server', 'ami'],
      (set) => {
        for (const one of sources.servers()) set.set({ version, server: one.server, ami: one.version }, 1)
      },
    )
    gauge('amiable_nats_connected', 'Whether NATS is connected.', [], (set) => set.set(Number(sources.natsConnected())))
    gauge('amiable_clock_right', 'Whether the clock agrees with the clock of NATS.', [], (set) =>
      set.set(Number(sources.clockRight())),
    )
    gauge(
      'amiable_role',
      'What this gateway is for a server: 1 for one role, 0 for the others.',
      ['server', 'role'],
      (set) => {
        for (const { server, role } of sources.servers()) {
          for (const one of ROLES) set.set({ server, role: one }, Number(one === role))
        }
      },
    )
    ofServer('amiable_up', 'Whether this gateway receives the events of a server.', ({ up }) => Number(up))
    ofServer(
      'amiable_log_lag_seconds',
      'For how long the log has lacked an event that this gateway has.',
      ({ lag }) => lag / 1_000,
    )
    ofServer('amiable_ring_bytes', 'Bytes of memory that events of a server take.', ({ ring }) => ring.bytes)
    ofServer('amiable_ring_events', 'Events of a server that are kept in memory.', ({ ring }) => ring.events)
    ofServer(
      'amiable_ring_fill',
      'How much of the memory for events is taken by those that are not stored yet, from 0 to 1.',
      ({ ring }) => ring.fill,
    )
    ofServer(
      'amiable_link_round_trip_seconds',
      'How long the last Ping took.',
      ({ roundTrip }) => roundTrip && roundTrip / 1_000,
    )
    ofServer(
      'amiable_kv_pending',
      'Records of the live state that wait to be written.',
      ({ statePending }) => statePending,
    )
    // counted elsewhere, and only ever more
    const read = (name: string, help: string, labelNames: string[], collect: (set: Counter) => void) =>
      new Counter({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset()
          collect(this)
        },
      })
    read('amiable_events_heard_total', 'Events received, by class.', ['server', 'class'], (set) => {
      for (const { server, heard } of sources.servers()) {
        for (const [group, count] of heard) set.inc({ server, class: group }, count)
      }
    })
    read('amiable_link_reconnects_total', 'Logins to a server after the first.', ['server'], (set) => {
      for (const { server, reconnects } of sources.servers()) set.inc({ server }, reconnects)
    })
    addLive(registers, () => sources.servers())
    gauge('amiable_acting', 'Whether this gateway takes actions for a server.', ['server'], (set) => {
      for (const { server, serving } of sources.acting()) set.set({ server }, Number(serving))
    })
    gauge('amiable_actions_in_flight', 'How many actions are under way.', ['server'], (set) => {
      for (const { server, underway } of sources.acting()) set.set({ server }, underway)
    })
    this.#stored = counter('amiable_events_stored_total', 'Events that this gateway has stored.', ['server'])
    this.#append = new Histogram({
      name: 'amiable_append_seconds',
      help: 'How long an event waited until it was stored.',
      labelNames: ['server'],
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
      registers,
    })
    this.#refused = counter(
      'amiable_append_refused_total',
      'How often the writing ended since an event was refused, or nobody knows whether it was stored.',
      ['server', 'reason'],
    )
    this.#gapSeconds = counter('amiable_gap_seconds_total', 'How long the gaps took.', ['server'])
    this.#puts = counter('amiable_kv_puts_total', 'Records of the live state that this gateway has written.', [
      'server',
    ])
    this.#natsReconnects = counter('amiable_nats_reconnects_total', 'How often NATS was connected again.')
    this.#takeovers = counter('amiable_takeovers_total', 'How often this gateway began to write.', ['server'])
    this.#gaps = counter('amiable_gaps_total', 'Gaps that this gateway has written into a log.', ['server', 'cause'])
    this.#lost = counter('amiable_events_lost_total', 'Events that are missing, where their number is known.', [
      'server',
      'cause',
    ])
    this.#actions = counter('amiable_actions_total', 'Requests and what became of them.', [
      'server',
      'action',
      'outcome',
      'delivered',
    ])
    this.#seconds = new Histogram({
      name: 'amiable_action_seconds',
      help: 'How long a request took.',
      labelNames: ['action'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120],
      registers,
    })
    this.#denied = counter('amiable_actions_denied_total', 'Requests that a rule has denied.', ['rule'])
    this.#replayed = counter('amiable_keys_replayed_total', 'Requests that got the reply of an earlier one.')
  }

  stored(server: string, count: number, milliseconds: number): void {
    this.#stored.inc({ server }, count)
    this.#append.observe({ server }, milliseconds / 1_000)
  }

  tookOver(server: string): void {
    this.#takeovers.inc({ server })
  }

  /** Takes note that the writing ended before it was meant to. */
  interrupted(server: string, why: string): void {
    this.#refused.inc({ server, reason: why === 'refused' ? why : 'failed' })
  }

  natsBack(): void {
    this.#natsReconnects.inc()
  }

  put(server: string): void {
    this.#puts.inc({ server })
  }

  gap(server: string, cause: string, lost: number | null, milliseconds: number): void {
    this.#gaps.inc({ server, cause })
    this.#gapSeconds.inc({ server }, Math.max(0, milliseconds / 1_000))
    if (lost !== null) this.#lost.inc({ server, cause }, lost)
  }

  request({ server, action, outcome, delivered, rule, replayed, ms }: RequestFigures): void {
    this.#actions.inc({ server, action, outcome, delivered })
    this.#seconds.observe({ action }, ms / 1_000)
    if (rule !== undefined) this.#denied.inc({ rule })
    if (replayed) this.#replayed.inc()
  }
}
