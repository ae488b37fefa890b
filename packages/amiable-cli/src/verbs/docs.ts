import { ActionError, type Client } from 'amiable'
import {
  type ActionFacts,
  type Availability,
  actionFacts,
  actions,
  type EventFacts,
  eventFacts,
  events,
  isAvailable,
  summaryOf,
} from 'amiable/catalog'
import { aboutField, type Field, headersOf, type Kind, pageOf, parametersOf, replyOf } from '../catalog/fields.ts'
import { targetsFor } from '../context/targets.ts'
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { didYouMean, usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'
import { outputOptions, type ServerOptions, serverOptions } from '../options.ts'
import { jsonText } from '../output/json.ts'
import { layOut } from '../output/table.ts'
import { visibleLine } from '../output/visible.ts'
import { pad } from '../output/width.ts'
import { type Input, verb } from './verb.ts'

interface Options extends ServerOptions {
  readonly actions?: boolean
  readonly events?: boolean
  readonly asterisk?: string
  readonly keyword?: string
  readonly live?: boolean
  readonly output?: 'text' | 'json'
  readonly json?: boolean
}

/** `amiable docs NAME`: what the catalog knows of an action or an event. */
export const docs = verb<Options>({
  define: (command) => {
    command
      .argument('[name]', 'an action or an event; without one, a list of them')
      .addHelpText('before', EXAMPLES)
      .optionsGroup('Which:')
      .option('--actions', 'actions alone')
      .option('--events', 'events alone')
      .option('-k, --keyword <word>', 'those with this word in their name, their line or their headers')
      .option('--asterisk <version>', 'those that this version has: 22 or 22.10.1')
      .option('--live', 'what the server itself says of it; all of it with write = command')
    outputOptions(command, ['text', 'json'], 'text')
    serverOptions(command)
  },
  run,
})

const EXAMPLES = `amiable docs QueuePause
amiable docs -k transfer --events
`

async function run(io: Io, input: Input<Options>): Promise<number> {
  const {
    args: [given],
    options,
    paint,
  } = input
  if (options.asterisk !== undefined && !/^\d+(?:\.\d+)*$/.test(options.asterisk))
    throw usage('--asterisk must be a version as in 22 or 22.10.1')
  const json = options.json === true || options.output === 'json'
  if (given === undefined) return await list(io, options, json)
  const action = options.events ? undefined : actionFacts(given)
  const event = options.actions ? undefined : eventFacts(given)
  if (action === undefined && event === undefined) {
    const names = [...(options.events ? [] : Object.keys(actions)), ...(options.actions ? [] : Object.keys(events))]
    throw usage(`the catalog knows no ${given}${didYouMean(given, names)}`, `amiable docs -k ${given}`)
  }
  if (options.live) return await live(io, input, action?.name, event?.name)
  if (json) {
    const all = {
      ...(action && { action: { ...action, parameters: parametersOf(action.name), reply: replyOf(action.name) } }),
      ...(event && { event: { ...event, headers: headersOf(event.name) } }),
    }
    await io.out.line(jsonText(all))
    return EXIT.done
  }
  const pages = [...(action ? [pageOfAction(action)] : []), ...(event ? [pageOfEvent(event)] : [])]
  for (const [at, [title = '', ...lines]] of pages.entries()) {
    await io.out.line(`${at > 0 ? '\n' : ''}${paint('bold', title)}\n${lines.join('\n')}`)
  }
  return EXIT.done
}

/** Prints what servers say of a name. */
async function live(
  io: Io,
  { options, ...common }: Input<Options>,
  action: string | undefined,
  event: string | undefined,
): Promise<number> {
  const [{ eachServer }, { withClient }] = await Promise.all([
    import('../server/each-server.ts'),
    import('../server/session.ts'),
  ])
  const session = { events: 'off' as const, timeout: options.timeout }
  const json = options.json === true || options.output === 'json'
  return await eachServer(io, targetsFor(options, io.env), { json, reads: true }, async (target) => {
    const lines = await withClient(io, common, target, session, async (client) => [
      ...(action === undefined ? [] : await sayOfAction(client, action)),
      ...(event === undefined ? [] : await shown(client, `manager show event ${event}`)),
    ])
    if (lines.length === 0) {
      throw new CliError(`the server says nothing of ${action ?? event}`, {
        exit: EXIT.refused,
        code: 'NOTHING',
        hints: ['It may lack the module, or the account needs write = command.'],
      })
    }
    await io.out.line(json ? jsonText({ source: target.name, lines }) : lines.map(visibleLine).join('\n'))
    return EXIT.done
  })
}

/** Returns the page of the console, or the line that every account may have. */
async function sayOfAction(client: Client, name: string): Promise<string[]> {
  const page = await shown(client, `manager show command ${name}`)
  if (page.length > 0) return page
  const line = (await client.send('ListCommands')).get(name)
  return line === undefined ? [] : [`${name}: ${line}`]
}

async function shown(client: Client, line: string): Promise<string[]> {
  try {
    return await client.command(line)
  } catch (error) {
    // no right to, or no such command
    if (error instanceof ActionError) return []
    throw error
  }
}

function pageOfAction(facts: ActionFacts): string[] {
  const { name, privileges, rows, completion, replacedBy, reads } = facts
  const parameters = parametersOf(name) ?? []
  const reply = replyOf(name)
  const rights = privileges.length === 0 ? 'no right needed' : `write = ${privileges.join(' or ')}`
  const required = parameters.filter((field) => field.required)
  return [
    `${pad(name, 34)}action, ${availability(facts)}, ${rights}`,
    ...about('action', name),
    '',
    ...fieldLines('action', parameters),
    ...(parameters.length === 0 ? ['  no parameters'] : ['', '  * needed']),
    ...(reply.length > 0 ? ['', `  answers with  ${reply.map((field) => field.name).join(', ')}`] : ['']),
    ...(rows.length > 0 ? [`  rows          ${rows.join(', ')}`] : []),
    ...(completion === undefined ? [] : [`  ends with     ${completion}`]),
    ...(replacedBy === undefined ? [] : [`  replaced by   ${replacedBy}`]),
    `  changes       ${reads ? 'nothing' : 'something on the server'}`,
    ...page('action', name),
    `  amiable send ${[name, ...required.map((field) => `${field.name}=…`)].join(' ')}`,
  ]
}

function pageOfEvent(facts: EventFacts): string[] {
  const { name, classes, listedBy } = facts
  const rights = classes.length === 0 ? 'only in lists' : `read = ${classes.join(' and ')}`
  return [
    `${pad(name, 34)}event, ${availability(facts)}, ${rights}`,
    ...about('event', name),
    '',
    ...fieldLines('event', headersOf(name) ?? []),
    '',
    ...(listedBy.length > 0 ? [`  listed by  ${listedBy.join(', ')}`] : []),
    ...page('event', name),
    classes.length === 0 ? `  amiable list ${listedBy[0]}` : `  amiable events ${name}`,
  ]
}

function about(kind: Kind, name: string): string[] {
  const summary = summaryOf(name, kind)
  return summary === undefined ? [] : [`  ${summary}`]
}

function page(kind: Kind, name: string): string[] {
  const address = pageOf(kind, name)
  return address === undefined ? [] : [`  see           ${address}`]
}

function fieldLines(of: Kind, fields: readonly Field[]): string[] {
  const width = fields.reduce((most, { name, required }) => Math.max(most, name.length + (required ? 1 : 0)), 0)
  return fields.map((field) => {
    const { name, kind = 'text', values, unit, required, repeats, absent } = field
    const type = values
      ? values.join(' | ')
      : kind === 'boolean'
        ? 'yes/no'
        : kind === 'scalar'
          ? 'text or number'
          : kind
    const notes = [
      unit,
      field.default === undefined ? undefined : `default ${field.default}`,
      repeats ? 'may repeat' : undefined,
      absent ? `not in ${absent.join(', ')}` : undefined,
    ].filter((note) => note !== undefined)
    const own = aboutField(of, name)
    return `  ${pad(name + (required ? '*' : ''), width)}  ${[type, ...notes].join(', ')}${own ? `  ${own}` : ''}`
  })
}

function availability({ since, removed }: Availability): string {
  const from = since.length === 0 ? '' : `since ${since.join(', ')}`
  const until = removed === undefined ? '' : `until ${removed}`
  return [from, until].filter((text) => text !== '').join(' ') || 'every version'
}

async function list(io: Io, options: Options, json: boolean): Promise<number> {
  const all = [
    ...(options.events
      ? []
      : Object.keys(actions).map((name) => ({ name, kind: 'action' as Kind, fields: parametersOf(name) }))),
    ...(options.actions
      ? []
      : Object.keys(events).map((name) => ({ name, kind: 'event' as Kind, fields: headersOf(name) }))),
  ]
  const word = options.keyword?.toLowerCase()
  const isThere = ({ name, kind }: (typeof all)[number]) =>
    options.asterisk === undefined || isAvailable(name, options.asterisk, kind)
  const fits = ({ name, kind, fields = [] }: (typeof all)[number]) =>
    word === undefined ||
    [name, summaryOf(name, kind) ?? '', ...fields.map((field) => field.name)].some((text) =>
      text.toLowerCase().includes(word),
    )
  const rows = all
    .filter((one) => isThere(one) && fits(one))
    .map(({ name, kind }) => ({ name, kind, summary: summaryOf(name, kind) ?? '' }))
  if (json) await io.out.line(jsonText(rows))
  else if (rows.length > 0) {
    const cells = rows.map(({ name, kind, summary }) => [name, kind, summary])
    const columns = [{ title: 'NAME' }, { title: 'KIND' }, { title: 'WHAT IT DOES, OR WHEN IT COMES' }]
    for (const line of layOut(columns, cells, { width: io.columns() })) await io.out.line(line)
  }
  if (rows.length === 0) await io.err.line('nothing found')
  return EXIT.done
}
