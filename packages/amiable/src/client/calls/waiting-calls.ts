import type { Clock } from '../../util/clock.ts'
import type { Call } from './call.ts'
import { Resting } from './resting.ts'

/** The calls that wait for a login or for their turn, in order, and those that rest before they are sent again. */
export class WaitingCalls {
  #calls: Call[] = []
  #resting: Resting

  /** @param rested called when calls that rested may be sent again */
  constructor(clock: Clock, rested: () => void) {
    this.#resting = new Resting(clock, (calls) => {
      this.#calls.unshift(...calls)
      rested()
    })
  }

  /** How many there are. */
  get size(): number {
    return this.#calls.length + this.#resting.size
  }

  /** How many have their turn before a new one. */
  get length(): number {
    return this.#calls.length
  }

  has(id: string): boolean {
    return this.#resting.has(id) || this.#calls.some((call) => call.id === id)
  }

  add(call: Call): void {
    this.#calls.push(call)
  }

  /** Has a call rest that was refused for now. */
  rest(call: Call): void {
    this.#resting.add(call)
  }

  /** Takes the one whose turn it is. */
  next(): Call | undefined {
    return this.#calls.shift()
  }

  delete(call: Call): void {
    this.#calls = this.#calls.filter((one) => one !== call)
    this.#resting.delete(call)
  }

  /** The link went: these go first under the next login. Gives those that must not wait for one. */
  linkLost(again: readonly Call[]): Call[] {
    const perishable = this.#calls.filter((call) => call.nature.perishable)
    this.#calls = [...again, ...this.#resting.take(), ...this.#calls.filter((call) => !call.nature.perishable)]
    return perishable
  }

  /** Takes them all. */
  takeAll(): Call[] {
    return [...this.#calls.splice(0), ...this.#resting.take()]
  }
}
