import { ActionError, type AmiEvent, type Client, type Params } from 'amiable'
import { InvalidArgumentError, Option } from 'commander'
import { ListBoard } from '../boards/list-board.ts'
import { watchList } from '../boards/watch-list.ts'
import { checkParams, paramsOf } from '../catalog/parameters.ts'
import { type Target, targetsFor } from '../context/targets.ts'
import { EXIT } from '../errors/exit-codes.ts'
import type { Explained } from '../errors/explain.ts'
import { usage } from '../errors/usage.ts'
import type { Common, Io } from '../io.ts'
import { type FoundList, findList, headerColumn, isOfRow, saysNone } from '../lists/find-list.ts'
import { readable } from '../lists/readable.ts'
import { seenColumns } from '../lists/seen-columns.ts'
import { type ListColumn, SHORT_LISTS } from '../lists/short-lists.ts'
import {
  collect,
  duration,
  names as listed,
  outputOptions,
  type ServerOptions,
  serverOptions,
  whole,
} from '../options.ts'
import { documentOf, jsonLine } from '../output/json.ts'
import { report } from '../output/report.ts'
import { ROW_FORMATS, type RowColumn, type RowFormat, RowPrinter } from '../output/rows.ts'
import { layOut } from '../output/table.ts'
import { visible } from '../output/visible.ts'
import { showScreen } from '../screen/terminal.ts'
import { eachServer } from '../server/each-server.ts'
import { withClient } from '../server/session.ts'
import { expressionOf } from '../where/expression.ts'
import { compareBy } from '../where/order.ts'
import { type Input, verb } from './verb.ts'

interface Options extends ServerOptions {
  readonly where?: readonly string[]
  readonly select?: readonly string[]
  readonly sort?: string
  readonly limit?: number
  readonly failEmpty?: boolean
  readonly watch?: boolean
  readonly interval?: number
  readonly check?: boolean
  readonly output?: RowFormat
  readonly json?: boolean
}

/** `amiable list WHAT`: the rows of any list. */
export const list = verb<Options>({
  define: (command) => {
    command
      .argument('[what]', 'a short name or a list action; without it the short names are shown')
      .argument('[parameters...]', 'Name=value')
      .addHelpText('before', EXAMPLES)
      .optionsGroup('Rows:')
      .option('-w, --where <expression>', 'only rows for which this holds: Queue=sales Wait>30 Name~regex', collect)
      .addOption(listed('-s, --select <headers>', 'these headers as columns, with commas between them'))
      .addOption(new Option('--sort <header>', 'by this header; -Header for the greatest first').argParser(sorted))
      .addOption(whole('--limit <count>', 'at most so many rows'))
      .option('--fail-empty', 'exit 1 if there are no rows')
      .option('--no-check', 'sends parameters that the catalog does not know')
      .option('--watch', 'looks again every 2 seconds: a screen with * on what changed, or -o jsonl')
      .addOption(duration('-W, --interval <time>', 'the same, with this time between two looks'))
    outputOptions(command, ROW_FORMATS, 'table')
    serverOptions(command)
  },
  run,
})

function sorted(given: string): string {
  if (given === '-') throw new InvalidArgumentError('It must be a header, or -Header.')
  return given
}

const EXAMPLES = `amiable list channels
amiable -A list contacts -w Status!=Reachable -o csv -s source,Uri,Status
`

async function run(io: Io, { args: [what, ...words], options, ...common }: Input<Options>): Promise<number> {
  if (what === undefined) return await showNames(io)
  const found = findList(what)
  const params = { ...found.parameters, ...paramsOf(words) }
  if (options.check !== false) checkParams(found.action, params)
  const expressions = (options.where ?? []).map(expressionOf)
  const targets = targetsFor(options, io.env)
  const format = options.json ? 'json' : (options.output ?? 'table')
  const sort = options.sort ?? (format === 'table' ? found.sort : undefined)
  const isWanted = (row: AmiEvent) =>
    (found.event === undefined || row.Event === found.event) && expressions.every((one) => one.holds(row))
  if (options.watch || options.interval !== undefined) {
    const rows = (client: Client) => rowsOf(client, found.action, params, isWanted, io.signal)
    return await watched(io, common, targets, { what, found, options, sort, rows })
  }
  const printer = new RowPrinter<AmiEvent>(io, common, {
    format,
    columns: columnsOf(found, options, format, source(targets)),
    ...(format === 'table' && { choose: (rows: readonly AmiEvent[]) => [...source(targets), ...seenColumns(rows)] }),
    document: documentOf,
    name: (row) => row.get(found.name) ?? '',
  })
  const kept: AmiEvent[] = []
  let count = 0
  const isFull = () => options.limit !== undefined && count >= options.limit

  const surplus = new Set<string>()
  const isColumn = new Set(found.headers.map((name) => name.toLowerCase()))
  const counts = options.select === undefined && (format === 'csv' || format === 'tsv' || format === 'wide')

  const read = async (client: Client) => {
    for await (const row of client.listRaw(found.action, params, { signal: io.signal })) {
      if (!isWanted(row)) continue
      if (counts) for (const [name] of row.headers) if (!isColumn.has(name.toLowerCase())) surplus.add(name)
      if (sort !== undefined) kept.push(row)
      else if (!isFull()) {
        count++
        await printer.row(row)
      }
      if (sort === undefined && isFull()) break
    }
  }
  const session = { events: 'off' as const, timeout: options.timeout }
  const about = { json: format === 'json' || format === 'jsonl', reads: true }
  const status = await eachServer(io, targets, about, async (target) => {
    await withClient(io, common, target, session, read).catch(unlessNone)
    return EXIT.done
  })
  if (sort !== undefined) {
    for (const row of kept.sort(compareBy(sort))) {
      if (isFull()) break
      count++
      await printer.row(row)
    }
  }
  await printer.end()
  const left = [...surplus].filter(isOfRow)
  if (left.length > 0) await io.err.line(`without a column: ${left.map(visible).join(', ')}; --select names columns`)
  if (count === 0 && status === EXIT.done) await io.err.line(`no ${what}`)
  return status === EXIT.done && count === 0 && options.failEmpty ? EXIT.refused : status
}

/** @throws {unknown} what is no refusal that means an empty list */
function unlessNone(error: unknown): void {
  const none = error instanceof ActionError && saysNone((error.response as { message?: string }).message ?? '')
  if (!none) throw error
}

/** Reads a list to its end. */
async function rowsOf(
  client: Client,
  action: string,
  params: Params,
  isWanted: (row: AmiEvent) => boolean,
  signal: AbortSignal,
): Promise<readonly AmiEvent[]> {
  const rows: AmiEvent[] = []
  const read = async () => {
    for await (const row of client.listRaw(action, params, { signal })) if (isWanted(row)) rows.push(row)
  }
  await read().catch(unlessNone)
  return rows
}

const BETWEEN = 2_000
const FRAME = 1_000

interface Watched {
  readonly what: string
  readonly found: FoundList
  readonly options: Options
  readonly sort: string | undefined
  readonly rows: (client: Client) => Promise<readonly AmiEvent[]>
}

/** Looks again and again: on a screen, or as a line of JSON for each look. */
async function watched(
  io: Io,
  common: Common,
  targets: readonly Target[],
  { what, found, options, sort, rows }: Watched,
): Promise<number> {
  const { interval: every = BETWEEN, timeout, limit, output } = options
  const ways = { every, timeout, read: rows }
  if (output === 'jsonl') {
    return await watchList(io, common, targets, {
      ...ways,
      take: async (source, read) => {
        const sorted = sort === undefined ? read : read.toSorted(compareBy(sort))
        const shown = sorted.slice(0, limit).map(documentOf)
        await io.out.line(jsonLine({ source, time: new Date().toISOString(), rows: shown }))
      },
      spoil: (source, error) => void report(io, { ...error, source }, true),
      fail: (error) => void report(io, error, true),
    })
  }
  if (options.json || (output !== undefined && output !== 'table') || !io.isTerminal.out || !io.isTerminal.in) {
    throw usage('--watch is a screen and needs a terminal', 'With -o jsonl each look is a line of JSON.')
  }
  const board = new ListBoard({
    what,
    sources: targets.map(({ name }) => name),
    columns: (read) => {
      const known = columnsOf(found, options, 'table', source(targets))
      return known.length > 0 ? known : [...source(targets), ...seenColumns(read)]
    },
    name: (row) => row.get(found.name) ?? '',
    sort,
    limit,
  })
  // the screen and the looks end together, whichever ends first
  const ending = new AbortController()
  const own = { ...io, signal: AbortSignal.any([io.signal, ending.signal]) }
  const failures: Explained[] = []
  let begin = () => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const looks = watchList(own, common, targets, {
    ...ways,
    take: (name, read) => board.take(name, read),
    spoil: (name, error) => board.spoil(name, error),
    fail: (error) => failures.push(error),
    begun: begin,
  }).finally(() => ending.abort())
  await begun
  if (board.hasRows) await showScreen(own, common.paint, board, Math.min(every, FRAME))
  ending.abort()
  const status = await looks
  for (const failure of failures) report(io, failure, false)
  return status
}

const SOURCE: RowColumn<AmiEvent> = { title: 'SOURCE', field: 'source', value: (row) => row.source }

/** Returns the column that says where a row is from, where there are several servers. */
function source({ length }: { length: number }): RowColumn<AmiEvent>[] {
  return length > 1 ? [SOURCE] : []
}

/** Returns the columns that were asked for; else those of the table, or every header where a program reads. */
function columnsOf(
  found: FoundList,
  { select }: Options,
  format: RowFormat,
  first: readonly RowColumn<AmiEvent>[],
): RowColumn<AmiEvent>[] {
  if (select !== undefined) {
    return select.map((name) => (name.toLowerCase() === 'source' ? SOURCE : headerColumn(name)))
  }
  if (format === 'table') return found.columns.length === 0 ? [] : [...first, ...found.columns.map(forPeople)]
  return [...first, ...found.headers.filter(isOfRow).map(headerColumn)]
}

/** Returns a column that shows what was meant, without Asterisk's escapes. */
function forPeople({ value, ...column }: ListColumn): RowColumn<AmiEvent> {
  return { ...column, value: (row) => value(readable(row)) }
}

async function showNames(io: Io): Promise<number> {
  const rows = Object.entries(SHORT_LISTS).map(([name, { action, event }]) => [
    name,
    event ? `${action} (${event})` : action,
  ])
  for (const line of layOut([{ title: 'LIST' }, { title: 'ACTION' }], rows)) await io.out.line(line)
  return EXIT.done
}
