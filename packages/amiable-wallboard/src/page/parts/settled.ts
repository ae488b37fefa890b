// Rows that move under a finger are pressed by mistake: they change places every two seconds at most, and never while
// somebody points at one or has the focus on one.
import type { RefObject } from 'preact'
import { useRef } from 'preact/hooks'
import { now } from '../clock.ts'
import { isInUse } from '../steady.ts'

/** The places that rows had. */
export class Places<R extends { readonly key: string }> {
  #placed: readonly R[] = []
  #movedAt = Number.NEGATIVE_INFINITY

  /**
   * Returns the rows in their places: what is new comes last until rows may move.
   * @param isAimed somebody is about to press something: what is gone leaves its place empty meanwhile
   */
  settle(sorted: readonly R[], at: number, isHeld: boolean, isAimed = false): readonly R[] {
    const isSame =
      sorted.length === this.#placed.length && sorted.every(({ key }, nth) => key === this.#placed[nth]?.key)
    const isFree = this.#placed.length === 0 || (!isHeld && at - this.#movedAt >= PACE)
    if (isFree && !isSame) this.#movedAt = at
    this.#placed = isSame || isFree ? sorted : this.#keep(sorted, isHeld && isAimed)
    return this.#placed
  }

  #keep(sorted: readonly R[], withGone: boolean): readonly R[] {
    const rows = new Map(sorted.map((row) => [row.key, row]))
    const placed: R[] = []
    for (const old of this.#placed) {
      const row = rows.get(old.key) ?? (withGone ? old : undefined)
      if (row !== undefined) placed.push(row)
      rows.delete(old.key)
    }
    return [...placed, ...rows.values()]
  }

  /** Lets rows move at once: somebody asked for another order. */
  free(): void {
    this.#placed = []
  }
}

const PACE = 2_000

/** Where rows are held in place. */
export type Held = RefObject<HTMLElement | null>

/** Keeps rows in their places; `order` names the order that somebody chose, and `isGone` tells whose place is empty. */
export function useSettled<R extends { readonly key: string }>(
  sorted: readonly R[],
  order = '',
): { rows: readonly R[]; held: Held; isGone: (row: R) => boolean } {
  const held = useRef<HTMLElement | null>(null)
  const places = useRef(new Places<R>())
  const last = useRef(order)
  if (last.current !== order) {
    last.current = order
    places.current.free()
  }
  const element = held.current
  // who pressed a button with the mouse and went away holds nothing
  const isHeld = element?.matches(':hover, :active, :has(:focus-visible, .ask)') ?? false
  const rows = places.current.settle(sorted, performance.now(), isHeld, isInUse())
  // a row that waits for its place looks again with the clock
  if (rows !== sorted) void now.value
  const there = rows.length === sorted.length ? undefined : new Set(sorted.map(({ key }) => key))
  return { rows, held, isGone: ({ key }) => there?.has(key) === false }
}
