/** How many tries somebody has, and how fast he gets them back. */
export interface Allowance {
  readonly tries: number
  /** Milliseconds for one more. */
  readonly each: number
}

/** Slows those down who try again and again; each key has its own allowance. It knows so many keys and no more. */
export class Throttle {
  #allowance: Allowance
  #most: number
  #used = new Map<string, { used: number; at: number }>()

  constructor(allowance: Allowance, most = 10_000) {
    this.#allowance = allowance
    this.#most = most
  }

  /** Takes one try; returns the milliseconds to wait where there is none. */
  take(key: string, now: number): number {
    const { tries, each } = this.#allowance
    const known = this.#used.get(key)
    // a clock that is set back must not make him wait until it is where it was
    if (known !== undefined && now < known.at) known.at = now
    const used = known === undefined ? 0 : Math.max(0, known.used - (now - known.at) / each)
    if (used + 1 > tries) return Math.ceil((used + 1 - tries) * each)
    this.#used.delete(key)
    // the one that has been away longest is forgotten first
    if (this.#used.size >= this.#most) this.#used.delete(this.#used.keys().next().value as string)
    this.#used.set(key, { used: used + 1, at: now })
    return 0
  }

  /** Gives all tries back, after one that was right. */
  forget(key: string): void {
    this.#used.delete(key)
  }

  /** Gives one try back: many who share a key are right one after the other. */
  giveBack(key: string): void {
    const known = this.#used.get(key)
    if (known !== undefined) known.used = Math.max(0, known.used - 1)
  }
}
