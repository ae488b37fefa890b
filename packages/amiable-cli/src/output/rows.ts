// Rows in every format: a table for people, the rest for programs.
import type { Common, Io } from '../io.ts'
import { csvLine, tsvLine } from './delimited.ts'
import { jsonLine, jsonText } from './json.ts'
import { type Column, layOut } from './table.ts'
import { visible } from './visible.ts'
import { pad, widthOf } from './width.ts'

export const ROW_FORMATS = ['table', 'wide', 'block', 'json', 'jsonl', 'csv', 'tsv', 'name'] as const
export type RowFormat = (typeof ROW_FORMATS)[number]

/** A column, and what stands in it. */
export interface RowColumn<T> extends Column {
  readonly value: (row: T) => string
  /** Its title in `csv` and `tsv`, which programs read. @default the title */
  readonly field?: string
}

export interface RowsOptions<T> {
  readonly format: RowFormat
  readonly columns: readonly RowColumn<T>[]
  /** Chooses the columns of a table by its rows, where none are known before. */
  readonly choose?: (rows: readonly T[]) => readonly RowColumn<T>[]
  /** What JSON has of a row. */
  readonly document: (row: T) => unknown
  /** What `-o name` prints of a row. */
  readonly name: (row: T) => string
}

/** Prints rows as they come, but for a table and for `json`, which are printed at the end. */
export class RowPrinter<T> {
  readonly #io: Io
  readonly #common: Common
  readonly #options: RowsOptions<T>
  #kept: T[] = []
  #begun = false

  constructor(io: Io, common: Common, options: RowsOptions<T>) {
    this.#io = io
    this.#common = common
    this.#options = options
  }

  /** Prints a row. Resolves when there is room for the next one. */
  row(row: T): Promise<void> | undefined {
    const { format, columns, document, name } = this.#options
    const { out } = this.#io
    if (format === 'jsonl') return out.line(jsonLine(document(row)))
    if (format === 'name') return out.line(visible(name(row)))
    if (format === 'block') return out.line(this.#block(row))
    if (format === 'csv' || format === 'tsv') {
      const line = format === 'csv' ? csvLine : tsvLine
      this.#begin(line)
      return out.line(line(columns.map(({ value }) => value(row))))
    }
    this.#kept.push(row)
    return undefined
  }

  /** Prints what was kept for the end. */
  async end(): Promise<void> {
    const { format, columns, document, choose } = this.#options
    const { out } = this.#io
    if (format === 'json') await out.line(jsonText(this.#kept.map(document)))
    else if (format === 'csv') this.#begin(csvLine)
    else if (format === 'tsv') this.#begin(tsvLine)
    else if ((format === 'table' || format === 'wide') && this.#kept.length > 0) {
      const chosen = columns.length === 0 ? (choose?.(this.#kept) ?? []) : columns
      const cells = this.#kept.map((row) => chosen.map(({ value }) => visible(value(row))))
      const { paint } = this.#common
      const width = format === 'wide' ? undefined : this.#io.columns()
      for (const line of layOut(chosen, cells, { width, heading: (title) => paint('bold', title) }))
        await out.line(line)
    }
    this.#kept = []
  }

  /** Returns a row with a line for each of its values. */
  #block(row: T): string {
    const { paint } = this.#common
    const { columns, choose } = this.#options
    const chosen = columns.length === 0 ? (choose?.([row]) ?? []) : columns
    const width = chosen.reduce((most, { title }) => Math.max(most, widthOf(visible(title))), 0)
    const lines = chosen.map(({ title, value }) =>
      `${paint('dim', pad(visible(title), width))}  ${visible(value(row))}`.trimEnd(),
    )
    const before = this.#begun ? '\n' : ''
    this.#begun = true
    return `${before}${lines.join('\n')}`
  }

  /** Prints the titles for programs, once, also where there is no row. */
  #begin(line: (cells: readonly string[]) => string): void {
    if (this.#begun) return
    this.#begun = true
    void this.#io.out.line(line(this.#options.columns.map(({ field, title }) => field ?? title)))
  }
}
