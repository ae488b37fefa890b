import type { Change, Revision } from './changes.ts'

/** The last changes, in a ring; each has the number of its revision. */
export class ChangeLog {
  /** The number of the last change. */
  last = 0
  #mark: string
  #ring: (Change | undefined)[] = []
  #most: number

  /**
   * @param mark names the model, so that a revision of another one is known for what it is
   * @param most how many are kept
   */
  constructor(mark: string, most: number) {
    this.#mark = mark
    this.#most = most
  }

  /** The revision of the last change. */
  get revision(): Revision {
    return this.#named(this.last)
  }

  /** Returns the revision that the next change gets. */
  next(): Revision {
    return this.#named(this.last + 1)
  }

  add(change: Change): void {
    this.last++
    this.#ring[this.last % this.#most] = change
  }

  /**
   * Returns the changes after a revision; undefined where the log keeps some of them no more, or where it is another
   * model's.
   */
  since(revision: Revision): Change[] | undefined {
    const at = revision.lastIndexOf('-')
    const from = Number(revision.slice(at + 1))
    if (revision.slice(0, at) !== this.#mark || !Number.isInteger(from) || from < 0 || from > this.last)
      return undefined
    if (this.last - from > this.#most) return undefined
    const found: Change[] = []
    for (let number = from + 1; number <= this.last; number++) found.push(this.#ring[number % this.#most] as Change)
    return found
  }

  #named(number: number): Revision {
    return `${this.#mark}-${number}`
  }
}
