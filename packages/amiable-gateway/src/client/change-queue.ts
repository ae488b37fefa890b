/** Waiting changes of one reader, up to a limit. */
export class ChangeQueue<T> implements AsyncIterableIterator<T> {
  readonly #limit: number
  readonly #overflow: T
  readonly #close: () => void
  #waiting: T[] = []
  /** Those that wait for a change, in the order in which they asked. */
  #wakes: (() => void)[] = []
  #ended = false

  /**
   * @param overflow what a reader gets in place of all that waits when it is more than `limit`
   * @param close called once when nobody reads any more
   */
  constructor(limit: number, overflow: T, close: () => void) {
    this.#limit = limit
    this.#overflow = overflow
    this.#close = close
  }

  push(change: T): void {
    if (this.#ended) return
    if (this.#waiting.length >= this.#limit) this.#waiting = [this.#overflow]
    else this.#waiting.push(change)
    this.#wakes.shift()?.()
  }

  /** Ends it after what waits. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#close()
    for (const wake of this.#wakes.splice(0)) wake()
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.#waiting.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wakes.push(resolve)
      })
    }
    if (this.#waiting.length === 0) return { done: true, value: undefined }
    return { done: false, value: this.#waiting.shift() as T }
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#waiting = []
    this.end()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
