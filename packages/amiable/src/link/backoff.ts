import type { AmiError } from '../errors.ts'
import { definedOnly } from '../util/objects.ts'

/** The delays between attempts to connect, in milliseconds. They grow, up to a limit. */
export interface BackoffOptions {
  /** The delay before the first attempt after a failure. @default 100 */
  initialDelay?: number | undefined
  /** The longest delay, with its random part. @default 30_000 */
  maxDelay?: number | undefined
  /** How many times longer each delay is than the one before. @default 2 */
  factor?: number | undefined
  /**
   * Which part of the delay is random, 0 to 1, so that many clients do not reconnect in the same moment. @default 0.5
   */
  jitter?: number | undefined
}

/**
 * Returns how many milliseconds to wait before the next attempt, or `false` to end the client.
 * @param attempt counts from 1 since the connection was last stable, or since the client's start
 * @param cause why the last attempt failed or the connection was lost; look at its `code`
 */
export type ReconnectPolicy = (attempt: number, cause: AmiError) => number | false

/** The backoff that holds where the caller sets none. */
export const defaultBackoff = { initialDelay: 100, maxDelay: 30_000, factor: 2, jitter: 0.5 } as const

/** A connection that lasted so many milliseconds was stable: attempts count from 1 again after it. */
export const STABLE_AFTER = 10_000

// a refused login is logged, and what reads that log may ban the address: the next one takes its time
const AFTER_REFUSAL = 3_000

/**
 * Returns the policy of backoff options. A refused login is final unless one worked before, and its delays begin at
 * three seconds. Everything else is tried again.
 */
export function backoffPolicy(options: BackoffOptions, random: () => number): ReconnectPolicy {
  const { initialDelay, maxDelay, factor, jitter } = { ...defaultBackoff, ...definedOnly(options) }
  return (attempt, cause) => {
    if (!cause.retryable && cause.code !== 'AMI_LOST') return false
    const first = cause.code === 'AMI_AUTH' ? Math.max(initialDelay, AFTER_REFUSAL) : initialDelay
    const delay = Math.min(first * factor ** Math.min(attempt - 1, 64), maxDelay)
    // what the caller's own generator gives may be no number
    const chance = Math.min(Math.max(Number(random()) || 0, 0), 1)
    return Math.round(delay * (1 - jitter * chance))
  }
}

/** What decides on the next attempt, and what does where that gives nonsense. */
export interface Policies {
  readonly policy: ReconnectPolicy
  readonly defaultPolicy: ReconnectPolicy
}

/** Returns the delay before the next attempt, or `false` for none. */
export function delayAfter({ policy, defaultPolicy }: Policies, attempt: number, error: AmiError): number | false {
  try {
    const delay: unknown = policy(attempt, error)
    if (delay === false) return false
    if (typeof delay === 'number' && delay >= 0) return delay
    if (delay instanceof Promise) delay.catch(() => {})
  } catch {
    // a policy that throws, or gives nonsense, must not end the night
  }
  return defaultPolicy(attempt, error)
}
