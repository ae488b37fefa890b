import { type Anchor, byAnchor, type Known, locate, type Place, type Stored } from './align.ts'
import { type AnyMessage, type GapCause, isEvent } from './message.ts'
import type { Cut, Ring } from './ring.ts'
import type { Last } from './store.ts'
import type { Start } from './writer.ts'

const MOST_ANCHORS = 64

/** What is known of how one log and one ring belong together. */
export class Position {
  readonly ring: Ring
  #anchors: readonly Anchor[] = []
  /** The log's end when the present session was not yet connecting. */
  #floor = { log: '', seq: 0 }

  constructor(ring: Ring) {
    this.ring = ring
  }

  /** Takes note of the log before a session begins: what the log has by now cannot come over that session. */
  beforeSession(last: Last | undefined): void {
    this.#floor = { log: last?.log ?? '', seq: last?.seq ?? 0 }
  }

  /** Says that what comes next does not follow upon what is there. */
  cut(cause: GapCause, lost: number | null): void {
    this.ring.cut(cause, lost, this.#floor.seq)
    const limit = this.ring.end
    this.#anchors = this.#anchors.map((anchor) => (anchor.limit > limit ? { ...anchor, limit } : anchor))
  }

  /** Keeps how a run and the ring belong together. */
  anchored(anchor: Omit<Anchor, 'limit'>): void {
    const limit = this.ring.nextCut(anchor.start)
    this.#anchors = [...this.#anchors.slice(-MOST_ANCHORS), { ...anchor, limit }]
  }

  /** Gives the place of the log's end, if it is known. */
  known(last: Last | undefined): Known | undefined {
    return last?.message && byAnchor(this.#anchors, last.message, this.ring)
  }

  /** Whether the ring has all events from the log's end on. */
  isUnbroken(last: Last | undefined): boolean {
    const known = this.known(last)
    return known !== undefined && known.anchor.limit === Number.POSITIVE_INFINITY && known.next >= this.ring.first
  }

  /** Whether the newest part of the ring has events that the log may have as well. */
  isShared(last: Last | undefined): boolean {
    const { start, floor } = this.#part(last)
    return this.ring.end > start && (last?.seq ?? 0) > floor
  }

  /** Searches the log's end in the newest part of the ring, and keeps what is proven. */
  search(message: AnyMessage, tail: readonly AnyMessage[]): Place {
    const place = this.#locate(message, tail)
    if (place.proven || isEvent(message)) return place
    // behind a gap: what the run before had is not to be written again
    const last = tail.findLast(isEvent)
    if (last === undefined) return place
    const known = byAnchor(this.#anchors, last, this.ring)
    const next = known?.next ?? this.#locate(last, tail.slice(0, tail.indexOf(last) + 1)).next
    return { ...place, next: Math.min(next, this.ring.end) }
  }

  #locate(message: AnyMessage, tail: readonly AnyMessage[]): Place {
    const { start, floor, cut } = this.#part({ log: message.log, seq: message.seq, message })
    const place = locate(eventsOf(tail, message), this.ring, start, floor)
    const { log, run, seq } = message
    if (place.proven) this.anchored({ log, run, offset: place.next - 1 - seq, start, cut: cut?.id ?? 0 })
    return place
  }

  /**
   * Says where a writer begins.
   * @param place what the search found, where no place is known
   */
  startAt(last: Last, place: Place | undefined): Omit<Start, 'reason' | 'term'> {
    const { log, seq, message } = last
    const { ring } = this
    const { start, cut } = this.#part(last)
    if (!message) {
      // nobody has written yet, or all is forgotten
      const next = seq === 0 ? ring.first : Math.max(start, ring.settled, ring.first)
      const anchor = { start: next, cut: ring.cutAt(next)?.id ?? 0 }
      return { log, seq, at: null, run: '', next, anchor, gap: { cause: 'no-gateway', lost: null } }
    }
    const { at, run } = message
    const here = { log, seq, at, run }
    const known = this.known(last)
    if (known) return { ...here, next: known.next, anchor: known.anchor }
    const anchor = { start, cut: cut?.id ?? 0 }
    if (place?.proven) return { ...here, next: place.next, anchor }
    const next = Math.max(place?.next ?? 0, start, ring.settled, ring.first)
    const cause = place?.shared ? 'alignment' : (cut?.cause ?? 'no-gateway')
    return { ...here, next, anchor, gap: { cause, lost: null } }
  }

  /** The newest part of the ring: all of it came over one session. */
  #part(last: Last | undefined): { readonly start: number; readonly floor: number; readonly cut: Cut | undefined } {
    const cut = this.ring.lastCut
    const floor = last?.log === this.#floor.log ? (cut?.floor ?? this.#floor.seq) : 0
    return { start: cut?.index ?? 0, floor, cut }
  }
}

/** Takes the last events of the log's present run, without a hole. */
function eventsOf(tail: readonly AnyMessage[], last: AnyMessage): Stored[] {
  const found: Stored[] = []
  let { seq } = last
  for (const message of tail.toReversed()) {
    if (!isEvent(message) || message.run !== last.run || message.log !== last.log || message.seq !== seq) break
    found.unshift({ seq, hash: message.hash })
    seq--
  }
  return found
}
