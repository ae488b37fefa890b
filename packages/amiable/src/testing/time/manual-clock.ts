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
 * A clock that moves only when your test moves it. Give it to the option `clock` of the server and of the client: then
 * a test of a timeout of thirty seconds takes a millisecond.
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

  /** The number of timers that wait. */
  get pending(): number {
    return this.#waiting.size
  }

  /** In how many milliseconds the next timer is due. `undefined` without one. */
  get next(): number | undefined {
    const first = this.#first()
    return first === undefined ? undefined : first.at - this.#now
  }

  /**
   * Moves time by `ms` milliseconds, and runs every timer that becomes due, in order and each at its own time. Before,
   * between and after them it lets promises and sockets work.
   */
  async advance(ms: number): Promise<void> {
    checkAmount('ms', ms)
    const end = this.#now + ms
    await settle()
    for (let first = this.#first(); first !== undefined && first.at <= end; first = this.#first()) {
      this.#fire(first)
      await settle()
    }
    this.#now = Math.max(this.#now, end)
    await settle()
  }

  /** Moves time as {@link ManualClock.advance} does, but waits for no promise and no socket. */
  tick(ms: number): void {
    checkAmount('ms', ms)
    const end = this.#now + ms
    for (let first = this.#first(); first !== undefined && first.at <= end; first = this.#first()) this.#fire(first)
    this.#now = Math.max(this.#now, end)
  }

  /** Moves time to the next timer and runs it. Resolves with false if there is none. */
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
