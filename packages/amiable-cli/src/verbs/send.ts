import type { Client, RawResponse } from 'amiable'
import { actionFacts, actions } from 'amiable/catalog'
import { checkParams, paramsOf } from '../catalog/parameters.ts'
import { targetsFor } from '../context/targets.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { didYouMean, usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'
import { changeOptions, collect, outputOptions, type ServerOptions, serverOptions } from '../options.ts'
import { printReply, REPLY_FORMATS, type ReplyFormat } from '../output/reply.ts'
import { visible } from '../output/visible.ts'
import { eachServer } from '../server/each-server.ts'
import { mayChange } from '../server/guard.ts'
import { withClient } from '../server/session.ts'
import { type Input, verb } from './verb.ts'

interface Options extends ServerOptions {
  readonly variable?: readonly string[]
  readonly dryRun?: boolean
  readonly check?: boolean
  readonly retry?: boolean
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
  const session = { events: 'off' as const, timeout: options.timeout }
  const about = { json: format === 'json' || format === 'jsonl', reads }
  return await eachServer(io, targets, about, async (target) => {
    const response = await withClient(io, common, target, session, (client) => sent(io, client, action))
    await printReply(io, common, response, { format, several: targets.length > 1 })
    return EXIT.done
  })
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
