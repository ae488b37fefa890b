import { type Deferred, deferred } from './deferred.ts'

/** A bounded queue between a producer that never waits and one consumer that iterates. */
export class AsyncQueue<T> implements AsyncIterableIterator<T> {
  #items: T[] = []
  #head = 0
  #waiting: Deferred<IteratorResult<T>>[] = []
  #end: { error: unknown } | { error?: undefined } | undefined
  #onEnd: () => void

  /** @param onEnd called once, when the queue takes no more: at its end, or when the consumer stops early */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd
  }

  /** Whether the consumer waits for the next one. */
  get awaited(): boolean {
    return this.#waiting.length > 0
  }

  /** How many wait for the consumer. */
  get size(): number {
    return this.#items.length - this.#head
  }

  /** Whether nothing more will come. */
  get ended(): boolean {
    return this.#end !== undefined
  }

  /** Those that wait for the consumer. */
  protected items(): readonly T[] {
    return this.#items.slice(this.#head)
  }

  push(item: T): void {
    if (this.#end) return
    const waiting = this.#waiting.shift()
    if (waiting) waiting.resolve({ value: item, done: false })
    else this.#items.push(item)
  }

  /** Takes the oldest away, so that a newer one has room. */
  shift(): T | undefined {
    if (this.size === 0) return undefined
    const item = this.#items[this.#head] as T
    this.#items[this.#head++] = undefined as T
    if (this.#head === this.#items.length) {
      this.#items = []
      this.#head = 0
    } else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  /** Ends the iteration after what is still queued; with an error it ends by throwing it. */
  end(error?: unknown): void {
    if (this.#end) return
    this.#end = error === undefined ? {} : { error }
    for (const waiting of this.#waiting.splice(0)) {
      if (this.#end.error === undefined) waiting.resolve({ value: undefined, done: true })
      else waiting.reject(this.#takeError())
    }
    this.#onEnd()
  }

  next(): Promise<IteratorResult<T>> {
    if (this.size > 0) return Promise.resolve({ value: this.shift() as T, done: false })
    if (!this.#end) {
      const waiting = deferred<IteratorResult<T>>()
      this.#waiting.push(waiting)
      return waiting.promise
    }
    if (this.#end.error !== undefined) return Promise.reject(this.#takeError())
    return Promise.resolve({ value: undefined, done: true })
  }

  return(): Promise<IteratorResult<T>> {
    while (this.size > 0) this.shift()
    this.end()
    // an error that nobody will take
    this.#end = {}
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  // an error is thrown once; after it the iteration is over, as a generator's is
  #takeError(): unknown {
    const error = this.#end?.error
    this.#end = {}
    return error
  }
}
