// An action as it was given: checked, guarded, and ready to be sent.
import { actionFacts } from 'amiable/catalog'
import { actionNames } from '../catalog/fields.ts'
import { checkParams, paramsOf } from '../catalog/parameters.ts'
import type { Target } from '../context/targets.ts'
import { didYouMean, usage } from '../errors/usage.ts'
import type { Common, Io } from '../io.ts'
import { visible } from '../output/visible.ts'
import { mayChange } from '../server/guard.ts'

/** An action that is ready to be sent. */
export interface Action {
  readonly name: string
  readonly params: Readonly<Record<string, string | string[]>>
  readonly options: { actionId?: string; variables?: [string, string][]; retry?: boolean }
}

/** What was given beside the name and the parameters. */
export interface Given {
  readonly variable?: readonly string[]
  readonly check?: boolean
  readonly retry?: boolean
}

/** Makes the action of these words. @throws {CliError} for what the catalog knows to be wrong */
export function actionOf([given = '', ...words]: readonly string[], options: Given): Action {
  return actionWith(given, paramsOf(words), options)
}

/** Returns the same of parameters that have been read. */
export function actionWith(
  given: string,
  { ActionID: actionId, ...params }: Readonly<Record<string, string | string[]>>,
  options: Given,
): Action {
  const facts = actionFacts(given)
  if (facts === undefined && options.check !== false) {
    throw usage(
      `there is no action ${given}${didYouMean(given, actionNames())}`,
      '--no-check sends an action that the catalog does not know.',
    )
  }
  const name = facts?.name ?? given
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

/** Whether an action changes nothing. */
export function onlyReads({ name }: Action): boolean {
  return actionFacts(name)?.reads === true
}

/** Sees to it that an action may be sent to these servers. @throws {CliError} if not */
export async function mayBeSent(
  io: Io,
  common: Common,
  targets: readonly Target[],
  action: Action,
  yes: boolean,
): Promise<void> {
  if (!onlyReads(action)) await mayChange(io, common, targets, action.name, yes)
  const pattern = patternOf(action)
  if (pattern === undefined) return
  await mayChange(io, common, asMany(targets), `${action.name} of everything that fits ${pattern}`, yes)
}

// these take `/pattern/` for a name (main/manager.c:action_hangup, res/res_mwi_external_ami.c:mwi_mailbox_delete)
const TAKES_PATTERN: Readonly<Record<string, string>> = { Hangup: 'Channel', MWIDelete: 'Mailbox' }

/** Returns the pattern with which an action means more than one thing. */
function patternOf({ name, params }: Action): string | undefined {
  const value = params[TAKES_PATTERN[name] ?? '']
  return typeof value === 'string' && value.startsWith('/') ? value : undefined
}

// what is asked about on one server too
function asMany<T extends { context: object }>(targets: readonly T[]): T[] {
  return targets.map((target) => ({ ...target, context: { ...target.context, protect: true } }))
}

/** Prints the lines as the library sends them, to a server of its own. */
export async function dryRun(io: Io, { name, params, options }: Action): Promise<void> {
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
}
