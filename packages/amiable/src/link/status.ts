import type { AmiError } from '../errors.ts'
import type { Booted } from './boot-check.ts'

/** Why a client ended. */
export interface CloseReason {
  /** `'close'` and `'destroy'`: your program ended the client. `'failed'`: the reconnect policy gave up. */
  readonly by: 'close' | 'destroy' | 'failed'
  /** The error that `destroy` was given, or the error of the last attempt. */
  readonly error?: Error | undefined
}

/** An attempt to connect begins. */
export interface StatusConnecting {
  /** An attempt to connect begins. */
  readonly type: 'connecting'
  /** The number of the attempt, counted from 1 since the connection was last stable. */
  readonly attempt: number
}

/** The client is logged in, and the calls that waited go out. */
export interface StatusReady {
  /** The client is logged in, and the calls that waited go out. */
  readonly type: 'ready'
  /** Counts the logins of this client, from 1. */
  readonly epoch: number
  /** How many milliseconds there was no connection. `null` the first time. After a gap, read your state again. */
  readonly gap: number | null
  /** The version of AMI that the server's banner names, such as `11.0.0`. */
  readonly version: string
  /**
   * Whether the server has booted. `false`: it still boots, and `bootTimeout` is over. `'unknown'`: this account cannot
   * find out at its first login. In both cases a refusal may mean "not yet", and its `retryable` says so.
   */
  readonly booted: Booted
}

/**
 * The server says that it has booted (`FullyBooted`), after a `ready`. Accounts without the `system` class never
 * receive this.
 */
export interface StatusBooted {
  /**
   * The server says that it has booted (`FullyBooted`), after a `ready`. Accounts without the `system` class never
   * receive this.
   */
  readonly type: 'booted'
  /** The login that received it. */
  readonly epoch: number
}

/** The attempt failed, or the connection was lost. */
export interface StatusLost {
  /** The attempt failed, or the connection was lost. */
  readonly type: 'lost'
  /** Why. */
  readonly error: AmiError
  /** How many calls were in flight and are rejected. */
  readonly rejected: number
  /** Whether events of the old connection may never have arrived; so where it was found dead. */
  readonly eventsMissing: boolean
}

/** The next attempt comes in `delay` milliseconds. */
export interface StatusWaiting {
  /** The next attempt comes in `delay` milliseconds. */
  readonly type: 'waiting'
  /** Milliseconds until the next attempt. */
  readonly delay: number
  /** The number of that attempt, counted from 1 since the connection was last stable. */
  readonly attempt: number
  /** Why the last attempt failed, or the connection was lost. */
  readonly error: AmiError
}

/** A consumer is too slow: `dropped` events were dropped in this burst, or a listener blocked the event loop. */
export interface StatusSlow {
  /** A consumer is too slow: `dropped` events were dropped in this burst, or a listener blocked the event loop. */
  readonly type: 'slow'
  /** How many events were dropped. 0 if a listener blocked the event loop. */
  readonly dropped: number
  /** For how many milliseconds a listener blocked the event loop. */
  readonly blocked?: number
  /** The id of that listener. Absent if several predicates ran and the client cannot know which was slow. */
  readonly listener?: string
}

/**
 * A listener can never receive its event: the login's event mask (`events`) leaves it out, or no server sends that
 * name.
 */
export interface StatusUnheard {
  /**
   * A listener can never receive its event: the login's event mask (`events`) leaves it out, or no server sends that
   * name.
   */
  readonly type: 'unheard'
  /** The listener's id. */
  readonly listener: string
  /** The event that it waits for. */
  readonly event: string
  /** The name that you probably meant, if the catalog has no event of this name. */
  readonly meant?: string
  /** The classes that the mask lacks for it. */
  readonly classes: readonly string[]
}

/** The client skipped something that the server sent, because it was not AMI or over a limit. */
export interface StatusFault {
  /** The client skipped something that the server sent, because it was not AMI or over a limit. */
  readonly type: 'fault'
  /** What was wrong with it. */
  readonly error: AmiError
}

/** The client has ended. Nothing follows. */
export interface StatusClosed {
  /** The client has ended. Nothing follows. */
  readonly type: 'closed'
  /** Who ended it, and why. */
  readonly reason: CloseReason
}

/** What happens to a connection, as `status()` reports it; match on `type`. */
export type Status =
  | StatusConnecting
  | StatusReady
  | StatusBooted
  | StatusLost
  | StatusWaiting
  | StatusSlow
  | StatusUnheard
  | StatusFault
  | StatusClosed
