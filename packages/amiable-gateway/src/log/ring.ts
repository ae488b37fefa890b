import type { Entry } from './entry.ts'
import type { GapCause } from './message.ts'
import { type KeptEntry, Packed } from './packed.ts'

/** Where a gateway's own session did not receive everything: between the entries `index - 1` and `index`. */
export interface Cut {
  /** No two cuts have the same, and one that grows gets another. */
  readonly id: number
  readonly index: number
  readonly cause: GapCause
  /** How many events are missing there, if that is known. */
  readonly lost: number | null
  /** The log's sequence when this gateway had not yet connected again: nothing up to it can be behind the cut. */
  readonly floor: number
}

/**
 * What a gateway received of one Asterisk and may still have to write, within a limit of bytes. Entries have numbers
 * that only grow. What is known to be stored goes first where room is needed. Where that is not enough the oldest
 * entries go, stored or not: whoever wants to write one of a number below `first` finds how many are missing.
 */
export class Ring {
  #entries = new Packed()
  #settled = 0
  #cuts: Cut[] = []
  #limit: number
  #cutCount = 0
  /** The sum over all entries. */
  bytes = 0
  /** The sum over those that are not stored. */
  waiting = 0
  /** How many entries have gone that nobody had seen stored. */
  overflowed = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The number of the oldest entry. */
  get first(): number {
    return this.#entries.first
  }

  /** The number that the next entry gets. */
  get end(): number {
    return this.#entries.end
  }

  /** Entries below this number are stored. */
  get settled(): number {
    return this.#settled
  }

  /** How full the ring is with entries that are not stored: 1 is its limit. */
  get fill(): number {
    return this.waiting / this.#limit
  }

  /** How many bytes it may have. */
  get limit(): number {
    return this.#limit
  }

  push(entry: Entry): void {
    this.#entries.push(entry)
    this.bytes += entry.bytes
    this.waiting += entry.bytes
    while (this.bytes > this.#limit && this.end > this.first) this.#drop()
  }

  /** Says that what comes next does not follow upon what is there. */
  cut(cause: GapCause, lost: number | null, floor: number): void {
    this.#cuts = merged(this.#cuts, { id: ++this.#cutCount, index: this.end, cause, lost, floor })
  }

  get(index: number): KeptEntry {
    return this.#entries.get(index)
  }

  /** Returns the headers of an entry as the bytes of JSON, which are right until the ring changes. */
  data(index: number): Uint8Array {
    return this.#entries.data(index)
  }

  /** Gives the cut right before an entry. */
  cutAt(index: number): Cut | undefined {
    return this.#cuts.find((cut) => cut.index === index)
  }

  /** Gives the first cut behind an entry of this number, or Infinity. */
  nextCut(index: number): number {
    return this.#cuts.find((cut) => cut.index > index)?.index ?? Number.POSITIVE_INFINITY
  }

  /** Gives the last cut, if there is one: what follows upon it came over one connection. */
  get lastCut(): Cut | undefined {
    return this.#cuts.at(-1)
  }

  /** Counts what is missing from an entry of this number on to the next that is there; null where nobody knows. */
  lostBefore(next: number, index: number, crossed: number): number | null {
    let lost: number | null = Math.max(0, index - next)
    for (const cut of this.#cuts) {
      if (cut.index < next || cut.index > index || cut.id === crossed) continue
      lost = lost === null || cut.lost === null ? null : lost + cut.lost
    }
    return lost
  }

  /** Takes note that entries below this number are stored, or no more stored where it is smaller than before. */
  settle(index: number): void {
    const settled = Math.min(Math.max(index, 0), this.end)
    const bytesOf = (from: number, to: number) => {
      let bytes = 0
      for (let at = Math.max(from, this.first); at < to; at++) bytes += this.#entries.bytes(at)
      return bytes
    }
    this.waiting += bytesOf(settled, this.#settled) - bytesOf(this.#settled, settled)
    this.#settled = settled
  }

  /** The first entry that is there and is not known to be stored. */
  get unsettled(): number {
    return Math.max(this.#settled, this.first)
  }

  /** Lets go what is stored and was received before this time. */
  trim(before: number): void {
    while (this.first < this.#settled && this.#entries.heard(this.first) < before) this.#drop()
  }

  #drop(): void {
    const index = this.first
    const bytes = this.#entries.bytes(index)
    this.#entries.shift()
    this.bytes -= bytes
    const passed = this.#cuts[0]
    if (index >= this.#settled) {
      this.overflowed++
      this.waiting -= bytes
      // what lay behind the cut is gone as well, and so the cut lies further on
      if (passed !== undefined && passed.index <= index) {
        this.#cuts = merged(this.#cuts.slice(1), { ...passed, id: ++this.#cutCount, index: this.first })
      }
    } else if (passed !== undefined && passed.index <= index) {
      this.#cuts = this.#cuts.slice(1)
    }
  }
}

/** Adds a cut in the order of the numbers; two at one place are one. */
function merged(cuts: readonly Cut[], cut: Cut): Cut[] {
  const same = cuts.find(({ index }) => index === cut.index)
  if (same === undefined) return [...cuts, cut].sort((one, other) => one.index - other.index)
  const lost = same.lost === null || cut.lost === null ? null : same.lost + cut.lost
  const one = { ...same, id: cut.id, lost, floor: Math.max(same.floor, cut.floor) }
  return cuts.map((each) => (each === same ? one : each))
}
