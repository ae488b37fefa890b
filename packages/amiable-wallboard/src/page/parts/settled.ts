// Rows that move under a finger are pressed by mistake: they change places every two seconds at most, and never while
// somebody points at one or has the focus on one.
import type { RefObject } from 'preact'
import { useRef } from 'preact/hooks'
import { now } from '../clock.ts'

/** The places that rows had. */
export class Places {
  #order: readonly string[] = []
  #movedAt = Number.NEGATIVE_INFINITY

  /** Returns the rows in their places: what is new comes last until rows may move. */
  settle<R extends { readonly key: string }>(sorted: readonly R[], at: number, isHeld: boolean): readonly R[] {
    const isSame = sorted.length === this.#order.length && sorted.every(({ key }, index) => key === this.#order[index])
    if (isSame) return sorted
    if (this.#order.length === 0 || (!isHeld && at - this.#movedAt >= PACE)) {
      this.#order = sorted.map(({ key }) => key)
      this.#movedAt = at
      return sorted
    }
    const rows = new Map(sorted.map((row) => [row.key, row]))
    const placed: R[] = []
    for (const key of this.#order) {
      const row = rows.get(key)
      if (row === undefined) continue
      placed.push(row)
      rows.delete(key)
    }
    placed.push(...rows.values())
    this.#order = placed.map(({ key }) => key)
    return placed
  }

  /** Lets rows move at once: somebody asked for another order. */
  free(): void {
    this.#order = []
  }
}

const PACE = 2_000

/** Where rows are held in place. */
export type Held = RefObject<HTMLElement | null>

/** Keeps rows in their places; `order` names the order that somebody chose. */
export function useSettled<R extends { readonly key: string }>(
  sorted: readonly R[],
  order = '',
): { rows: readonly R[]; held: Held } {
  const held = useRef<HTMLElement | null>(null)
  const places = useRef(new Places())
  const last = useRef(order)
  if (last.current !== order) {
    last.current = order
    places.current.free()
  }
  const element = held.current
  const isHeld = element?.matches(':hover, :focus-within') ?? false
  const rows = places.current.settle(sorted, performance.now(), isHeld)
  const isWaiting = rows !== sorted
  // a row that waits for its place looks again with the clock
  if (isWaiting) void now.value
  return { rows, held }
}
