import { checkAmount, checkFunction, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import type { Clock, Timer } from '../../util/clock.ts'
import { settle } from './settle.ts'

interface Waiting {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

/**
 * A clock that moves when it is told to, for the server's `clock` option and the client's: a test of a timeout of
 * thirty seconds takes a millisecond.
 */
export class ManualClock implements Clock {
  #now: number
  #order = 0
  #waiting = new Set<Waiting>()

  /** @param start what `now()` says first, in milliseconds since 1970; by default 1 January 2026, 00:00 UTC */
  constructor(start = Date.UTC(2026, 0, 1)) {
    checkAmount('start', start)
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  elapsed(): number {
    return this.#now
  }

  setTimeout(callback: () => void, delay: number): Timer {
    checkFunction('callback', callback)
    if (typeof delay !== 'number' || Number.isNaN(delay)) throw invalid('delay', `must be a number, ${got(delay)}`)
    const waiting = { at: this.#now + Math.max(0, delay), order: this.#order++, callback }
    this.#waiting.add(waiting)
    return waiting
  }

  clearTimeout(timer: Timer | undefined): void {
    this.#waiting.delete(timer as Waiting)
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#waiting.size
  }

  /** How many milliseconds from now the next timer is due; `undefined` without one. */
  get next(): number | undefined {
    const first = this.#first()
    return first === undefined ? undefined : first.at - this.#now
  }

  /**
   * Moves time by `ms` milliseconds and runs every timer that falls due, in order, each at its own time. Between two
   * timers, before the first and after the last it lets promises and sockets do their work.
   */
  async advance(ms: number): Promise<void> {
    checkAmount('ms', ms)
    const end = this.#now + ms
    await settle()
    for (let first = this.#first(); first !== undefined && first.at <= end; first = this.#first()) {
      this.#fire(first)
      await settle()
    }
    this.#now = end
    await settle()
  }

  /** As {@link ManualClock.advance}, at once: what the timers start goes on after it returns. */
  tick(ms: number): void {
    checkAmount('ms', ms)
    const end = this.#now + ms
    for (let first = this.#first(); first !== undefined && first.at <= end; first = this.#first()) this.#fire(first)
    this.#now = end
  }

  /** Moves to the next timer and runs it; false without one. */
  async advanceToNext(): Promise<boolean> {
    await settle()
    const first = this.#first()
    if (first === undefined) return false
    await this.advance(first.at - this.#now)
    return true
  }

  #first(): Waiting | undefined {
    let first: Waiting | undefined
    for (const one of this.#waiting) {
      if (first === undefined || one.at < first.at || (one.at === first.at && one.order < first.order)) first = one
    }
    return first
  }

  #fire(waiting: Waiting): void {
    this.#waiting.delete(waiting)
    this.#now = Math.max(this.#now, waiting.at)
    waiting.callback()
  }
}
