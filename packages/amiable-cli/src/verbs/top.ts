import { watch } from 'amiable/state'
import { Option } from 'commander'
import { Board } from '../boards/board.ts'
import { mustSee } from '../boards/fresh.ts'
import { Sight } from '../boards/sight.ts'
import { drawView, VIEWS, type ViewName } from '../boards/views.ts'
import { type Target, targetsFor } from '../context/targets.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import type { Common, Io } from '../io.ts'
import { duration, outputOptions, type ServerOptions, serverOptions } from '../options.ts'
import { jsonText } from '../output/json.ts'
import { showScreen } from '../screen/terminal.ts'
import { eachServer } from '../server/each-server.ts'
import { seen } from '../server/picture.ts'
import { logOff, open } from '../server/session.ts'
import { type Input, verb } from './verb.ts'

interface Options extends ServerOptions {
  readonly view?: ViewName
  readonly once?: boolean
  readonly interval?: number
  readonly output?: 'text' | 'json'
  readonly json?: boolean
}

const SECOND = 1_000

/** `amiable top`: a live screen of calls, channels, queues and bridges. */
export const top = verb<Options>({
  define: (command) => {
    command
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', KEYS)
      .optionsGroup('How:')
      .addOption(new Option('--view <what>', 'what is shown first (calls)').choices(VIEWS))
      .addOption(duration('--interval <time>', 'how often the screen is drawn (1s)'))
      .option('--once', 'prints a view once, without a screen')
    outputOptions(command, ['text', 'json'], 'text')
    serverOptions(command)
  },
  run,
})

const EXAMPLES = `amiable top
amiable top --view queues --once
`
const KEYS = `
Keys: 1 to 4 and Tab choose a view, arrows and Page Up and Down move,
/ looks for a text, Esc shows all again, ^L draws again, ^Z stops, q quits.`

async function run(io: Io, { options, ...common }: Input<Options>): Promise<number> {
  const json = options.json === true || options.output === 'json'
  const once = options.once === true || json
  if (!once && !(io.isTerminal.out && io.isTerminal.in)) {
    throw usage(
      'top is a screen and needs a terminal',
      'amiable top --once prints a view, --json prints it for programs',
    )
  }
  const targets = targetsFor(options, io.env)
  const [target, second] = targets
  if (target === undefined || second !== undefined) throw usage('top shows one server: --context NAME')
  return await eachServer(io, [target], { json, reads: true }, async (one) => {
    try {
      return await show(io, common, one, options, once)
    } catch (error) {
      // ^C is a way to end a screen, also one that is not there yet
      if (io.signal.aborted && !once) return EXIT.done
      throw error
    }
  })
}

async function show(io: Io, common: Common, target: Target, options: Options, once: boolean): Promise<number> {
  const { view = 'calls', interval = SECOND } = options
  const session = { events: ['call', 'agent', 'system', 'dialplan'], timeout: options.timeout, stays: !once }
  const client = await open(io, common, target, session)
  try {
    await using state = watch(client, { kinds: ['calls', 'queues'] })
    await seen(client, state, io.signal, options.timeout)
    mustSee(client, 'channels', state.channels)
    if (options.json || options.output === 'json') {
      await io.out.line(jsonText(state.snapshot()[view]))
      return EXIT.done
    }
    if (once) {
      const { lines, rows } = drawView(state, view, {
        now: Date.now(),
        width: io.columns() ?? Number.POSITIVE_INFINITY,
        height: Number.POSITIVE_INFINITY,
        from: 0,
        filter: '',
        isOld: false,
      })
      if (rows === 0) await io.err.line(`no ${view}`)
      else for (const { text } of lines) await io.out.line(text)
      return EXIT.done
    }
    const ended = new AbortController()
    let failure: Error | undefined
    void client.closed.then(({ error }) => {
      failure = error
      ended.abort()
    })
    const sight = await Sight.open(client, target.context.username, state, ['agent', 'call'])
    const signal = AbortSignal.any([io.signal, ended.signal])
    const board = new Board(client, state, sight, view)
    await showScreen({ ...io, signal }, common.paint, board, interval).finally(() => sight.close())
    if (failure !== undefined && !io.signal.aborted) throw failure
  } finally {
    await logOff(io, client)
  }
  return EXIT.done
}
