// How a watch of events ends: after a count, at an event, after a time, or by ^C.
import { EXIT } from '../errors/exit-codes.ts'
import type { Comparable } from '../where/expression.ts'
import { timeLimit } from './time-limit.ts'

/** Says when a watch is over, and with which exit status. */
export class Expectation {
  readonly #count: number | undefined
  readonly #isLast: ((event: Comparable) => boolean) | undefined
  #seen = 0
  #over = false
  #begun = false
  #finish: (status: number) => void = () => {}
  /** Resolves with the exit status when the watch is over. */
  readonly over = new Promise<number>((resolve) => {
    this.#finish = resolve
  })
  #begin: () => void = () => {}
  /** Resolves when events are looked at. */
  readonly begun = new Promise<void>((resolve) => {
    this.#begin = resolve
  })
  #cancel: (() => void) | undefined

  constructor({ count, until }: { count?: number | undefined; until?: ((event: Comparable) => boolean) | undefined }) {
    this.#count = count
    this.#isLast = until
  }

  /** Whether something must come for the watch to end well. */
  get expects(): boolean {
    return this.#count !== undefined || this.#isLast !== undefined
  }

  /** Events that came and were wanted. */
  get seen(): number {
    return this.#seen
  }

  /** Whether events have been looked at. */
  get hasBegun(): boolean {
    return this.#begun
  }

  /** Begins to count the time that the watch may take. */
  begin(most?: number): void {
    this.#begun = true
    this.#begin()
    if (most !== undefined) this.#cancel = timeLimit(most, () => this.end(this.expects ? EXIT.late : EXIT.done))
  }

  /** Counts an event that was wanted. Returns whether it was the last. */
  take(event: Comparable): boolean {
    this.#seen++
    const last = this.#seen === this.#count || this.#isLast?.(event) === true
    if (last) this.end(EXIT.done)
    return last
  }

  /** Whether the watch is over. */
  get isOver(): boolean {
    return this.#over
  }

  /** Ends the watch, with the first status that it is given. */
  end(status: number): void {
    this.#over = true
    this.#cancel?.()
    this.#finish(status)
  }
}
