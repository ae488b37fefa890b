/** A timer that a {@link Clock} made. */
export type Timer = object

/** The source of time and timers. A test can give its own, such as a `ManualClock`. */
export interface Clock {
  /** Returns the milliseconds since 1970-01-01 UTC. */
  now(): number
  /** Returns the milliseconds since some moment, on a clock that nobody sets. Durations are measured with it. */
  elapsed(): number
  /** Calls `callback` once, after `delay` milliseconds. */
  setTimeout(callback: () => void, delay: number): Timer
  /** Stops a timer. A timer that has fired is ignored. */
  clearTimeout(timer: Timer | undefined): void
}

/** The longest delay that a timer takes, in milliseconds (Node's TIMEOUT_MAX); a longer one would fire at once. */
export const LONGEST_TIMER = 2_147_483_647

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout: (callback, delay) => setTimeout(callback, delay),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
}
