/** A timer that a {@link Clock} made. */
export type Timer = object

/** Where time and timers come from; a test gives its own. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number
  /** Milliseconds since some moment, on a clock that nobody sets back or forward: what durations are measured with. */
  elapsed(): number
  /** Calls `callback` once, `delay` milliseconds from now. */
  setTimeout(callback: () => void, delay: number): Timer
  /** Forgets a timer; one that has fired is ignored. */
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
