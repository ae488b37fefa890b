import type { Clock } from '../util/clock.ts'
import type { StateSource } from './source.ts'

// so far may the clocks of one machine run apart before one of them was set, in milliseconds
const SET = 1_000

/** How far the server's clock is ahead of this machine's. */
export class ServerTime {
  readonly #source: StateSource
  readonly #clock: Clock
  /** How far the clock that can be set was ahead of the other one when this was measured. */
  #apart = Number.NaN

  constructor(source: StateSource, clock: Clock) {
    this.#source = source
    this.#clock = clock
  }

  /** Whether this machine's clock was set since the last measure, or stood still while the machine slept. */
  get isOld(): boolean {
    return Math.abs(this.#now() - this.#apart) > SET
  }

  /**
   * Returns the milliseconds, from the `Timestamp` of a Ping. Half a round trip is their error. Undefined where the
   * server does not say.
   */
  async measure(): Promise<number | undefined> {
    const before = this.#clock.now()
    this.#apart = this.#now()
    try {
      const pong = await this.#source.sendRaw('Ping')
      const middle = (before + this.#clock.now()) / 2
      const seconds = Number(pong.get('Timestamp'))
      return Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1_000 - middle) : undefined
    } catch {
      return undefined
    }
  }

  #now(): number {
    return this.#clock.now() - this.#clock.elapsed()
  }
}
