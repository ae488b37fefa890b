// Where a log ends among the events of a ring. Pure: the answer follows from what is given.
import { type AnyMessage, isEvent } from './message.ts'
import type { Ring } from './ring.ts'

/**
 * Says how the messages of one run of a log and the entries of one part of a ring belong together: the entry of number
 * `index` has the sequence `index - offset`. The part begins at `start` and ends before `limit`.
 */
export interface Anchor {
  readonly log: string
  readonly run: string
  readonly offset: number
  readonly start: number
  /** The cut right before `start` that the run has a gap for; 0 where there is none. */
  readonly cut: number
  readonly limit: number
}

/** Where a log ends, by what was known before. */
export interface Known {
  /** The entry that comes after the log's end. */
  readonly next: number
  readonly anchor: Anchor
}

/** An event of a log, as far as its place matters. */
export interface Stored {
  readonly seq: number
  readonly hash: string
}

/**
 * Finds the log's end by an anchor of its run. Returns undefined where no anchor holds, or where the last event is not
 * the one that must be there.
 */
export function byAnchor(anchors: readonly Anchor[], end: AnyMessage, ring: Ring): Known | undefined {
  for (const anchor of anchors.toReversed()) {
    if (anchor.log !== end.log || anchor.run !== end.run) continue
    const next = end.seq + 1 + anchor.offset
    // beyond its part somebody has written what is missing here
    if (next < anchor.start || next > anchor.limit) continue
    const last = next - 1
    const isHere = isEvent(end) && last >= Math.max(anchor.start, ring.first) && last < ring.end
    if (!isHere || ring.get(last).hash === end.hash) return { next, anchor }
  }
  return undefined
}

/** How many events in a row must agree where any of them may have a double. */
const PROOF = 8

/** Where the log ends among the entries of a part. */
export interface Place {
  /** The entry that comes after the log's end. */
  readonly next: number
  /** Whether that is certain. Otherwise nothing from `next` on is stored, and something before it may be missing. */
  readonly proven: boolean
  /** Whether some events of both agree, be it in several places. */
  readonly shared: boolean
}

/**
 * Finds the end of a log in a part of a ring of which nothing is known: the only place where all events that both have
 * agree. Many events have exact doubles, so that one event proves nothing, unless it cannot have a double.
 *
 * @param tail the last events of the log's run, without a hole
 * @param start the first entry of the part, which goes to the ring's end
 * @param floor the log had this sequence before this part began, so that no message up to it is in it
 */
export function locate(tail: readonly Stored[], ring: Ring, start: number, floor: number): Place {
  const from = Math.max(start, ring.first)
  const last = tail.at(-1)
  const nothing = { next: from, proven: false, shared: false }
  if (last === undefined || from >= ring.end) return nothing

  let found: { next: number; isProof: boolean } | undefined
  let places = 0
  // `next - 1` is the entry of the log's last event, beyond the ring's end where the log is ahead
  const least = from + 1
  const most = ring.end + tail.length - 1
  for (let next = least; next <= most; next++) {
    const isProof = agreement(tail, ring, from, next, floor)
    if (isProof === undefined) continue
    places++
    found = { next, isProof }
  }
  if (found === undefined) return nothing
  const proven = places === 1 && found.isProof
  // of several places the last: nothing is written twice
  return { next: proven ? found.next : Math.min(found.next, ring.end), proven, shared: true }
}

/** Says whether what both have is a proof, or returns undefined where something differs or nothing is shared. */
function agreement(
  tail: readonly Stored[],
  ring: Ring,
  from: number,
  next: number,
  floor: number,
): boolean | undefined {
  let same = 0
  let isUnique = false
  for (let back = 0; back < tail.length; back++) {
    const index = next - 1 - back
    if (index >= ring.end) continue
    if (index < from) break
    const entry = ring.get(index)
    const stored = tail[tail.length - 1 - back]
    if (stored === undefined || stored.seq <= floor || entry.hash !== stored.hash) return undefined
    same++
    isUnique ||= entry.unique
  }
  return same === 0 ? undefined : isUnique || same >= PROOF
}
