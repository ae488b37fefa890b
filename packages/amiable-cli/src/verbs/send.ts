import type { AmiEvent, Client, RawResponse } from 'amiable'
import { actionFacts, actions, events } from 'amiable/catalog'
import { checkParams, paramsOf } from '../catalog/parameters.ts'
import { targetsFor } from '../context/targets.ts'
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { didYouMean, usage } from '../errors/usage.ts'
import { selectionOf } from '../events/selection.ts'
import type { Io } from '../io.ts'
import { changeOptions, collect, duration, outputOptions, type ServerOptions, serverOptions } from '../options.ts'
import { printReply, REPLY_FORMATS, type ReplyFormat } from '../output/reply.ts'
import { spell } from '../output/time.ts'
import { visible } from '../output/visible.ts'
import { eachServer } from '../server/each-server.ts'
import { mayChange } from '../server/guard.ts'
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
      .argument('<action>', 'the name of the action')
      .argument('[parameters...]', 'Name=value, Name=@FILE, or Name:= for an empty value')
      .addHelpText('before', EXAMPLES)
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

const EXAMPLES = `amiable send QueuePause Interface=PJSIP/200 Paused=yes Reason=lunch
amiable send Getvar Channel=PJSIP/100-0000002a Variable=CALLERID(num) -o json
`

/** An action that is ready to be sent. */
interface Action {
  readonly name: string
  readonly params: Readonly<Record<string, string | string[]>>
  readonly options: { actionId?: string; variables?: [string, string][]; retry?: boolean }
}

async function run(io: Io, { args, options, ...common }: Input<Options>): Promise<number> {
  const action = actionOf(args, options)
  if (options.dryRun) return await dryRun(io, action)
  const { name } = action
  const reads = actionFacts(name)?.reads === true
  if (options.retry && !reads) throw usage(`--retry cannot be used with ${name}, which does not only read`)
  const targets = targetsFor(options, io.env)
  if (!reads) await mayChange(io, common, targets, name, options.yes === true)
  const pattern = patternOf(action)
  if (pattern !== undefined) {
    await mayChange(io, common, asMany(targets), `${name} of everything that fits ${pattern}`, options.yes === true)
  }
  const format = options.json ? 'json' : (options.output ?? 'table')
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
      throw new CliError(`${waits.name} did not come within ${spell(waits.most)}`, { exit: EXIT.late, code: 'LATE' })
    })
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
    throw usage(`there is no event ${wait}${didYouMean(wait, Object.keys(events))}`)
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
      const timer = setTimeout(resolve, most, undefined)
      const stop = () => resolve(undefined)
      io.signal.addEventListener('abort', stop, { once: true })
      return await promise.finally(() => {
        clearTimeout(timer)
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

function actionOf([given = '', ...words]: readonly string[], options: Options): Action {
  const facts = actionFacts(given)
  if (facts === undefined && options.check !== false) {
    throw usage(
      `there is no action ${given}${didYouMean(given, Object.keys(actions))}`,
      '--no-check sends an action that the catalog does not know.',
    )
  }
  const name = facts?.name ?? given
  const { ActionID: actionId, ...params } = paramsOf(words)
  if (options.check !== false) checkParams(name, params)
  if (Array.isArray(actionId)) throw usage('an action has one ActionID')
  const variables = (options.variable ?? []).map((text): [string, string] => {
    const at = text.indexOf('=')
    if (at < 1) throw usage('--variable must be NAME=value')
    return [text.slice(0, at), text.slice(at + 1)]
  })
  return {
    name,
    params,
    options: {
      ...(actionId !== undefined && { actionId }),
      ...(variables.length > 0 && { variables }),
      ...(options.retry && { retry: true }),
    },
  }
}

// these take `/pattern/` for a name (main/manager.c:action_hangup, res/res_mwi_external_ami.c:mwi_mailbox_delete)
const TAKES_PATTERN: Readonly<Record<string, string>> = { Hangup: 'Channel', MWIDelete: 'Mailbox' }

/** The pattern with which an action means more than one thing. */
function patternOf({ name, params }: Action): string | undefined {
  const value = params[TAKES_PATTERN[name] ?? '']
  return typeof value === 'string' && value.startsWith('/') ? value : undefined
}

// what is asked about on one server too
function asMany<T extends { context: object }>(targets: readonly T[]): T[] {
  return targets.map((target) => ({ ...target, context: { ...target.context, protect: true } }))
}

/** Prints the lines as the library sends them, to a server of its own. */
async function dryRun(io: Io, { name, params, options }: Action): Promise<number> {
  const [{ createClient }, { startServer }] = await Promise.all([import('amiable'), import('amiable/testing')])
  await using server = await startServer({ users: { dry: 'run' } })
  const lines: string[] = []
  const account = { host: '127.0.0.1', port: server.port, username: 'dry', secret: 'run', reconnect: false } as const
  await using client = createClient(account)
  await client.connect()
  server.handle(name, (action) => {
    // secrets are *** there
    for (const [header, value] of action.toJSON().headers) lines.push(`${header}: ${value}`)
    return {}
  })
  await client.sendRaw(name, params, options)
  await io.out.line(lines.map(visible).join('\n'))
  return EXIT.done
}
