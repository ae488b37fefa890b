import type { ListedKind } from './kinds.ts'

/** A list that is due: of a kind, or of some records of it. */
export interface Due {
  readonly kind: ListedKind
  /** The records to ask for; undefined for all. */
  readonly keys: readonly string[] | undefined
  readonly audit: boolean
}

interface Entry {
  at: number
  /** Undefined: all of the kind. */
  keys: Set<string> | undefined
  audit: boolean
}

// more broken records than these are one broken kind
const MOST_KEYS = 64

/** The lists that are due next: one list at a time, the kinds in their order, none before its time. */
export class Agenda {
  #entries = new Map<ListedKind, Entry>()
  #order: readonly ListedKind[]

  constructor(order: readonly ListedKind[]) {
    this.#order = order
  }

  /**
   * Wants a kind to be listed, or one record of it.
   * @param at not before; what is wanted sooner already stays so
   */
  want(kind: ListedKind, at: number, key?: string, audit = false): void {
    const entry = this.#entries.get(kind)
    if (entry === undefined) {
      this.#entries.set(kind, { at, keys: key === undefined ? undefined : new Set([key]), audit })
      return
    }
    // an audit that waits for its time gives way to what is wanted for a reason
    if (entry.audit && !audit) {
      this.#entries.set(kind, {
        at: Math.min(at, entry.at),
        keys: key === undefined ? undefined : new Set([key]),
        audit,
      })
      return
    }
    if (!entry.audit && audit) return
    entry.at = Math.min(entry.at, at)
    if (entry.keys === undefined || key === undefined) entry.keys = undefined
    else if (entry.keys.add(key).size > MOST_KEYS) entry.keys = undefined
  }

  /** Forgets what is wanted of a kind. */
  forget(kind: ListedKind): void {
    this.#entries.delete(kind)
  }

  /** Takes the next list that is due and need not wait. */
  take(now: number, waits: (kind: ListedKind) => boolean): Due | undefined {
    for (const kind of this.#order) {
      const entry = this.#entries.get(kind)
      if (entry === undefined || entry.at > now || waits(kind)) continue
      this.#entries.delete(kind)
      return { kind, keys: entry.keys && [...entry.keys], audit: entry.audit }
    }
    return undefined
  }

  /** Returns when the next list is due that is not due yet. */
  next(now: number): number | undefined {
    let soonest: number | undefined
    for (const { at } of this.#entries.values()) if (at > now) soonest = Math.min(soonest ?? at, at)
    return soonest
  }
}
