import type { AmiError } from '../errors.ts'
import type { Booted } from './boot-check.ts'

/** Why a client ended. */
export interface CloseReason {
  /** `'close'` and `'destroy'` are the user's own; `'failed'` means that the reconnect policy gave up. */
  readonly by: 'close' | 'destroy' | 'failed'
  /** What `destroy` was given, or what the policy gave up over. */
  readonly error?: Error | undefined
}

/** What happens to a link, as `status()` tells it; match on `type`. */
export type Status =
  /** An attempt begins. */
  | { readonly type: 'connecting'; readonly attempt: number }
  /** Logged in, and the calls that waited go out. */
  | {
      readonly type: 'ready'
      readonly epoch: number
      /** How many milliseconds there was no link, `null` the first time: after one, read your state again. */
      readonly gap: number | null
      readonly version: string
      /**
       * Whether the server has booted. `false`: it still boots, and `bootTimeout` ran out. `'unknown'`: this account
       * cannot know at its first login. A refusal may mean "not yet" then, and its `retryable` says so.
       */
      readonly booted: Booted
    }
  /** The server says that it has booted (`FullyBooted`): behind a `ready` that knows it, or later; many accounts never hear it. */
  | { readonly type: 'booted'; readonly epoch: number }
  /** The attempt failed, or the link went. `rejected` calls were in flight. */
  | {
      readonly type: 'lost'
      readonly error: AmiError
      readonly rejected: number
      /** Whether events of the old link may never have arrived. */
      readonly eventsMissing: boolean
    }
  /** The next attempt comes in `delay` milliseconds. */
  | { readonly type: 'waiting'; readonly delay: number; readonly attempt: number; readonly error: AmiError }
  /** A consumer is too slow: `dropped` events were lost in this burst, or a listener held up the event loop. */
  | {
      readonly type: 'slow'
      readonly dropped: number
      /** For how many milliseconds a listener held up the loop. */
      readonly blocked?: number
      /** Which one; absent where it was one of several predicates that did not want the event. */
      readonly listener?: string
    }
  /** A listener waits for an event that this login's event mask (`events`) can never bring: it lacks these classes. */
  | { readonly type: 'unheard'; readonly listener: string; readonly event: string; readonly classes: readonly string[] }
  /** What the server sent was not AMI, or past a limit, and was passed over. */
  | { readonly type: 'fault'; readonly error: AmiError }
  /** The end. Nothing follows. */
  | { readonly type: 'closed'; readonly reason: CloseReason }
