import type { AmiError } from '../errors.ts'
import type { Booted } from './boot-check.ts'

/** Why a client ended. */
export interface CloseReason {
  /** `'close'` and `'destroy'` are the user's own; `'failed'` means that the reconnect policy gave up. */
  readonly by: 'close' | 'destroy' | 'failed'
  /** What `destroy` was given, or what the policy gave up over. */
  readonly error?: Error | undefined
}

/** An attempt to connect begins. */
export interface StatusConnecting {
  /** An attempt to connect begins. */
  readonly type: 'connecting'
  /** Which attempt since the last login, from 1. */
  readonly attempt: number
}

/** The client is logged in, and the calls that waited go out. */
export interface StatusReady {
  /** The client is logged in, and the calls that waited go out. */
  readonly type: 'ready'
  /** Counts the logins of this client, from 1. */
  readonly epoch: number
  /** How many milliseconds there was no connection, `null` the first time: after one, read your state again. */
  readonly gap: number | null
  /** The version of AMI that the server's banner names, such as `11.0.0`. */
  readonly version: string
  /**
   * Whether the server has booted. `false`: it still boots, and `bootTimeout` ran out. `'unknown'`: this account
   * cannot know at its first login. A refusal may mean "not yet" then, and its `retryable` says so.
   */
  readonly booted: Booted
}

/** The server says that it has booted (`FullyBooted`), behind a `ready` or later; many accounts never hear it. */
export interface StatusBooted {
  /** The server says that it has booted (`FullyBooted`), behind a `ready` or later; many accounts never hear it. */
  readonly type: 'booted'
  /** The login that heard it. */
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
  /** Whether events of the old connection may never have arrived. */
  readonly eventsMissing: boolean
}

/** The next attempt comes in `delay` milliseconds. */
export interface StatusWaiting {
  /** The next attempt comes in `delay` milliseconds. */
  readonly type: 'waiting'
  /** Milliseconds until the next attempt. */
  readonly delay: number
  /** Which attempt that will be since the last login. */
  readonly attempt: number
  /** Why the one before failed. */
  readonly error: AmiError
}

/** A consumer is too slow: `dropped` events were lost in this burst, or a listener held up the event loop. */
export interface StatusSlow {
  /** A consumer is too slow: `dropped` events were lost in this burst, or a listener held up the event loop. */
  readonly type: 'slow'
  /** How many events were dropped; 0 where a listener held up the loop. */
  readonly dropped: number
  /** For how many milliseconds a listener held up the loop. */
  readonly blocked?: number
  /** Which listener; absent where it was one of several predicates that did not want the event. */
  readonly listener?: string
}

/** A listener can never hear its event: the login's event mask (`events`) leaves it out, or no server sends that name. */
export interface StatusUnheard {
  /** A listener can never hear its event: the login's event mask (`events`) leaves it out, or no server sends that name. */
  readonly type: 'unheard'
  /** The listener's id. */
  readonly listener: string
  /** The event that it waits for. */
  readonly event: string
  /** The name that was probably meant, where the catalog has no event of this one. */
  readonly meant?: string
  /** The classes that the mask lacks for it. */
  readonly classes: readonly string[]
}

/** What the server sent was not AMI, or past a limit, and was passed over. */
export interface StatusFault {
  /** What the server sent was not AMI, or past a limit, and was passed over. */
  readonly type: 'fault'
  /** What was wrong with it. */
  readonly error: AmiError
}

/** The client has ended; nothing follows. */
export interface StatusClosed {
  /** The client has ended; nothing follows. */
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
