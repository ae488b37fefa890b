import { events as catalog } from 'amiable/catalog'
import { Option } from 'commander'
import { targetsFor } from '../context/targets.ts'
import { didYouMean } from '../errors/usage.ts'
import { EVENT_FORMATS, type EventFormat, eventPrinter, titlesOf } from '../events/event-printer.ts'
import { Expectation } from '../events/expectation.ts'
import { followCall } from '../events/follow-call.ts'
import { summary } from '../events/loss.ts'
import { selectionOf } from '../events/selection.ts'
import { testsOf, Watch } from '../events/watch.ts'
import { watchRecording } from '../events/watch-recording.ts'
import { watchServers } from '../events/watch-servers.ts'
import type { Io } from '../io.ts'
import { collect, duration, type ServerOptions, serverOptions, whole } from '../options.ts'
import { layOut } from '../output/table.ts'
import { TIMES, type TimeChoice } from '../output/time.ts'
import { visible } from '../output/visible.ts'
import { type Comparable, expressionOf } from '../where/expression.ts'
import { type Input, verb } from './verb.ts'

interface Options extends ServerOptions {
  readonly where?: readonly string[]
  readonly not?: readonly string[]
  readonly class?: string
  readonly call?: string
  readonly grep?: string
  readonly select?: string
  readonly count?: number
  readonly for?: number
  readonly until?: string
  readonly full?: boolean
  readonly stats?: boolean
  readonly time?: TimeChoice
  readonly read?: string
  readonly overflow?: 'drop' | 'fail'
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
      .option('--class <names>', 'those of privilege classes: call,agent')
      .option('--call <id>', 'those of one call: a Uniqueid, a Linkedid or a channel')
      .option('-g, --grep <text>', 'those with this text in a value')
      .option('-r, --read <file>', 'those of a recording, without a server')
      .optionsGroup('Until:')
      .addOption(whole('-n, --count <count>', 'ends after so many; exit 5 if --for is over before'))
      .addOption(duration('--for <time>', 'ends after this time'))
      .option('--until <expression>', 'ends at the first for which this holds')
      .optionsGroup('How:')
      .addOption(new Option('-o, --output <format>', 'the format (text)').choices(EVENT_FORMATS))
      .option('--json', 'the same as -o jsonl')
      .option('-s, --select <headers>', 'these headers, which may be globs: Channel,Cause*')
      .option('--full', 'every header')
      .option('--stats', 'no events, but how many of each came, at the end')
      .addOption(new Option('--time <how>', 'how times are printed (local)').choices(TIMES))
      .addOption(new Option('--overflow <what>', 'when nobody reads fast enough (drop)').choices(['drop', 'fail']))
    serverOptions(command)
  },
  run,
})

const EXAMPLES = `amiable events DialBegin DialEnd Hangup
amiable events Hangup -w Uniqueid=1795635791.42 -n 1 --for 60s || echo 'not yet'
`

async function run(io: Io, { args: names, options, ...common }: Input<Options>): Promise<number> {
  const { read, count } = options
  const selection = selectionOf({ names, not: options.not ?? [], classes: words(options.class) })
  const targets = read === undefined ? targetsFor(options, io.env) : []
  const printing = {
    format: options.json ? 'jsonl' : (options.output ?? 'text'),
    // a recording knows when something was since its start
    time: options.time ?? (read === undefined ? 'local' : 'utc'),
    full: options.full === true,
    select: words(options.select),
    several: targets.length > 1,
    paint: common.paint,
  } as const
  const until = options.until === undefined ? undefined : expressionOf(options.until)
  const watch = new Watch(io, {
    selection,
    expectation: new Expectation({ count, until: until && ((event: Comparable) => until.holds(event)) }),
    format: printing.format,
    print: eventPrinter(printing),
    tests: testsOf(
      (options.where ?? []).map(expressionOf),
      options.grep,
      options.call === undefined ? undefined : followCall(options.call),
    ),
    counts: options.stats === true,
    failsWhenSlow: options.overflow === 'fail',
  })
  for (const name of selection.unknown) {
    await io.err.line(`the catalog knows no event ${visible(name)}${didYouMean(name, Object.keys(catalog))}`)
  }
  const titles = options.stats ? undefined : titlesOf(printing)
  if (titles !== undefined) await io.out.line(titles)

  const began = performance.now()
  const status = await (read === undefined
    ? watchServers(io, common, targets, watch, { most: options.for, timeout: options.timeout })
    : watchRecording(io, read, watch))
  const took = performance.now() - began
  watch.finish()
  if (watch.counts) await printCounts(io, watch.counts, took)
  const { expectation } = watch.options
  if (expectation.hasBegun && !io.out.closed) await io.err.line(summary(expectation.seen, took, watch.lost))
  return status
}

/** Prints how many of each event came, the most frequent first. */
async function printCounts(io: Io, counts: ReadonlyMap<string, number>, took: number): Promise<void> {
  const rows = [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => [visible(name), String(count), ((count * 1_000) / took).toFixed(1)])
  const columns = [{ title: 'EVENT' }, { title: 'COUNT', right: true }, { title: '/s', right: true }]
  for (const line of layOut(columns, rows)) await io.out.line(line)
}

function words(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}
