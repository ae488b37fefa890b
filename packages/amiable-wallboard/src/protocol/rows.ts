// Rows of every view, of queues and of agents.

/** What every row has. */
export interface AnyRow {
  readonly key: string
}

/** What a row of one server has. */
export interface ServerOwned extends AnyRow {
  readonly server: string
}

/** How far the rows of a server can be trusted. Rows of a server that is not `live` are grey and dated. */
export type FreshnessState = 'waiting' | 'listing' | 'live' | 'stale' | 'blind'

/** The kinds of records whose freshness is told. */
export type FreshKind = 'calls' | 'queues' | 'rooms' | 'parking' | 'endpoints' | 'contacts' | 'trunks' | 'devices'

/** How fresh one kind of records of a server is. */
export interface KindFreshness {
  readonly state: FreshnessState
  /** `stale`, `listing`: what is shown is as of then. Null where nothing is known yet or where it is live. */
  readonly asOf: number | null
}

/** Tells of a server, in every view. */
export interface ServerRow extends AnyRow {
  readonly name: string
  /** The worst of the kinds that this view shows. */
  readonly state: FreshnessState
  readonly asOf: number | null
  /** Whether the connection to it is there. */
  readonly connected: boolean
  readonly kinds: Readonly<Partial<Record<FreshKind, KindFreshness>>>
}

/** Tells of an alert that goes on, in every view. The page writes the words. */
export interface AlertRow extends AnyRow {
  readonly rule: 'waiting' | 'longestWait' | 'serviceLevel' | 'nobodyReady' | 'trunkDown' | 'serverStale'
  readonly level: Level
  readonly server: string | null
  /** The name of the queue, trunk or server. */
  readonly subject: string
  /** What the rule says: callers, milliseconds or percent. */
  readonly limit: number | null
  readonly since: number
}

/** How bad something is. */
export type Level = 'warning' | 'alarm'

/** Tells what all queues of a filter do together; one row `all`, on a board one row for each tile. */
export interface FiguresRow extends AnyRow {
  readonly waiting: number
  /** When the one who has waited longest joined. */
  readonly longestSince: number | null
  readonly offered: number
  readonly answered: number
  readonly abandoned: number
  /** Percent of the offered, within the window; null where there was none. */
  readonly inLevel: number | null
  readonly ready: number
  readonly loggedIn: number
  readonly paused: number
  readonly inCall: number
  /** Whether nothing was missed within the window. */
  readonly complete: boolean
  readonly waitingLevel: Level | null
  readonly longestLevel: Level | null
  readonly inLevelLevel: Level | null
}

/** The states of somebody who takes calls of queues. */
export type AgentState = 'ready' | 'ringing' | 'in call' | 'on another call' | 'wrap-up' | 'paused' | 'unavailable'

/** Tells of a queue. */
export interface QueueRow extends ServerOwned {
  readonly name: string
  readonly strategy: string
  /** How many may wait; 0 for any number. */
  readonly max: number
  readonly waiting: number
  readonly longestSince: number | null
  /** Members by state. */
  readonly ready: number
  readonly ringing: number
  readonly inCall: number
  readonly onAnotherCall: number
  readonly wrapUp: number
  readonly paused: number
  readonly unavailable: number
  /** Seconds within which a call counts as answered in time. */
  readonly serviceLevel: number
  readonly offered: number
  readonly answered: number
  readonly abandoned: number
  /** Percent of the offered; null where there was none. */
  readonly inLevel: number | null
  /** Seconds. */
  readonly averageWait: number
  readonly averageTalk: number
  readonly longestWait: number
  /** Whether nothing was missed within the window. */
  readonly complete: boolean
  /** How many waited at the end of each of the last 60 minutes, the oldest first; fewer where fewer are known. */
  readonly history: readonly number[]
  readonly waitingLevel: Level | null
  readonly longestLevel: Level | null
  readonly inLevelLevel: Level | null
}

/** Tells of somebody in one queue. */
export interface MemberRow extends ServerOwned {
  readonly queue: string
  /** The key of the queue's row. */
  readonly queueKey: string
  /** The key of the person's row on the page `agents`. */
  readonly agent: string
  readonly interface: string
  readonly name: string
  readonly state: AgentState
  readonly since: number | null
  readonly reason: string | null
  readonly penalty: number
  readonly dynamic: boolean
  readonly calls: number
  readonly lastCallAt: number | null
  readonly loggedInAt: number | null
  /** When wrap-up ends. */
  readonly wrapUpUntil: number | null
  readonly stamp: string
}

/** Tells of somebody who waits in a queue. */
export interface CallerRow extends ServerOwned {
  readonly queue: string
  readonly queueKey: string
  readonly position: number
  readonly number: string | null
  readonly name: string | null
  readonly priority: number | null
  readonly joinedAt: number
  readonly stamp: string
}

/** One queue of an agent. */
export interface Membership {
  /** The key of the member's row. */
  readonly key: string
  readonly queue: string
  readonly penalty: number
  readonly paused: boolean
  readonly reason: string | null
  readonly dynamic: boolean
  readonly calls: number
  readonly lastCallAt: number | null
  readonly loggedInAt: number | null
}

/** Tells of a person: all memberships with one interface. */
export interface AgentRow extends ServerOwned {
  readonly interface: string
  readonly name: string
  readonly state: AgentState
  readonly since: number | null
  readonly reason: string | null
  /** The queue that the call came from. */
  readonly queue: string | null
  /** With whom. */
  readonly withNumber: string | null
  readonly withName: string | null
  /** The key of the call, for the page `call`. */
  readonly call: string | null
  readonly wrapUpUntil: number | null
  /** The state of the device, in Asterisk's words: `notInUse`, `ringing` … */
  readonly device: string
  readonly calls: number
  readonly lastCallAt: number | null
  readonly loggedInAt: number | null
  readonly memberships: readonly Membership[]
  /** Whether somebody listens to the call. Only admins see it; false to others. */
  readonly spied: boolean
  readonly stamp: string
}
