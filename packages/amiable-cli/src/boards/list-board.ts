// The rows of a list as they are by now, with marks on what has changed.
import type { AmiEvent } from 'amiable'
import type { Explained } from '../errors/explain.ts'
import type { RowColumn } from '../output/rows.ts'
import { layOut } from '../output/table.ts'
import { clockOf } from '../output/time.ts'
import { visible } from '../output/visible.ts'
import type { ScreenLine } from '../screen/painter.ts'
import type { ScreenView } from '../screen/terminal.ts'
import { compareBy } from '../where/order.ts'

export interface ListBoardOptions {
  /** What is listed. */
  readonly what: string
  readonly sources: readonly string[]
  readonly columns: (rows: readonly AmiEvent[]) => readonly RowColumn<AmiEvent>[]
  /** What names a row, from one look to the next. */
  readonly name: (row: AmiEvent) => string
  readonly sort: string | undefined
  readonly limit: number | undefined
}

/** One server's part of the board. */
interface Part {
  rows: readonly AmiEvent[]
  /** The cells of the look before, by the name of their row. */
  before: ReadonlyMap<string, readonly string[]> | undefined
  /** What is wrong with it; `undefined` where it is as the server has it. */
  problem: string | undefined
  at: number
}

// a look that began when the connection was gone says that the server cannot be reached
const GONE: ReadonlySet<string> = new Set(['AMI_LOST', 'AMI_CONNECT'])
// a clock that goes on is no change
const CLOCK = /^(?:\d+:)?\d+:\d\d$/

/** The screen of `list --watch`. */
export class ListBoard implements ScreenView {
  readonly #options: ListBoardOptions
  readonly #parts = new Map<string, Part>()
  readonly #clock = clockOf('local')
  #from = 0
  #page = 10

  constructor(options: ListBoardOptions) {
    this.#options = options
  }

  /** Whether any server has listed anything yet. */
  get hasRows(): boolean {
    return this.#parts.size > 0
  }

  /** Takes what a server has listed. */
  take(source: string, rows: readonly AmiEvent[]): void {
    const before = this.#parts.get(source)
    const names = new Names(this.#options.name)
    const columns = this.#options.columns(before?.rows ?? [])
    const cells = before && new Map(before.rows.map((row) => [names.of(row), cellsOf(columns, row)]))
    this.#parts.set(source, { rows, before: cells, problem: undefined, at: Date.now() })
  }

  /** Marks what a server has listed as old. */
  spoil(source: string, { code, message }: Pick<Explained, 'code' | 'message'>): void {
    const part = this.#parts.get(source)
    if (part === undefined) return
    const named = `${source}: `
    const problem = message.startsWith(named) ? message.slice(named.length) : message
    part.problem = GONE.has(code) ? 'CONNECTION LOST' : problem
  }

  lines(width: number, height: number): readonly ScreenLine[] {
    const parts = [...this.#parts]
    const columns = this.#options.columns(parts.flatMap(([, { rows }]) => rows))
    const all = this.#rows(columns)
    this.#page = Math.max(1, height - 2)
    this.#from = Math.max(0, Math.min(this.#from, all.length - this.#page))
    const shown = all.slice(this.#from, this.#from + this.#page)
    const [titles = '', ...lines] = layOut(
      columns,
      shown.map(({ cells }) => cells),
      { width },
    )
    const isOld = parts.some(([, { problem }]) => problem !== undefined)
    return [
      { text: this.#head(parts, all.length), style: isOld ? 'red' : 'bold' },
      ...(columns.length === 0 ? [] : [{ text: titles, style: 'bold' as const }]),
      ...lines.map((text, at) => ({ text, style: shown[at]?.style })),
    ]
  }

  key(name: string): boolean {
    if (name === 'down') this.#from++
    else if (name === 'up') this.#from--
    else if (name === 'pagedown' || name === 'space') this.#from += this.#page
    else if (name === 'pageup') this.#from -= this.#page
    else if (name === 'home') this.#from = 0
    return name === 'q' || name === 'escape'
  }

  #head(parts: readonly (readonly [string, Part])[], count: number): string {
    const { what, sources } = this.#options
    const old = parts.flatMap(([source, { problem, at }]) =>
      problem === undefined ? [] : [`${source}: ${problem}: this is how it was at ${this.#time(at)}`],
    )
    const awaited = sources.length - parts.length
    const news = parts.reduce((latest, [, { at }]) => Math.max(latest, at), 0)
    const state = old.length > 0 ? old.join('  ') : news === 0 ? '' : this.#time(news)
    const waits = awaited > 0 ? `waiting for ${awaited} of ${sources.length}` : ''
    return [sources.join(','), `${what} ${count}`, state, waits, 'q leaves']
      .filter((part) => part !== '')
      .map(visible)
      .join('  ')
  }

  #time(at: number): string {
    return this.#clock(at).slice(-12, -4)
  }

  #rows(columns: readonly RowColumn<AmiEvent>[]): { cells: readonly string[]; style: ScreenLine['style'] }[] {
    const { sort, limit } = this.#options
    const names = new Names(this.#options.name)
    const rows = [...this.#parts].flatMap(([, part]) => part.rows.map((row) => ({ row, part, name: names.of(row) })))
    const order = sort === undefined ? undefined : compareBy(sort)
    const ordered = order === undefined ? rows : rows.sort((one, other) => order(one.row, other.row))
    return ordered.slice(0, limit).map(({ row, part, name }) => {
      const cells = cellsOf(columns, row)
      const before = part.before?.get(name)
      const marked = part.before === undefined ? cells : cells.map((cell, at) => mark(cell, before?.[at], at))
      const isChanged = marked.some((cell, at) => cell !== cells[at])
      if (part.problem !== undefined) return { cells, style: 'dim' }
      return { cells: marked, style: isChanged ? 'cyan' : undefined }
    })
  }
}

/** Marks what has changed, as in `Up*`. A row that is new has the mark in its first cell. */
function mark(cell: string, before: string | undefined, at: number): string {
  if (before === undefined) return at === 0 ? `${cell}*` : cell
  return before === cell || (CLOCK.test(before) && CLOCK.test(cell)) ? cell : `${cell}*`
}

function cellsOf(columns: readonly RowColumn<AmiEvent>[], row: AmiEvent): string[] {
  return columns.map(({ value }) => visible(value(row)))
}

/** Names rows so that two of one name are two. */
class Names {
  readonly #name: (row: AmiEvent) => string
  readonly #seen = new Map<string, number>()

  constructor(name: (row: AmiEvent) => string) {
    this.#name = name
  }

  of(row: AmiEvent): string {
    const name = `${row.source} ${this.#name(row)}`
    const count = (this.#seen.get(name) ?? 0) + 1
    this.#seen.set(name, count)
    return `${name} ${count}`
  }
}
