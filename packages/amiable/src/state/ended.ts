// how many ended keys are remembered; the oldest are forgotten first
const MOST = 10_000
// Asterisk's are shorter (AST_MAX_UNIQUEID and the name of a conference), and all of them together take a few megabytes
const LONGEST = 512

/**
 * Keys that an event has ended. Parking and conferences report an end before the object leaves its list. A row can then
 * still show it, and no event would ever correct that.
 */
export class Ended {
  #keys = new Map<string, number>()
  #milliseconds: number

  /** @param milliseconds how long a key is remembered */
  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds
  }

  get size(): number {
    return this.#keys.size
  }

  add(key: string, now: number): void {
    if (key.length > LONGEST) return
    // one that ends again goes to the end of the line
    this.#keys.delete(key)
    this.#keys.set(key, now)
    if (this.#keys.size <= MOST) return
    // many at a time: to look for the oldest of a map costs more than to take it out
    for (const [oldest, at] of this.#keys) {
      if (this.#keys.size <= MOST / 2 && now - at < this.#milliseconds) break
      this.#keys.delete(oldest)
    }
  }

  /** Forgets that a key has ended: it lives again. */
  delete(key: string): void {
    this.#keys.delete(key)
  }

  /** Whether a row shows what has ended. It is refused until its own event says that it lives again, or time runs out. */
  refuses(key: string, now: number): boolean {
    const at = this.#keys.get(key)
    return at !== undefined && now - at < this.#milliseconds
  }

  /** Forgets all. Events were missed, and among them may be those that say what lives again. */
  clear(): void {
    this.#keys.clear()
  }
}
