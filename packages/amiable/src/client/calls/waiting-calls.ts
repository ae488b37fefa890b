import type { Clock } from '../../util/clock.ts'
import { LateMap } from '../../util/late.ts'
import type { Call } from './call.ts'
import { Resting } from './resting.ts'

/** What {@link WaitingCalls} ask. */
export interface WaitingHost {
  /** Sends what waits, as far as it may: some have rested. */
  pump(): void
}

/** The calls that wait for a login or for their turn, in order, and those that rest before they are sent again. */
export class WaitingCalls {
  /** By ActionID, so that to find or to give up one of many costs as much as one of few. */
  #calls = new LateMap<string, Call>()
  #resting: Resting | undefined
  #clock: Clock
  #host: WaitingHost

  constructor(clock: Clock, host: WaitingHost) {
    this.#clock = clock
    this.#host = host
  }

  /** How many there are. */
  get size(): number {
    return this.#calls.size + (this.#resting?.size ?? 0)
  }

  /** How many have their turn before a new one. */
  get length(): number {
    return this.#calls.size
  }

  has(id: string): boolean {
    return this.#calls.has(id) || this.#resting?.has(id) === true
  }

  add(call: Call): void {
    this.#calls.set(call.id, call)
  }

  /** Has a call rest that was refused for now. */
  rest(call: Call): void {
    this.#resting ??= new Resting(this.#clock, (calls) => {
      this.#putFirst(calls)
      this.#host.pump()
    })
    this.#resting.add(call)
  }

  /** Takes the one whose turn it is. */
  next(): Call | undefined {
    const [first] = this.#calls.values()
    if (first) this.#calls.delete(first.id)
    return first
  }

  delete(call: Call): void {
    if (!this.#calls.delete(call.id)) this.#resting?.delete(call)
  }

  /**
   * Puts calls that were lost with the connection first under the next login. Returns those that must not wait for one.
   */
  linkLost(again: readonly Call[]): Call[] {
    const perishable = [...this.#calls.values()].filter((call) => call.perishable)
    for (const call of perishable) this.#calls.delete(call.id)
    this.#putFirst([...again, ...(this.#resting?.take() ?? [])])
    return perishable
  }

  /** Takes them all. */
  takeAll(): Call[] {
    const all = [...this.#calls.values(), ...(this.#resting?.take() ?? [])]
    this.#calls.clear()
    return all
  }

  #putFirst(calls: readonly Call[]): void {
    const later = this.#calls
    this.#calls = new LateMap()
    for (const call of calls) this.#calls.set(call.id, call)
    for (const [id, call] of later) this.#calls.set(id, call)
  }
}
