// From when on a list of Asterisk counts for readers: as soon as what it says is sent.
import type { Freshness } from 'amiable/state'
import type { StateKind } from '../schema/state.ts'

/** Says how fresh records are for readers, while some of them still wait to be written. */
export class Lists {
  readonly #said = new Map<StateKind, Freshness>()
  /** The last list of each kind, and the records that waited when it was complete. */
  readonly #last = new Map<StateKind, { readonly at: number; readonly waiting: Set<string> }>()

  /**
   * Returns what is said of a kind: what was said before, until all that waited when a list was complete is sent.
   * @param waiting gives the names of the records of the kind that wait now
   */
  freshness(kind: StateKind, found: Freshness, waiting: () => Iterable<string>): Freshness {
    const said = this.#said.get(kind)
    if (found.type === 'live' && said !== undefined) {
      const at = found.listedAt.getTime()
      const before = this.#last.get(kind)
      const last = before?.at === at ? before : { at, waiting: new Set(waiting()) }
      this.#last.set(kind, last)
      if (last.waiting.size > 0) return said
    }
    this.#said.set(kind, found)
    return found
  }

  /** Takes note that a record waits no more. */
  sent(name: string): void {
    for (const { waiting } of this.#last.values()) waiting.delete(name)
  }
}
