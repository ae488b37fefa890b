import type { Cause, Change, Revision } from './changes.ts'
import type { ChangeKind } from './records.ts'
import { differing } from './same.ts'

/**
 * What is kept of a change. The change is made of it once somebody listens or asks, and of most changes nobody does.
 */
export interface Logged {
  readonly kind: ChangeKind
  readonly type: Change['type']
  readonly number: number
  readonly key: string
  readonly before: object | undefined
  readonly after: object | undefined
  readonly unseen: boolean
  readonly cause: Cause
  readonly at: number
  made: Change | undefined
}

/**
 * The fields of a record whose changes are reported elsewhere: the members and callers of a queue have changes of their
 * own.
 */
export const PARTS: Readonly<Partial<Record<ChangeKind, readonly string[]>>> = { queue: ['members', 'callers'] }

/** The last changes, in a ring; each has the number of its revision. */
export class ChangeLog {
  /** The number of the last change. */
  last = 0
  #source: string
  #mark: string
  #ring: (Logged | undefined)[] = []
  #most: number

  /**
   * @param mark names the model, so that a revision of another one is known for what it is
   * @param most how many are kept
   */
  constructor(source: string, mark: string, most: number) {
    this.#source = source
    this.#mark = mark
    this.#most = most
  }

  /** The revision of the last change. */
  get revision(): Revision {
    return this.#named(this.last)
  }

  /** @param logged has the number behind the last one */
  add(logged: Logged): void {
    this.last++
    this.#ring[this.last % this.#most] = logged
  }

  /** Returns the change as it is reported. */
  change(logged: Logged): Change {
    logged.made ??= this.#make(logged)
    return logged.made
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
    for (let number = from + 1; number <= this.last; number++) {
      found.push(this.change(this.#ring[number % this.#most] as Logged))
    }
    return found
  }

  #make({ kind, type, number, key, before, after, unseen, cause, at: milliseconds }: Logged): Change {
    const source = this.#source
    const revision = this.#named(number)
    const at = new Date(milliseconds)
    // complete literals: a spread that adds fields costs a hundred times as much
    const change =
      before === undefined
        ? { source, kind, key, revision, at, cause, type, after }
        : after === undefined
          ? { source, kind, key, revision, at, cause, type, before, unseen }
          : { source, kind, key, revision, at, cause, type, before, after, fields: fieldsOf(kind, before, after) }
    return Object.freeze(change) as unknown as Change
  }

  #named(number: number): Revision {
    return `${this.#mark}-${number}`
  }
}

function fieldsOf(kind: ChangeKind, before: object, after: object): readonly string[] {
  return Object.freeze(differing(before, after, PARTS[kind]))
}
