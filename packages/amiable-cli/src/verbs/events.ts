import { Option } from 'commander'
import { eventNames } from '../catalog/fields.ts'
import { targetsFor } from '../context/targets.ts'
import { didYouMean, usage } from '../errors/usage.ts'
import { EVENT_FORMATS, type EventFormat, eventPrinter, titlesOf } from '../events/event-printer.ts'
import { Expectation } from '../events/expectation.ts'
import { followCall } from '../events/follow-call.ts'
import { summary } from '../events/loss.ts'
import { Rates } from '../events/rates.ts'
import { selectionOf } from '../events/selection.ts'
import { serverFiltersOf } from '../events/server-filter.ts'
import { testsOf, Watch } from '../events/watch.ts'
import { watchRecording } from '../events/watch-recording.ts'
import { watchServers } from '../events/watch-servers.ts'
import type { Io } from '../io.ts'
import { collect, duration, jsonOption, names as listed, type ServerOptions, serverOptions, whole } from '../options.ts'
import { layOut } from '../output/table.ts'
import { TIMES, type TimeChoice } from '../output/time.ts'
import { visible } from '../output/visible.ts'
import { DRAIN } from '../output/writer.ts'
import { type Comparable, expressionOf } from '../where/expression.ts'
import { type Input, verb } from './verb.ts'

interface Options extends ServerOptions {
  readonly where?: readonly string[]
  readonly not?: readonly string[]
  readonly class?: readonly string[]
  readonly call?: string
  readonly grep?: string
  readonly select?: readonly string[]
  readonly count?: number
  readonly for?: number
  readonly until?: string
  readonly full?: boolean
  readonly stats?: boolean
  readonly rate?: boolean
  readonly serverFilter?: boolean
  readonly time?: TimeChoice
  readonly read?: string
  readonly overflow?: 'drop-oldest' | 'fail'
  readonly output?: EventFormat
  readonly json?: boolean
}

/** `amiable events [NAME…]`: what happens, as it happens or out of a recording. */
export const events = verb<Options>({
  define: (command) => {
    command
      .argument('[names...]', "events, or globs such as 'Queue*'; without one, all")
      .addHelpText('before', EXAMPLES)
      .optionsGroup('Which:')
      .option('-w, --where <expression>', 'only those for which this holds: Queue=sales Wait>30', collect)
      .option('--not <name>', 'none of this name or glob', collect)
      .addOption(listed('--class <names>', 'those of privilege classes: call,agent'))
      .option('--call <id>', 'those of one call: a Uniqueid, a Linkedid or a channel')
      .option('-g, --grep <text>', 'those with this text in a value')
      .option(
        '--server-filter',
        'the server leaves out others by itself: of names, --not, -w = and !=, -g; needs write = system',
      )
      .option('-r, --read <file>', 'those of a recording, without a server')
      .optionsGroup('Until:')
      .addOption(whole('-n, --count <count>', 'ends after so many; exit 5 if --for is over before'))
      .addOption(duration('--for <time>', 'ends after this time'))
      .option('--until <expression>', 'ends at the first for which this holds')
      .optionsGroup('How:')
      .addOption(new Option('-o, --output <format>', 'the format (text)').choices(EVENT_FORMATS))
      .addOption(jsonOption('jsonl'))
      .addOption(listed('-s, --select <headers>', 'these headers, which may be globs: Channel,Cause*'))
      .option('--full', 'every header')
      .option('--stats', 'no events, but how many of each came, at the end')
      .option('--rate', 'no events, but how many and how large: a live table, or a line of JSON a second')
      .addOption(new Option('--time <how>', 'how times are printed (local)').choices(TIMES))
      .addOption(
        new Option('--overflow <what>', 'when nobody reads fast enough (drop-oldest); fail: exit 7').choices([
          'drop-oldest',
          'fail',
        ]),
      )
    serverOptions(command)
  },
  run,
})

const EXAMPLES = `amiable events DialBegin DialEnd Hangup
amiable events Hangup -w Uniqueid=1795635791.42 -n 1 --for 60s || echo 'not yet'
`

async function run(io: Io, { args: names, options, ...common }: Input<Options>): Promise<number> {
  const { read, count, rate, stats, not = [] } = options
  if (rate && stats) throw usage('--rate and --stats cannot be given together')
  const selection = selectionOf({ names, not, classes: options.class ?? [] })
  if (options.serverFilter && read !== undefined) throw usage('--server-filter needs a server, and --read has none')
  const expressions = (options.where ?? []).map(expressionOf)
  const { call, grep } = options
  // of a call, events that do not fit say which channels belong to it
  const further = call === undefined ? { expressions, grep } : { expressions: [], grep: undefined }
  const filters = options.serverFilter ? serverFiltersOf({ names, not, selection, ...further }) : []
  const targets = read === undefined ? targetsFor(options, io.env) : []
  const printing = {
    format: options.json ? 'jsonl' : (options.output ?? 'text'),
    // a recording knows when something was since its start
    time: options.time ?? (read === undefined ? 'local' : 'utc'),
    full: options.full === true,
    select: options.select ?? [],
    several: targets.length > 1,
    isTerminal: io.isTerminal.out,
    paint: common.paint,
  } as const
  const until = options.until === undefined ? undefined : expressionOf(options.until)
  const rates = rate || stats ? new Rates() : undefined
  const watch = new Watch(io, {
    selection,
    expectation: new Expectation({ count, until: until && ((event: Comparable) => until.holds(event)) }),
    format: printing.format,
    print: eventPrinter(printing),
    tests: testsOf(expressions, grep, call === undefined ? undefined : followCall(call)),
    // how often something comes now is counted by a clock that nobody sets
    count: rates && (({ Event, at, headers }) => rates.take({ Event, headers, at: read ? at : performance.now() })),
    failsWhenSlow: options.overflow === 'fail',
  })
  for (const name of selection.unknown) {
    await io.err.line(`the catalog knows no event ${visible(name)}${didYouMean(name, eventNames())}`)
  }
  const titles = rates ? undefined : titlesOf(printing)
  if (titles !== undefined) await io.out.line(titles)

  const began = performance.now()
  const watched = (own: Io) =>
    read === undefined
      ? watchServers(own, common, targets, watch, { most: options.for, timeout: options.timeout, filters })
      : watchRecording(own, read, watch)
  const { expectation } = watch.options
  let status: number
  if (rate && rates) {
    const { watchRates } = await import('../boards/watch-rates.ts')
    const isLive = read === undefined
    const shown = { rates, expectation, format: printing.format, isLive, lost: () => watch.lost, watch: watched }
    status = await watchRates(io, common, shown)
  } else status = await watched(io)
  const took = performance.now() - began
  watch.finish()
  if (stats && rates) await printCounts(io, rates, read === undefined ? took : rates.span)
  // on a terminal the last line stands below what it counts
  await io.out.drain(DRAIN.aboveCount)
  if (expectation.hasBegun && !io.out.closed) {
    await io.err.line(summary(expectation.seen, took, watch.lost, watch.cuts))
  }
  return status
}

/** Prints how many of each event came, the most frequent first. */
async function printCounts(io: Io, rates: Rates, took: number): Promise<void> {
  const rows = rates
    .list()
    .sort((one, other) => other.total - one.total)
    .map(({ name, total }) => [visible(name), String(total), took > 0 ? ((total * 1_000) / took).toFixed(1) : ''])
  const columns = [{ title: 'EVENT' }, { title: 'COUNT', right: true }, { title: '/s', right: true }]
  for (const line of layOut(columns, rows)) await io.out.line(line)
}
