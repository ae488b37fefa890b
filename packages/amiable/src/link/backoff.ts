import type { AmiError } from '../errors.ts'
import { definedOnly } from '../util/objects.ts'

/** Capped exponential backoff with jitter; milliseconds. */
export interface BackoffOptions {
  /** The delay before the first new attempt. @default 100 */
  initialDelay?: number | undefined
  /** No delay is longer, its jitter included. @default 30_000 */
  maxDelay?: number | undefined
  /** Each delay is so many times the one before. @default 2 */
  factor?: number | undefined
  /** Which part of the delay is random, 0 to 1, so that many clients do not come back at once. @default 0.5 */
  jitter?: number | undefined
}

/**
 * Says how long to wait before the next attempt, or `false` to end the client.
 * @param attempt 1 for the first attempt after a stable link, or after the client's start
 * @param cause what ended the last attempt or link; look at its `code`
 */
export type ReconnectPolicy = (attempt: number, cause: AmiError) => number | false

/** The backoff that holds where the caller sets none. */
export const defaultBackoff = { initialDelay: 100, maxDelay: 30_000, factor: 2, jitter: 0.5 } as const

/** A link that lasted so long was stable: the attempts are counted anew after it. Milliseconds. */
export const STABLE_AFTER = 10_000

/** The policy of backoff options: a refused login is final, everything else is tried again. */
export function backoffPolicy(options: BackoffOptions, random: () => number): ReconnectPolicy {
  const { initialDelay, maxDelay, factor, jitter } = { ...defaultBackoff, ...definedOnly(options) }
  return (attempt, cause) => {
    if (!cause.retryable && cause.code !== 'AMI_LOST') return false
    const delay = Math.min(initialDelay * factor ** Math.min(attempt - 1, 64), maxDelay)
    // what the caller's own generator gives may be no number
    const chance = Math.min(Math.max(Number(random()) || 0, 0), 1)
    return Math.round(delay * (1 - jitter * chance))
  }
}
