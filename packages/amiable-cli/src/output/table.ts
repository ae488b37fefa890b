import { visible } from './visible.ts'
import { cut, pad, widthOf } from './width.ts'

/** One column of a table. */
export interface Column {
  readonly title: string
  /** Whether its cells are numbers, which stand at the right. */
  readonly right?: boolean
}

export interface TableOptions {
  /** Columns that the terminal has; without it nothing is cut. */
  readonly width?: number | undefined
  /** The mark at the end of a cell that was cut. */
  readonly mark?: string
  /** Styles the titles. */
  readonly heading?: (line: string) => string
}

const GAP = '  '
// a column is not made narrower than this, and the table is wider than the terminal then
const LEAST = 6

/** Lays out cells as lines under their titles, which a server may have named too. */
export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width, mark = '…', heading = (line) => line }: TableOptions = {},
): string[] {
  const titles = columns.map(({ title }) => visible(title))
  const shown = rows.map((row) => row.map(visible))
  const wanted = titles.map((title, at) =>
    shown.reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), widthOf(title)),
  )
  const widths = width === undefined ? wanted : fit(wanted, width)
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, at) => pad(cut(cell, widths[at] ?? 0, mark), widths[at] ?? 0, columns[at]?.right))
      .join(GAP)
      .trimEnd()
  return [heading(lineOf(titles)), ...shown.map(lineOf)]
}

/** Takes from the widest columns until all fit. */
function fit(wanted: readonly number[], width: number): number[] {
  const widths = [...wanted]
  let over = widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1) - width
  while (over > 0) {
    const widest = Math.max(...widths)
    if (widest <= LEAST) break
    const next = Math.max(LEAST, ...widths.filter((one) => one < widest))
    const widestOnes = widths.flatMap((one, at) => (one === widest ? [at] : []))
    const each = Math.max(1, Math.min(widest - next, Math.ceil(over / widestOnes.length)))
    for (const at of widestOnes) {
      const take = Math.min(each, over)
      widths[at] = widest - take
      over -= take
      if (over <= 0) break
    }
  }
  return widths
}
