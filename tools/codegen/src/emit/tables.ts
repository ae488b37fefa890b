import type { Catalog, Effect, Event, Slow } from '../model.ts'
import { COMMON } from './events.ts'
import { snapshotHeaders } from './snapshots.ts'
import { isPattern, preamble } from './text.ts'

/**
 * `tables.ts`: what the catalog answers at run time, each table one string that is taken apart at the first question.
 * Lines by name; fields apart by `|`, words in a field by `,`; empty fields at the end of a line are left out.
 */
export function emitTables(catalog: Catalog): string {
  const lines = preamble(catalog.versions, 'What the catalog knows at run time; facts.ts reads it.')
  lines.push(
    '/** name | privileges | since | removed | rows | completing event | replaced by | effect | slow | ending */',
  )
  lines.push(
    ...table(
      'ACTIONS',
      catalog.actions.map((one) =>
        row(
          one.name,
          one.privileges,
          one.since,
          one.removed,
          one.rows,
          one.completion,
          one.replacedBy,
          EFFECTS[one.effect],
          slowText(one.slow),
          one.ending,
        ),
      ),
    ),
  )
  lines.push(
    '/** name | classes | since | removed | prefixes of its channels, - for none | what it prints unusually */',
  )
  lines.push(
    ...table(
      'EVENTS',
      catalog.events.map((event) =>
        row(
          event.name,
          event.classes,
          event.since,
          event.removed,
          prefixes(event),
          event.namedVariables ? 'named' : undefined,
        ),
      ),
    ),
  )
  lines.push('/** option of a call | the actions that have a parameter of that name, in any case of letters */')
  lines.push(...table('OPTION_PARAMETERS', optionParameters(catalog)))
  lines.push('/** The headers of all events and replies. */')
  lines.push(...table('HEADERS', wrap(headerNames(catalog))))
  return lines.join('\n')
}

// what a caller may mean as an option of the call and give as a parameter of the action
const OPTIONS = ['timeout', 'signal', 'variables', 'actionId', 'retry', 'queue', 'check', 'fence']

function optionParameters({ actions }: Catalog): string[] {
  return OPTIONS.map((option) => {
    const taking = actions.filter(({ parameters }) => parameters.some(({ name }) => fits(name, option)))
    return row(
      option,
      taking.map(({ name }) => name),
    )
  })
}

/** Whether a parameter's name, in which `${string}` stands for any text, can be this one. */
function fits(parameter: string, option: string): boolean {
  const parts = parameter.toLowerCase().split(/\$\{string\}/)
  const [first = '', ...others] = parts
  if (others.length === 0) return first === option.toLowerCase()
  return option.toLowerCase().startsWith(first) && option.toLowerCase().endsWith(others.at(-1) ?? '')
}

const EFFECTS: Readonly<Record<Effect, string>> = { reads: 'r', sets: '', twice: 't' }

/** `*`, `Variable(`, or `Timeout,ms,30000,Async`. */
function slowText(slow: Slow | undefined): string | undefined {
  if (slow === undefined) return undefined
  if (slow === 'always') return '*'
  if ('calls' in slow) return `${slow.calls}(`
  return [slow.lasts, slow.unit, slow.otherwise ?? '', slow.unless ?? ''].join().replace(/,+$/, '')
}

function table(name: string, rows: readonly string[]): string[] {
  return [`export const ${name}: string = \``, ...rows, '`', '']
}

function row(...fields: (string | readonly string[] | undefined)[]): string {
  return fields
    .map((field) => (typeof field === 'string' ? field : (field ?? []).join(',')))
    .join('|')
    .replace(/\|+$/, '')
}

function prefixes({ snapshots }: Event): string[] {
  return snapshots.filter(({ kind }) => kind === 'channel').map(({ prefix }) => prefix || '-')
}

/** All names of headers that are not made up as they go. */
export function headerNames({ actions, events }: Catalog): string[] {
  const names = new Set(['Event', 'Response', 'Message', ...COMMON])
  for (const { reply } of actions) for (const { name } of reply) names.add(name)
  for (const event of events) {
    for (const { name } of event.headers) names.add(name)
    for (const { kind, prefix } of event.snapshots) for (const name of snapshotHeaders(kind)) names.add(prefix + name)
  }
  return [...names].filter((name) => !isPattern(name) && /^[\w-]+$/.test(name)).sort()
}

function wrap(words: readonly string[]): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length > 118) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
