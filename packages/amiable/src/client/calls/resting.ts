import type { Clock, Timer } from '../../util/clock.ts'
import { LateSet } from '../../util/late.ts'
import type { Call } from './call.ts'

// how long a call rests that was refused for now, in milliseconds
const REST = 1_000

/** The calls that were refused for now, and are to be sent again. */
export class Resting {
  #clock: Clock
  #rested: (calls: Call[]) => void
  #calls = new LateSet<Call>()
  #timer: Timer | undefined

  constructor(clock: Clock, rested: (calls: Call[]) => void) {
    this.#clock = clock
    this.#rested = rested
  }

  get size(): number {
    return this.#calls.size
  }

  has(id: string): boolean {
    for (const call of this.#calls) if (call.id === id) return true
    return false
  }

  add(call: Call): void {
    this.#calls.add(call)
    this.#timer ??= this.#clock.setTimeout(() => this.#rested(this.take()), REST)
  }

  delete(call: Call): void {
    this.#calls.delete(call)
  }

  /** Ends the rest, and gives the calls. */
  take(): Call[] {
    const calls = [...this.#calls]
    this.#calls.clear()
    this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
    return calls
  }
}
