import { checkAnswer, checkString, checkSync } from '../check.ts'
import type { Freshness } from './freshness.ts'
import { given } from './given.ts'

/** The records of one kind; a view that is always as the last event left it. */
export interface Collection<T> extends Iterable<T> {
  readonly size: number
  readonly freshness: Freshness
  get(key: string): T | undefined
  has(key: string): boolean
  keys(): IterableIterator<string>
  values(): IterableIterator<T>
  filter(test: (value: T) => boolean): T[]
}

/** What a {@link View} looks at. */
export interface ViewOptions<T> {
  records(): ReadonlyMap<string, T>
  freshness(): Freshness
  /** The key that is meant by what a caller wrote. */
  readonly keyOf?: (key: string) => string
}

/** Gives records one after the other. */
export function* allGiven<T>(records: Iterable<T>): IterableIterator<T> {
  for (const one of records) yield given(one)
}

/** A collection over a table. */
export class View<T> implements Collection<T> {
  #options: ViewOptions<T>

  constructor(options: ViewOptions<T>) {
    this.#options = options
  }

  get size(): number {
    return this.#options.records().size
  }

  get freshness(): Freshness {
    return this.#options.freshness()
  }

  get(key: string): T | undefined {
    checkString('key', key, "a record's key")
    const { records, keyOf } = this.#options
    const one = records().get(keyOf ? keyOf(key) : key)
    return one && given(one)
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  keys(): IterableIterator<string> {
    return this.#options.records().keys()
  }

  values(): IterableIterator<T> {
    return allGiven(this.#options.records().values())
  }

  filter(test: (value: T) => boolean): T[] {
    checkSync('test', test)
    const found: T[] = []
    for (const value of this.values()) if (checkAnswer('test', test(value))) found.push(value)
    return found
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.values()
  }
}
