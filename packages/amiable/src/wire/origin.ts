import type { Intake } from './intake.ts'
import type { Scanned } from './scanner.ts'

/** What a message is. Its first header says so, for an event may carry a header `Response` as well. */
export type MessageKind = 'response' | 'event' | 'other'

/** What all messages of one chunk have in common. */
export interface Origin extends Scanned {
  /** What they share with all other messages of the client. */
  readonly intake: Intake
  /** Which login they came under, from 1. */
  readonly epoch: number
  /** When they came, in milliseconds since 1970. */
  readonly receivedAt: number
}
