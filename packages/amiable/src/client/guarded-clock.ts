import { got } from '../check.ts'
import { invalid } from '../errors.ts'
import { type Clock, systemClock, type Timer } from '../util/clock.ts'

/**
 * Returns a clock that never throws. When the caller's own throws, or gives no time, `failed` gets the error once, and
 * the machine's clock stands in from then on.
 */
export function guarded(clock: Clock, failed: (error: Error) => void): Clock {
  return clock === systemClock ? clock : new GuardedClock(clock, failed)
}

class GuardedClock implements Clock {
  #clock: Clock
  #failed: (error: Error) => void

  constructor(clock: Clock, failed: (error: Error) => void) {
    this.#clock = clock
    this.#failed = failed
  }

  now(): number {
    return this.#time('now')
  }

  elapsed(): number {
    return this.#time('elapsed')
  }

  setTimeout(callback: () => void, delay: number): Timer {
    try {
      return this.#clock.setTimeout(callback, delay)
    } catch (error) {
      this.#fail(error)
      return systemClock.setTimeout(callback, delay)
    }
  }

  clearTimeout(timer: Timer | undefined): void {
    try {
      this.#clock.clearTimeout(timer)
    } catch (error) {
      this.#fail(error)
    }
  }

  #time(method: 'now' | 'elapsed'): number {
    try {
      const time = this.#clock[method]()
      if (Number.isFinite(time)) return time
      throw invalid(`clock.${method}()`, `must give a number of milliseconds, ${got(time)}`)
    } catch (error) {
      this.#fail(error)
      return systemClock[method]()
    }
  }

  #fail(error: unknown): void {
    if (this.#clock === systemClock) return
    this.#clock = systemClock
    queueMicrotask(() => this.#failed(error as Error))
  }
}
