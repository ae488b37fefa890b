// What Prometheus reads. Labels are names of the configuration and of the catalog, never something of an event.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

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

/** What is read when somebody asks. */
export interface Sources {
  /** Each server with what this gateway is for it: `deaf`, `following` or `writing`. */
  readonly roles: () => readonly { readonly server: string; readonly role: string; readonly lag: number }[]
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
    gauge('amiable_info', 'The version of the gateway.', ['version'], (set) => set.set({ version }, 1))
    gauge('amiable_nats_connected', 'Whether NATS is connected.', [], (set) => set.set(Number(sources.natsConnected())))
    gauge('amiable_clock_right', 'Whether the clock agrees with the clock of NATS.', [], (set) =>
      set.set(Number(sources.clockRight())),
    )
    gauge(
      'amiable_role',
      'What this gateway is for a server: 1 for one role, 0 for the others.',
      ['server', 'role'],
      (set) => {
        for (const { server, role } of sources.roles()) {
          for (const one of ROLES) set.set({ server, role: one }, Number(one === role))
        }
      },
    )
    gauge(
      'amiable_log_lag_seconds',
      'For how long the log has lacked an event that this gateway has.',
      ['server'],
      (set) => {
        for (const { server, lag } of sources.roles()) set.set({ server }, lag / 1_000)
      },
    )
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

  gap(server: string, cause: string, lost: number | null): void {
    this.#gaps.inc({ server, cause })
    if (lost !== null) this.#lost.inc({ server, cause }, lost)
  }

  request({ server, action, outcome, delivered, rule, replayed, ms }: RequestFigures): void {
    this.#actions.inc({ server, action, outcome, delivered })
    this.#seconds.observe({ action }, ms / 1_000)
    if (rule !== undefined) this.#denied.inc({ rule })
    if (replayed) this.#replayed.inc()
  }
}
