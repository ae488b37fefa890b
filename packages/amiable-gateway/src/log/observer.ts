import type { GapCause } from './message.ts'
import type { Role } from './role.ts'

/** Learns what happens to a log; nothing depends on it. */
export interface LogObserver {
  role?(role: Role, why: string): void
  /** A gap was written; `milliseconds` is how long it took by the clocks of the gateways. */
  gap?(cause: GapCause, lost: number | null, milliseconds: number): void
  /** So many events are stored; `latency` is how long the last one waited. */
  stored?(events: number, latency: number): void
  /** The writer ended before it wanted to. */
  interrupted?(why: string): void
  /** Whether the store answers. */
  reachable?(isReachable: boolean, why: string): void
}
