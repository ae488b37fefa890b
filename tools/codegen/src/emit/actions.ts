import type { Action, Catalog, Field, Summaries } from '../model.ts'
import { readonlyFields } from './headers.ts'
import {
  availabilityText,
  comment,
  enumerate,
  fieldText,
  identifier,
  isPattern,
  key,
  line,
  link,
  preamble,
  quote,
} from './text.ts'

const HEAD = `/** What Asterisk reads as true or false (main/utils.c:ast_true, ast_false). */
export type Flag = boolean | 0 | 1 | '0' | '1' | 'yes' | 'no' | 'true' | 'false' | 'on' | 'off'

/** Of an action that takes no parameters. */
export type NoParams = { readonly [name: string]: never }

/** Headers that any reply may carry. */
export type ReplyHeaders = {
  readonly Response: 'Success' | 'Error' | 'Goodbye' | (string & {})
  readonly ActionID?: string
  readonly Message?: string
  readonly EventList?: string
}
`

/**
 * `actions.ts`: the parameters and the reply of every action. Replies are aliases and no interfaces, as headers are (see
 * emit/events.ts).
 */
export function emitActions({ versions, actions, summaries }: Catalog): string {
  const lines = preamble(versions, 'The parameters of every action, and what it answers.')
  lines.push(...HEAD.split('\n'))
  for (const action of actions) lines.push(...parameterInterface(action, summaries))
  for (const action of actions) lines.push(...replyInterface(action, summaries))
  lines.push(
    '/** Every action by name: its parameters, the headers of its reply, the rows of its list and the event that ends it. */',
  )
  lines.push('export interface Actions {')
  for (const action of actions) lines.push(...entry(action, summaries))
  lines.push('}', '')
  return lines.join('\n')
}

function entry(action: Action, summaries: Summaries): string[] {
  const rows = action.rows.map(quote).join(' | ') || 'never'
  const completion = action.completion ? quote(action.completion) : 'never'
  const params = action.parameters.length > 0 ? `${identifier(action.name)}Params` : 'NoParams'
  const reply = action.reply.length > 0 ? `${identifier(action.name)}Reply` : 'ReplyHeaders'
  return [
    ...comment([...line(summaries.actions[action.name]), ...describe(action), ...link(action.page)], '  '),
    `  ${key(action.name)}: { params: ${params}; reply: ${reply}; rows: ${rows}; completion: ${completion} }`,
  ]
}

function describe(action: Action): string[] {
  const { privileges, rows, completion, replacedBy } = action
  const text = [`Privilege: ${privileges.length > 0 ? enumerate(privileges, 'or') : 'none'}.`]
  if (rows.length > 0) text.push(`Rows: ${rows.join(', ')}.`)
  if (completion) text.push(`Ends with ${completion}.`)
  text.push(...availabilityText(action))
  if (replacedBy) text.push(`Replaced by ${replacedBy}.`)
  return [text.join(' ')]
}

function parameterInterface(action: Action, summaries: Summaries): string[] {
  if (action.parameters.length === 0) return []
  const lines = [
    ...comment([`Parameters of ${action.name}.`, ...link(action.page)]),
    `export interface ${identifier(action.name)}Params {`,
  ]
  for (const field of action.parameters) {
    const optional = field.required || isPattern(field.name) ? '' : '?'
    const type = `${parameterType(field)}${field.required ? '' : ' | undefined'}`
    lines.push(
      ...comment(fieldText(field, summaries.parameters[field.name]), '  '),
      `  ${key(field.name)}${optional}: ${type}`,
    )
  }
  return [...lines, '}', '']
}

function replyInterface(action: Action, summaries: Summaries): string[] {
  if (action.reply.length === 0) return []
  return [
    ...comment([`Headers of the reply to ${action.name}.`, ...link(action.page)]),
    `export type ${identifier(action.name)}Reply = ReplyHeaders & {`,
    ...readonlyFields(action.reply, summaries),
    '}',
    '',
  ]
}

/** The type of a parameter: closed where the values are enumerated, for a misspelt one is an error. */
export function parameterType(field: Field): string {
  const one = scalarType(field)
  if (!field.repeats) return one
  return `${one} | readonly ${one.includes(' ') ? `(${one})` : one}[]`
}

function scalarType({ kind, values, open }: Field): string {
  if (values.length > 0) {
    const types = values.map(quote)
    if (values.every((value) => /^-?\d+$/.test(value))) types.push(...values)
    if (values.includes('true') && values.includes('false')) types.push('boolean')
    if (open) types.push('(string & {})')
    return types.join(' | ')
  }
  if (kind === 'number') return 'number | string'
  if (kind === 'boolean') return 'Flag'
  return kind === 'scalar' ? 'string | number' : 'string'
}
