// How much a caller and a server may have under way.

/** A bucket of tokens for each caller: so many a second, and so many at once. */
export class RateLimit {
  readonly #perSecond: number
  readonly #most: number
  readonly #now: () => number
  readonly #buckets = new Map<string, { tokens: number; at: number }>()

  /**
   * @param now a clock that never goes back, in milliseconds
   * @param most how many tokens a bucket holds: those of a second where it is left out
   */
  constructor(perSecond: number, now: () => number, most = perSecond) {
    this.#perSecond = perSecond
    this.#now = now
    this.#most = most
  }

  /** Takes so many of the caller's tokens; false if there are not as many. */
  take(caller: string, count = 1): boolean {
    const now = this.#now()
    const bucket = this.#bucketOf(caller, now)
    bucket.tokens = Math.min(this.#most, bucket.tokens + ((now - bucket.at) / 1_000) * this.#perSecond)
    bucket.at = now
    if (bucket.tokens < count) return false
    bucket.tokens -= count
    return true
  }

  #bucketOf(caller: string, now: number): { tokens: number; at: number } {
    const known = this.#buckets.get(caller)
    if (known !== undefined) return known
    // those past the limit share a bucket: names cost nothing, and must not make room
    const name = this.#buckets.size < MOST_CALLERS ? caller : ''
    const bucket = this.#buckets.get(name) ?? { tokens: this.#most, at: now }
    this.#buckets.set(name, bucket)
    return bucket
  }
}

const MOST_CALLERS = 1_024

/** Counts what is under way, by a name. */
export class Underway {
  readonly #counts = new Map<string, number>()

  /** Begins one more of this name; false if there are so many already. */
  begin(name: string, most: number): boolean {
    const count = this.of(name)
    if (count >= most) return false
    this.#counts.set(name, count + 1)
    return true
  }

  end(name: string): void {
    const count = this.of(name) - 1
    if (count > 0) this.#counts.set(name, count)
    else this.#counts.delete(name)
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0
  }
}
