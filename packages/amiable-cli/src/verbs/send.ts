import type { AmiEvent, Client, RawResponse } from 'amiable'
import { eventNames } from '../catalog/fields.ts'
import { targetsFor } from '../context/targets.ts'
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { didYouMean, usage } from '../errors/usage.ts'
import { selectionOf } from '../events/selection.ts'
import { timeLimit } from '../events/time-limit.ts'
import type { Common, Io } from '../io.ts'
import { changeOptions, collect, duration, outputOptions, type ServerOptions, serverOptions } from '../options.ts'
import { printReply, REPLY_FORMATS, type ReplyFormat } from '../output/reply.ts'
import { spell } from '../output/time.ts'
import { type Action, actionOf, dryRun, mayBeSent, onlyReads } from '../send/action.ts'
import { eachServer } from '../server/each-server.ts'
import { withClient } from '../server/session.ts'
import { type Expression, expressionOf } from '../where/expression.ts'
import { type Input, verb } from './verb.ts'

interface Options extends ServerOptions {
  readonly variable?: readonly string[]
  readonly dryRun?: boolean
  readonly check?: boolean
  readonly retry?: boolean
  readonly wait?: string
  readonly where?: readonly string[]
  readonly for?: number
  readonly yes?: boolean
  readonly output?: ReplyFormat
  readonly json?: boolean
}

/** `amiable send ACTION Name=value…`: any action. */
export const send = verb<Options>({
  define: (command) => {
    command
      .argument('<action>', 'the name of the action; - sends those of standard input, one after the other')
      .argument('[parameters...]', 'Name=value, Name=@FILE, or Name:= for an empty value')
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', NOTES)
      .optionsGroup('Action:')
      .option('-V, --variable <name=value>', 'a channel variable, again for each', collect)
      .option('--dry-run', 'prints what would be sent, and needs no server')
      .option('--no-check', 'sends what the catalog does not know')
      .option('--retry', 'sends it again after a lost connection; only for actions that read')
      .option('--wait <event>', 'waits for this event too, and prints it; exit 5 if it does not come')
      .option('-w, --where <expression>', 'for one for which this holds: MemberName=Ann', collect)
      .addOption(duration('--for <time>', 'how long it waits (10s)'))
    changeOptions(command)
    outputOptions(command, REPLY_FORMATS, 'table')
    serverOptions(command)
  },
  run,
})

const NOTES = `
amiable send - reads actions as they stand on the wire, with a blank line after
each, or as JSON, one a line. Each has one answer. One that is refused does not
stop the others, and the exit status is that of the first that failed.`
const EXAMPLES = `amiable send QueuePause Interface=PJSIP/200 Paused=yes Reason=lunch
amiable send Getvar Channel=PJSIP/100-0000002a Variable=CALLERID(num) -o json
`

async function run(io: Io, { args, options, ...common }: Input<Options>): Promise<number> {
  const format = options.json ? 'json' : (options.output ?? 'table')
  if (args[0] === '-') return await all(io, common, args, options, format)
  const action = actionOf(args, options)
  if (options.dryRun) {
    await dryRun(io, action)
    return EXIT.done
  }
  const reads = onlyReads(action)
  if (options.retry && !reads) throw usage(`--retry cannot be used with ${action.name}, which does not only read`)
  const targets = targetsFor(options, io.env)
  await mayBeSent(io, common, targets, action, options.yes === true)
  const waits = waitOf(options)
  const session = { events: waits?.mask ?? ('off' as const), timeout: options.timeout }
  const about = { json: format === 'json' || format === 'jsonl', reads }
  return await eachServer(io, targets, about, async (target) => {
    return await withClient(io, common, target, session, async (client) => {
      // it may come before the answer
      const coming = waits && nextEvent(io, client, waits)
      const response = await sent(io, client, action)
      const waited = await coming?.within(waits?.most ?? WAIT)
      io.signal.throwIfAborted()
      await printReply(io, common, response, { format, several: targets.length > 1, waited })
      if (waits === undefined || waited !== undefined) return EXIT.done
      const { error } = client.state === 'closed' ? await client.closed : {}
      if (error !== undefined) throw error
      throw new CliError(`${waits.name} did not come within ${spell(waits.most)}`, { exit: EXIT.late, code: 'LATE' })
    })
  })
}

/** Sends the actions of standard input. */
async function all(
  io: Io,
  common: Common,
  args: readonly string[],
  options: Options,
  format: ReplyFormat,
): Promise<number> {
  if (args.length > 1) throw usage('send - takes no parameters: the actions come from standard input')
  const { check, yes, dryRun, timeout } = options
  for (const [name, given] of Object.entries({
    wait: options.wait,
    variable: options.variable,
    retry: options.retry,
  })) {
    if (given !== undefined) throw usage(`--${name} cannot be used with send -`)
  }
  const { sendAll } = await import('../send/send-all.ts')
  const targets = dryRun ? [] : targetsFor(options, io.env)
  return await sendAll(io, common, targets, process.stdin, {
    check: check !== false,
    yes: yes === true,
    dryRun: dryRun === true,
    timeout,
    format,
  })
}

// milliseconds
const WAIT = 10_000

/** An event to wait for. */
interface Awaited {
  readonly name: string
  readonly mask: 'on' | readonly string[]
  readonly expressions: readonly Expression[]
  readonly most: number
}

function waitOf({ wait, where = [], for: most = WAIT }: Options): Awaited | undefined {
  if (wait === undefined) {
    if (where.length > 0) throw usage('--where needs --wait EVENT')
    return undefined
  }
  const { names, mask, unknown } = selectionOf({ names: [wait], not: [], classes: [] })
  const [name] = names
  if (unknown.length > 0 || name === undefined || names.length !== 1 || names === '*') {
    throw usage(`there is no event ${wait}${didYouMean(wait, eventNames())}`)
  }
  return { name, mask, expressions: where.map(expressionOf), most }
}

/** Listens from now on. */
function nextEvent(io: Io, client: Client, { name, expressions }: Awaited) {
  const { promise, resolve } = withResolvers<AmiEvent | undefined>()
  client.on(name, (event: AmiEvent) => {
    if (expressions.every((one) => one.holds(event))) resolve(event)
  })
  void client.closed.then(() => resolve(undefined))
  return {
    within: async (most: number): Promise<AmiEvent | undefined> => {
      const cancel = timeLimit(most, () => resolve(undefined))
      const stop = () => resolve(undefined)
      io.signal.addEventListener('abort', stop, { once: true })
      return await promise.finally(() => {
        cancel()
        io.signal.removeEventListener('abort', stop)
      })
    },
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

async function sent(io: Io, client: Client, { name, params, options }: Action): Promise<RawResponse> {
  return await client.sendRaw(name, params, { ...options, signal: io.signal })
}
