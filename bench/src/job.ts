/** What a reader process is told to do. One process does one job and exits: nothing is warm that a user's would not be. */
export type EventsMode = 'three' | 'typed' | 'json' | 'rare' | 'predicates' | 'iterator' | 'fleet' | 'pairs'

export interface Target {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly secret: string
  /** Over TLS, to a server that signs for itself. */
  readonly tls?: { readonly rejectUnauthorized: false }
}

interface Common {
  readonly reader: string
  readonly target: Target
  /** Largest piece of bytes that a `data` event may carry; 0 is as the socket gives. */
  readonly chunk: number
}

export interface EventsJob extends Common {
  readonly kind: 'events'
  readonly mode: EventsMode
  readonly rounds: number
  readonly warm: number
  /** Messages of one round, the mark included: the byte floor knows no names and counts. */
  readonly perRound: number
  /** Further listeners by name, of events that never come. */
  readonly listeners?: number
  /** Actions that are never answered. */
  readonly pending?: number
  /** Connections of a fleet. */
  readonly sources?: number
}

export interface PingsJob extends Common {
  readonly kind: 'pings'
  readonly inFlight: number
  readonly total: number
}

export interface LoginsJob extends Common {
  readonly kind: 'logins'
  readonly total: number
  /** One client that loses its link each time, and not a new one. */
  readonly again: boolean
}

export interface ListJob extends Common {
  readonly kind: 'list'
  readonly mode: 'send' | 'list'
  readonly rows: number
}

export interface IdleJob extends Common {
  readonly kind: 'idle'
  readonly clients: number
}

interface AgiCommon extends Common {
  readonly sessions: number
  readonly commands: number
}

export interface AgiJob extends AgiCommon {
  readonly kind: 'agi'
  readonly mode: 'sessions' | 'idle' | 'odd' | 'async'
}

/** What is done again whenever the reader has its turn; the others stand still meanwhile. */
export interface AgiTurnsJob extends AgiCommon {
  readonly kind: 'agi-turns'
  readonly mode: 'latency' | 'rate'
}

export interface StateJob extends Common {
  readonly kind: 'state'
  /** Events folded in process; through a socket, made or captured ones; how long a first truth and others take; a poll. */
  readonly mode: 'fold' | 'stream' | 'captured' | 'picture' | 'poll' | 'poll@asterisk'
  readonly rounds: number
}

/** So many Pings in each turn, one after the other. */
export interface PingTurnsJob extends Common {
  readonly kind: 'ping-turns'
  readonly total: number
}

export type TurnsJob = AgiTurnsJob | PingTurnsJob

export type Job = EventsJob | PingsJob | LoginsJob | ListJob | IdleJob | AgiJob | StateJob | TurnsJob

/** One whole pass over the corpus, as the reader saw it. */
export interface Round {
  readonly at: number
  readonly cpu: number
  readonly rss: number
  readonly count: number
  readonly sum: number
}

export interface Outcome {
  /** Units (events, answers, rows) in the measured part, and how long it took. */
  readonly units: number
  readonly wallMs: number
  readonly cpuMs: number
  readonly rss: readonly number[]
  /** What was read: the same for every reader that reads the same. */
  readonly count: number
  readonly sum: number
  /** Every round of this run gave the same count and sum. */
  readonly steady: boolean
  readonly extra?: Readonly<Record<string, number>>
}
