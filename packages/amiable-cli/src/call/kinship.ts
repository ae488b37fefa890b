// Which events are of one call: by the Uniqueids and the Linkedids that they name together.

/** An event, as far as it belongs to calls. */
export interface Related {
  readonly headers: readonly (readonly [name: string, value: string])[]
}

// a bridge may hold several calls, and who spies on a call has one of his own
const ID = /^(?!Bridge|Spye[er])\w*(?:Uniqueid|Linkedid)$/i

/** Returns the ids of channels and calls that an event names. */
export function idsOf({ headers }: Related): string[] {
  return headers.flatMap(([name, value]) => (value !== '' && ID.test(name) ? [value] : []))
}

/** Ids that belong together, found as events come. */
export class Kinship {
  #parents = new Map<string, string>()

  /** Takes ids that were named together. Returns the one that stands for all of them. */
  join(ids: readonly string[]): string | undefined {
    let [first] = ids
    if (first === undefined) return undefined
    first = this.of(first)
    for (const id of ids) this.#parents.set(this.of(id), first)
    return first
  }

  /** Returns the id that stands for all that belong to this one. */
  of(id: string): string {
    let top = id
    for (let up = this.#parents.get(top); up !== undefined && up !== top; up = this.#parents.get(top)) top = up
    // what was passed points to the top from now on
    for (let at = id; at !== top; ) {
      const up = this.#parents.get(at) ?? top
      this.#parents.set(at, top)
      at = up
    }
    return top
  }

  has(id: string): boolean {
    return this.#parents.has(id)
  }

  ids(): IterableIterator<string> {
    return this.#parents.keys()
  }
}
