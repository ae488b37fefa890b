import type { Clock, Timer } from '../../util/clock.ts'

/** A clock that remembers its timers, so that a server that ends leaves none behind to hold the process. */
export class OwnTimers implements Clock {
  #clock: Clock
  #timers = new Set<Timer>()
  #ended = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now()
  }

  elapsed(): number {
    return this.#clock.elapsed()
  }

  setTimeout(callback: () => void, delay: number): Timer {
    if (this.#ended) return {}
    const timer = this.#clock.setTimeout(() => {
      this.#timers.delete(timer)
      callback()
    }, delay)
    this.#timers.add(timer)
    return timer
  }

  clearTimeout(timer: Timer | undefined): void {
    if (timer !== undefined && this.#timers.delete(timer)) this.#clock.clearTimeout(timer)
  }

  /** Forgets every timer, and takes no more. */
  end(): void {
    this.#ended = true
    for (const timer of this.#timers) this.#clock.clearTimeout(timer)
    this.#timers.clear()
  }
}
