// Where things stand in the diagram of a call: pure sums over its legs and marks.
import type { LegRow, MarkRow } from '../../protocol/call-rows.ts'

/** A part of a lane: from and to are per cents of the time shown. */
export interface Span {
  readonly look: 'rings' | 'talks' | 'held'
  readonly from: number
  readonly to: number
}

export interface Lane {
  readonly leg: LegRow
  readonly spans: readonly Span[]
}

/** The time that a diagram shows. */
export interface Frame {
  readonly begin: number
  readonly end: number
}

/** Returns the time from the first leg to the last one, or to now while one lives. */
export function frameOf(legs: readonly LegRow[], now: number): Frame {
  const begin = Math.min(...legs.map(({ createdAt }) => createdAt), now)
  const isOver = legs.length > 0 && legs.every(({ endedAt }) => endedAt !== null)
  const end = isOver ? Math.max(...legs.map(({ endedAt }) => endedAt ?? 0)) : now
  // a call of a moment is not spread over the screen
  return { begin, end: Math.max(end, begin + 5_000) }
}

/** Returns where a moment stands, in per cents. */
export function placeOf({ begin, end }: Frame, at: number): number {
  return Math.min(100, Math.max(0, ((at - begin) / (end - begin)) * 100))
}

/** Returns the parts of a leg's life: it rings, talks, and is on hold between the marks that say so. */
export function laneOf(leg: LegRow, marks: readonly MarkRow[], frame: Frame, now: number): Lane {
  const place = (at: number) => placeOf(frame, at)
  const end = leg.endedAt ?? now
  const spans: Span[] = [{ look: 'rings', from: place(leg.createdAt), to: place(Math.min(leg.answeredAt ?? end, end)) }]
  if (leg.answeredAt !== null) {
    spans.push({ look: 'talks', from: place(leg.answeredAt), to: place(end) })
    let heldAt: number | undefined
    for (const { type, at, legs } of marks) {
      if (!legs.includes(leg.key)) continue
      if (type === 'held') heldAt ??= at
      else if (type === 'resumed' && heldAt !== undefined) {
        spans.push({ look: 'held', from: place(heldAt), to: place(at) })
        heldAt = undefined
      }
    }
    if (heldAt !== undefined) spans.push({ look: 'held', from: place(heldAt), to: place(end) })
  }
  return { leg, spans: spans.filter(({ from, to }) => to > from) }
}

/** Returns the legs that are people's, the oldest first, and how many pairs of Local halves lie between them. */
export function folded(legs: readonly LegRow[], isOpen: boolean): { shown: readonly LegRow[]; hops: number } {
  const sorted = legs.toSorted((one, other) => one.createdAt - other.createdAt || (one.key < other.key ? -1 : 1))
  const halves = sorted.filter(({ local }) => local).length
  // a call of Local halves alone has nobody else to show
  const isFolded = !isOpen && halves > 0 && halves < sorted.length
  return { shown: isFolded ? sorted.filter(({ local }) => !local) : sorted, hops: Math.ceil(halves / 2) }
}
