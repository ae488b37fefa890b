// In which order a table's rows stand.
import type { ComponentChildren } from 'preact'

/** A column: how a row is shown in it, and by what it is sorted. */
export interface Column<R> {
  readonly name: string
  readonly title: string
  readonly show: (row: R) => ComponentChildren
  readonly by?: (row: R) => string | number | null
  readonly number?: boolean
}

export interface Order {
  readonly by: string
  readonly down: boolean
}

/** Returns the rows in an order; what has no value comes last, and rows of the same value keep their places. */
export function sortBy<R>(rows: readonly R[], columns: readonly Column<R>[], order: Order | undefined): readonly R[] {
  const by = columns.find(({ name }) => name === order?.by)?.by
  if (by === undefined || order === undefined) return rows
  const sign = order.down ? -1 : 1
  return rows.toSorted((one, other) => {
    const [left, right] = [by(one), by(other)]
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    if (typeof left === 'number' && typeof right === 'number') return (left - right) * sign
    return String(left).localeCompare(String(right), undefined, { numeric: true }) * sign
  })
}
