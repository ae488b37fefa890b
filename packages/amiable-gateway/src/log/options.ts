import type { LogObserver } from './observer.ts'
import type { Presence } from './presence.ts'
import type { LogStore } from './store.ts'

/** What the log of a server needs. */
export interface LogOptions {
  /** What all subjects begin with. */
  readonly prefix: string
  readonly server: string
  readonly gateway: string
  readonly store: LogStore
  readonly presence: Presence
  /** The most bytes of memory for events. */
  readonly ring: number
  /** How long an event may wait for the writer before another gateway takes over. */
  readonly takeover: number
  readonly observer?: LogObserver
  /** A clock that nobody sets. */
  readonly now?: () => number
  readonly random?: () => number
}
