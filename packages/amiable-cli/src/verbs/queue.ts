import type { Client } from 'amiable'
import { type Queue, type State, watch } from 'amiable/state'
import { Option } from 'commander'
import { mustSee, staleText } from '../boards/fresh.ts'
import { ordered, queueBoard, queueLines } from '../boards/queue-board.ts'
import { Sight } from '../boards/sight.ts'
import { targetsFor } from '../context/targets.ts'
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { didYouMean, usage } from '../errors/usage.ts'
import type { Common, Io } from '../io.ts'
import { duration, outputOptions, type ServerOptions, serverOptions } from '../options.ts'
import { jsonLine, jsonText } from '../output/json.ts'
import { visible } from '../output/visible.ts'
import type { ScreenLine } from '../screen/painter.ts'
import { showScreen } from '../screen/terminal.ts'
import { eachServer } from '../server/each-server.ts'
import { seen } from '../server/picture.ts'
import { logOff, open } from '../server/session.ts'
import { type Input, verb } from './verb.ts'

interface Options extends ServerOptions {
  readonly watch?: boolean
  readonly interval?: number
  readonly sort?: 'name' | 'wait'
  readonly output?: 'text' | 'json' | 'jsonl'
  readonly json?: boolean
}

const SECOND = 1_000

/** `amiable queue [NAME…]`: who waits in a queue, and who answers. */
export const queue = verb<Options>({
  define: (command) => {
    command
      .argument('[names...]', 'the queues; without one, all')
      .addHelpText('before', EXAMPLES)
      .optionsGroup('How:')
      .option('-w, --watch', 'a live screen; q leaves it')
      .addOption(duration('--interval <time>', 'how often the screen is drawn (1s)'))
      .addOption(new Option('--sort <by>', 'the order of the queues (name)').choices(['name', 'wait']))
    outputOptions(command, ['text', 'json', 'jsonl'], 'text')
    serverOptions(command)
  },
  run,
})

const EXAMPLES = `amiable queue
amiable queue sales support --watch --sort wait
`

async function run(io: Io, { args: names, options, ...common }: Input<Options>): Promise<number> {
  const targets = targetsFor(options, io.env)
  const json = options.json === true || options.output === 'json' || options.output === 'jsonl'
  if (options.watch) {
    if (json) throw usage("--watch is a screen; for programs: amiable events 'Queue*' 'Agent*' --json")
    if (!io.isTerminal.out || !io.isTerminal.in) {
      throw usage(
        '--watch needs a terminal',
        "amiable queue prints it once, amiable events 'Queue*' prints what happens",
      )
    }
    if (targets.length > 1) throw usage('--watch shows one server: --context NAME')
  }
  const printed: Queue[] = []
  const status = await eachServer(io, targets, { json, reads: true }, async (target) => {
    const session = { events: ['agent', 'call', 'system'], timeout: options.timeout, stays: options.watch === true }
    let client: Client | undefined
    try {
      client = await open(io, common, target, session)
      await using state = watch(client, { kinds: ['queues'] })
      await seen(client, state, io.signal, options.timeout)
      mustSee(client, 'queues', state.queues)
      const chosen = () => ordered(namedOf(state, names), options.sort ?? 'name')
      if (options.watch) {
        // one that a reload removes leaves the screen
        const there = new Set(chosen().map(({ name }) => name))
        const now = () => state.queues.filter(({ name }) => names.length === 0 || there.has(name))
        const sight = await Sight.open(client, target.context.username, state, ['agent'])
        const shown = () => ordered(now(), options.sort ?? 'name')
        await watched(io, common, client, state, sight, shown, options.interval).finally(() => sight.close())
      } else if (options.output === 'json' || options.json) printed.push(...chosen())
      else await print(io, common, chosen(), options, targets.length > 1 ? client.name : undefined)
    } catch (error) {
      // ^C is a way to end a screen, also one that is not there yet
      if (!(io.signal.aborted && options.watch)) throw error
    } finally {
      await logOff(io, client)
    }
    return EXIT.done
  })
  if (options.output === 'json' || options.json) await io.out.line(jsonText(printed))
  return status
}

/** Returns the queues of these names, or all. */
function namedOf({ queues }: State, names: readonly string[]): Queue[] {
  if (names.length === 0) return [...queues]
  return names.map((name) => {
    const found = queues.get(name)
    if (found !== undefined) return found
    const known = [...queues].map((one) => one.name)
    const hints = known.length > 0 ? [`There are ${known.slice(0, 20).join(', ')}.`] : []
    const message = `there is no queue ${name}${didYouMean(name, known)}`
    throw new CliError(message, { exit: EXIT.refused, code: 'NO_QUEUE', hints })
  })
}

async function print(
  io: Io,
  { paint }: Common,
  queues: readonly Queue[],
  { output }: Options,
  source: string | undefined,
): Promise<void> {
  if (output === 'jsonl') {
    for (const one of queues) await io.out.line(jsonLine(source === undefined ? one : { source, ...one }))
    return
  }
  if (queues.length === 0) await io.err.line('no queues')
  for (const one of queues) {
    const { head, callers, members } = queueBoard(one, Date.now(), io.columns())
    const prefix = source === undefined ? '' : `${visible(source)}  `
    for (const line of [`${prefix}${paint('bold', head)}`, ...callers, ...members]) await io.out.line(line)
  }
}

async function watched(
  io: Io,
  { paint }: Common,
  client: Client,
  state: State,
  sight: Sight,
  chosen: () => Queue[],
  every = SECOND,
): Promise<void> {
  let failure: Error | undefined
  const ended = new AbortController()
  void client.closed.then(({ error }) => {
    failure = error
    ended.abort()
  })
  let top = 0
  const lines = (width: number, height: number): readonly ScreenLine[] => {
    const stale = staleText(state.queues)
    const all = queueLines(chosen(), Date.now(), width, stale !== undefined)
    top = Math.max(0, Math.min(top, all.length - height + 1))
    const seen = sight.of('agent')
    const title = `${visible(client.name)}  ${stale ?? seen?.text ?? 'live'}  q leaves`
    const style = stale === undefined ? (seen?.style ?? 'bold') : 'red'
    return [{ text: title, style }, ...all.slice(top)]
  }
  const key = (name: string): boolean => {
    if (name === 'down') top++
    else if (name === 'up') top--
    return name === 'q' || name === 'escape'
  }
  const signal = AbortSignal.any([io.signal, ended.signal])
  await showScreen({ ...io, signal }, paint, { lines, key }, every)
  if (failure !== undefined && !io.signal.aborted) throw failure
}
