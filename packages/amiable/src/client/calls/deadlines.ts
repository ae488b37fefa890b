import type { Clock, Timer } from '../../util/clock.ts'
import { LateSet } from '../../util/late.ts'

/** Something that must end in time. */
export interface Expiring {
  /** When it must have ended, on the clock's `elapsed()`. */
  readonly deadline: number
}

/** What {@link Deadlines} report. */
export interface DeadlinesHost<T> {
  /** Reports what has not ended in time. */
  expired(one: T): void
}

/**
 * Any number of deadlines on one timer, which is set for the earliest and not touched when something ends in time.
 * Nearly everything does, and a timer for each costs more than the call that it watches.
 */
export class Deadlines<T extends Expiring> {
  #clock: Clock
  #host: DeadlinesHost<T>
  #watched = new LateSet<T>()
  #timer: Timer | undefined
  #armedFor = 0

  constructor(clock: Clock, host: DeadlinesHost<T>) {
    this.#clock = clock
    this.#host = host
  }

  add(one: T): void {
    this.#watched.add(one)
    if (this.#timer === undefined || one.deadline < this.#armedFor) this.#arm(one.deadline)
  }

  delete(one: T): void {
    this.#watched.delete(one)
  }

  /** Forgets everything, so that no timer holds the process. */
  stop(): void {
    this.#watched.clear()
    this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #arm(deadline: number): void {
    this.#clock.clearTimeout(this.#timer)
    this.#armedFor = deadline
    this.#timer = this.#clock.setTimeout(() => this.#fire(), Math.max(deadline - this.#clock.elapsed(), 1))
    // a clock of the caller's may have ended all on the way
    if (this.#watched.size === 0) this.stop()
  }

  #fire(): void {
    this.#timer = undefined
    const now = this.#clock.elapsed()
    for (const one of [...this.#watched]) {
      if (one.deadline <= now && this.#watched.delete(one)) this.#host.expired(one)
    }
    // what has expired may have ended others, or all
    let next = Number.POSITIVE_INFINITY
    for (const { deadline } of this.#watched) next = Math.min(next, deadline)
    if (next !== Number.POSITIVE_INFINITY && this.#timer === undefined) this.#arm(next)
  }
}
