import type { Cause, Change, Revision } from './changes.ts'
import { given } from './given.ts'
import type { ChangeKind } from './records.ts'
import { differing } from './same.ts'
import { Undo, undone } from './undo.ts'
import { undoWeight, weightOf } from './weight.ts'

/** The fields of a record that are not part of its own changes: members and callers of a queue have their own. */
export const PARTS: Readonly<Partial<Record<ChangeKind, readonly string[]>>> = { queue: ['members', 'callers'] }

// a change in the arrays of the log
const SLOT = 100

/** What happened to a record, before a change is made of it. */
export interface Logged {
  readonly kind: ChangeKind
  readonly key: string
  /** What was there; or, where it is what is there now, how it was. */
  readonly before: object | Undo | undefined
  readonly after: object | undefined
  readonly unseen: boolean
  readonly cause: Cause
  readonly at: number
}

/**
 * The last changes, in a ring; each has the number of its revision. A change is made when somebody asks for it, and for
 * most nobody does. The ring is an array for each of its parts, because an object for each change costs more to keep
 * than all else that an event costs.
 */
export class ChangeLog {
  /** The number of the last change. */
  last = 0
  /** The last change that was not kept, or was forgotten; the ring begins behind it. */
  #first = 0
  /** The last change of which somebody has a revision: nobody else can ask for what came after one. */
  #known = Number.NEGATIVE_INFINITY
  #source: string
  #mark: string
  #most: number
  #kinds: ChangeKind[] = []
  #keys: string[] = []
  #befores: (object | Undo | undefined)[] = []
  #afters: (object | undefined)[] = []
  #unseen: boolean[] = []
  #causes: Cause[] = []
  #times: number[] = []

  /**
   * @param mark names the model, so that a revision of another one is known for what it is
   * @param most how many are kept
   */
  constructor(source: string, mark: string, most: number) {
    this.#source = source
    this.#mark = mark
    this.#most = most
  }

  /** The revision of the last change. What comes after it is kept. */
  get revision(): Revision {
    this.#known = this.last
    return this.#named(this.last)
  }

  /** Whether somebody has a revision that is not too old to ask for what came after it. */
  get isAsked(): boolean {
    return this.last - this.#known <= this.#most
  }

  /** @param isHeard whether a change is made of it, which has a revision */
  add({ kind, key, before, after, unseen, cause, at }: Logged, isHeard: boolean): void {
    this.last++
    if (isHeard) this.#known = this.last
    if (!this.isAsked) {
      this.#first = this.last
      return
    }
    const place = this.#placeOf(this.last)
    this.#kinds[place] = kind
    this.#keys[place] = key
    this.#befores[place] = before
    this.#afters[place] = after
    this.#unseen[place] = unseen
    this.#causes[place] = cause
    this.#times[place] = at
  }

  /** Notes a change that is not kept. */
  pass(): void {
    this.last++
    this.#first = this.last
  }

  /** Returns how many bytes it takes: what was there before its changes, for what is there now is in the picture. */
  weigh(): number {
    let weight = 0
    this.#befores.forEach((before, place) => {
      weight += SLOT
      if (before instanceof Undo) weight += undoWeight(before)
      else if (before !== undefined) weight += weightOf(this.#kinds[place] as ChangeKind, before)
    })
    return weight
  }

  /** Forgets all changes: `since` gives nobody a change that came before. */
  forget(): void {
    this.#kinds = []
    this.#keys = []
    this.#befores = []
    this.#afters = []
    this.#unseen = []
    this.#causes = []
    this.#times = []
    this.#first = this.last
  }

  /**
   * Makes the change of a number that is still kept.
   * @param then the records that were changed in place, as they were behind this change
   */
  change(number: number, then = new Map<object, object>()): Change {
    const place = this.#placeOf(number)
    const kind = this.#kinds[place] as ChangeKind
    const key = this.#keys[place] as string
    const of = (record: object | undefined) => record && given(then.get(record) ?? record)
    const now = this.#afters[place]
    const after = of(now)
    const was = this.#befores[place]
    const before = was instanceof Undo ? undone(after as object, was) : of(was)
    if (was instanceof Undo) then.set(now as object, before as object)
    const cause = this.#causes[place] as Cause
    const source = this.#source
    const revision = this.#named(number)
    const at = new Date(this.#times[place] as number)
    // complete literals: a spread that adds fields costs a hundred times as much
    const change =
      before === undefined
        ? { source, kind, key, revision, at, cause, type: 'added', after }
        : after === undefined
          ? { source, kind, key, revision, at, cause, type: 'removed', before, unseen: this.#unseen[place] }
          : {
              source,
              kind,
              key,
              revision,
              at,
              cause,
              type: 'changed',
              before,
              after,
              fields: fieldsOf(kind, before, after),
            }
    return Object.freeze(change) as unknown as Change
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
    if (this.last - from > this.#most || from < this.#first) return undefined
    // from the last one on, since of a record that was changed in place each change knows only what was before it
    const then = new Map<object, object>()
    return Array.from({ length: this.last - from }, (_, at) => this.change(this.last - at, then)).reverse()
  }

  #placeOf(number: number): number {
    return (number - 1 - this.#first) % this.#most
  }

  #named(number: number): Revision {
    return `${this.#mark}-${number}`
  }
}

function fieldsOf(kind: ChangeKind, before: object, after: object): readonly string[] {
  return Object.freeze(differing(before, after, PARTS[kind]))
}
