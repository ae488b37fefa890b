import type { Clock, Timer } from './clock.ts'
import { LateSet } from './late.ts'

interface Waiting {
  readonly callback: () => void
  /** When it is due, by this clock's `elapsed()`. */
  readonly due: number
  timer: Timer | undefined
}

/** A clock whose durations can be made to stand still: nothing falls due meanwhile, and no time is counted. */
export class StoppableClock implements Clock {
  #clock: Clock
  #waiting = new LateSet<Waiting>()
  #stoppedAt: number | undefined
  /** For how long it has stood still, all in all. */
  #stood = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now()
  }

  elapsed(): number {
    return (this.#stoppedAt ?? this.#clock.elapsed()) - this.#stood
  }

  setTimeout(callback: () => void, delay: number): Timer {
    const waiting: Waiting = { callback, due: this.elapsed() + delay, timer: undefined }
    this.#waiting.add(waiting)
    if (this.#stoppedAt === undefined) this.#arm(waiting, delay)
    return waiting
  }

  clearTimeout(timer: Timer | undefined): void {
    const waiting = timer as Waiting | undefined
    if (waiting && this.#waiting.delete(waiting)) this.#clock.clearTimeout(waiting.timer)
  }

  /**
   * Returns what a moment of this clock's `elapsed()` is by that of the clock beneath, if neither stands still from now
   * on.
   */
  beneath(moment: number): number {
    return moment + this.#stood
  }

  /** Makes it stand still. */
  stop(): void {
    if (this.#stoppedAt !== undefined) return
    this.#stoppedAt = this.#clock.elapsed()
    for (const { timer } of this.#waiting) this.#clock.clearTimeout(timer)
  }

  /** Lets it go on. */
  start(): void {
    if (this.#stoppedAt === undefined) return
    this.#stood += this.#clock.elapsed() - this.#stoppedAt
    this.#stoppedAt = undefined
    const now = this.elapsed()
    for (const waiting of this.#waiting) this.#arm(waiting, Math.max(0, waiting.due - now))
  }

  #arm(waiting: Waiting, delay: number): void {
    waiting.timer = this.#clock.setTimeout(() => {
      if (this.#waiting.delete(waiting)) waiting.callback()
    }, delay)
  }
}
