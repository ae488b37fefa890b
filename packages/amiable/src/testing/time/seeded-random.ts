import { checkAmount, checkWhole, got } from '../../check.ts'
import { invalid } from '../../errors.ts'

/** Draws numbers that look random, and that are the same for the same seed (mulberry32). */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    checkWhole('seed', seed, Number.MIN_SAFE_INTEGER)
    this.#state = seed >>> 0
  }

  /** Returns a number from 0 up to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** Returns a whole number from `low` to `high`, including both. */
  integer(low: number, high: number): number {
    checkWhole('low', low, Number.MIN_SAFE_INTEGER)
    checkWhole('high', high, low)
    return low + Math.floor(this.next() * (high - low + 1))
  }

  /** Returns one item of a list. */
  pick<T>(list: readonly T[]): T {
    if (!Array.isArray(list) || list.length === 0)
      throw invalid('list', `must be a list with something in it, ${got(list)}`)
    return list[this.integer(0, list.length - 1)]!
  }

  /** Returns true with this probability, from 0 to 1. */
  chance(probability: number): boolean {
    checkAmount('probability', probability)
    return this.next() < probability
  }

  /** Returns a UUID of version 4. */
  uuid(): string {
    let hex = ''
    for (let i = 0; i < 32; i++) hex += this.integer(0, 15).toString(16)
    const variant = '89ab'[this.integer(0, 3)]
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
  }
}
