import { asteriskOf } from '../../catalog/facts.ts'
import { checkChoice, checkClient, checkRecord, checkText, got, unknownName } from '../../check.ts'
import { invalid } from '../../errors.ts'
import { byteLength } from '../../util/text.ts'
import { LINE_BYTES } from '../../wire/encoder.ts'
import { awaited } from '../caller-frames.ts'
import type { CallOptions } from '../calls/call.ts'
import { checkHelperOptions } from '../calls/check-call.ts'
import type { Client } from '../client.ts'

/** Says which events a filter in the server sends or leaves out. */
export interface EventFilter {
  /**
   * `'exclude'`: the server does not send these events. `'include'`: it sends only these events, and those of other
   * such filters.
   */
  readonly action: 'include' | 'exclude'
  /** The name of the event. @default any */
  readonly event?: string | undefined
  /** The header whose value the server compares. @default the complete event */
  readonly header?: string | undefined
  /** How the server compares `value`. @default 'exact' with a `header`, 'contains' without */
  readonly method?: 'exact' | 'startsWith' | 'endsWith' | 'contains' | 'regex' | undefined
  /** The text to compare with. For `'regex'` a POSIX extended regular expression. @default none: the name is enough */
  readonly value?: string | undefined
}

const methods = {
  exact: 'exact',
  startsWith: 'starts_with',
  endsWith: 'ends_with',
  contains: 'contains',
  regex: 'regex',
} as const

/**
 * Makes the server filter the events of this session. An event that it leaves out costs neither side anything.
 * With only `'exclude'` filters the server sends all other events. With `'include'` filters it sends their events,
 * without those that are excluded. It does not filter lists and answers.
 * A filter lasts as long as the login: add it again at each `ready` of `status()`. Nobody can remove a filter.
 * The client sends the structured form to servers that know it (18.26, 20.11, 21.6, 22.1 and newer), because it is much
 * faster. Other servers receive a regular expression of the same meaning.
 * The account needs the write right `system`.
 * @throws {ArgumentError} at once, for a filter that is empty, or that would mean something else on another version
 */
export function addEventFilter(
  client: Pick<Client, 'sendRaw' | 'version'>,
  filter: EventFilter,
  options: Omit<CallOptions, 'variables'> = {},
): Promise<void> {
  checkClient(client)
  checkFilter(filter)
  checkHelperOptions(options, ['variables'])
  return awaited(add(client, { ...filter }, { ...options }))
}

async function add(
  client: Pick<Client, 'sendRaw' | 'version'>,
  filter: EventFilter,
  options: CallOptions,
): Promise<void> {
  const structured = await knowsStructured(client, options)
  const params = structured ? criteriaOf(filter) : regexOf(filter)
  await client.sendRaw('Filter', { Operation: 'Add', ...params }, options)
}

const FIELDS = { action: true, event: true, header: true, method: true, value: true }

function checkFilter(filter: EventFilter): void {
  checkRecord('filter', filter, 'an object such as { action, event }')
  for (const name of Object.keys(filter)) if (!Object.hasOwn(FIELDS, name)) throw unknownName(name, FIELDS)
  const { action, event, header, method, value } = filter
  checkChoice('action', action, ['include', 'exclude'])
  if (event === undefined && value === undefined) {
    throw invalid('event', 'is missing, and so is value: name an event or a value to look for')
  }
  for (const [name, given] of Object.entries({ event, header })) {
    if (given === undefined || (typeof given === 'string' && /^[\w-]+$/.test(given))) continue
    throw invalid(name, `must be the name of one, ${got(given)}`)
  }
  if (method !== undefined) checkChoice('method', method, Object.keys(methods) as (keyof typeof methods)[])
  if (value === undefined) {
    if (header !== undefined) throw invalid('value', 'is missing: the header is compared with it')
    if (method !== undefined) throw invalid('value', 'is missing: the method compares with it')
    return
  }
  checkText('value', value)
  const most = LINE_BYTES - 'Filter: '.length
  if (value.length > most) throw invalid('value', `must be at most ${most} bytes long`)
  // main/manager.c:filter_cmp_fn skips the blanks in front of a header's value
  if (value.charCodeAt(0) <= 32) throw invalid('value', 'must not begin with a blank: no value that is compared does')
  if (header === undefined && method !== undefined && method !== 'contains' && method !== 'regex') {
    throw invalid('method', `must be 'contains' or 'regex' without a header, ${got(method)}`)
  }
  if (method === 'regex' && !isBalanced(value)) throw invalid('value', 'must be an expression with balanced brackets')
  const longest = [criteriaOf(filter).Filter ?? '', regexOf(filter).Filter].map((text) => byteLength(text, 'utf8'))
  if (Math.max(...longest) > most) {
    throw invalid('value', `must be shorter: its expression may have ${most} bytes and has ${Math.max(...longest)}`)
  }
}

/** Whether an expression can stand in a group of the filter, and ends there. */
function isBalanced(expression: string): boolean {
  let depth = 0
  for (const [part] of expression.matchAll(PARTS)) {
    if (part === '(') depth++
    else if (part === ')' && --depth < 0) return false
    // a set that has no end
    else if (part === '[' || part === '\\') return false
  }
  return depth === 0
}

// an escaped character, a set, in which nothing is special but `]`, classes such as [:alpha:], or a single character
const PARTS = /\\.|\[\^?\]?(?:\[[:.=][^\]]*\]|[^\]])*\]|[\s\S]/g

// the first release of each branch that has them (main/manager.c:manager_add_filter, MatchCriteria)
const since: Readonly<Record<number, number>> = { 18: 26, 20: 11, 21: 6, 22: 1 }

async function knowsStructured(
  client: Pick<Client, 'sendRaw' | 'version'>,
  options: Omit<CallOptions, 'variables'>,
): Promise<boolean> {
  const asterisk = asteriskOf(client.version) ?? 0
  if (asterisk >= 23) return true
  if (asterisk < 18) return false
  const settings = await client.sendRaw('CoreSettings', undefined, options)
  const [, branch, point] = /(?:^|\D)(\d+)\.(\d+)/.exec(settings.get('AsteriskVersion') ?? '') ?? []
  return Number(point) >= (since[Number(branch)] ?? (Number(branch) > 22 ? 0 : Number.POSITIVE_INFINITY))
}

function criteriaOf({ action, event, header, value, method = usual(header) }: EventFilter): Criteria {
  const criteria = [`action(${action})`]
  if (event !== undefined) criteria.push(`name(${event})`)
  if (header !== undefined) criteria.push(`header(${header})`)
  if (value === undefined) return { MatchCriteria: criteria.join(',') }
  // a `!` in front is taken for a negation, and away: in an expression it can be written otherwise
  const negating = value.startsWith('!')
  criteria.push(`method(${negating ? 'regex' : methods[method]})`)
  const Filter = negating ? bracketed(method === 'regex' ? value : anchored(literally(value), method)) : value
  return { MatchCriteria: criteria.join(','), Filter }
}

interface Criteria {
  readonly [header: string]: string | undefined
  readonly MatchCriteria: string
  readonly Filter?: string
}

// of one header's value, without its line end
function anchored(meant: string, method: keyof typeof methods): string {
  const start = method === 'exact' || method === 'startsWith' ? '^' : ''
  const end = method === 'exact' || method === 'endsWith' ? '$' : ''
  return `${start}${meant}${end}`
}

function bracketed(expression: string): string {
  return expression.replace(/^!/, '[!]')
}

// the expression is matched against all of the event, line ends included; [[:cntrl:]] stands for one of these
const END = '[[:cntrl:]]'
const INSIDE = '[^[:cntrl:]]*'

function regexOf({ action, event, header, value, method = usual(header) }: EventFilter): { readonly Filter: string } {
  const negation = action === 'exclude' ? '!' : ''
  const name = event === undefined ? '' : `^Event: ${event}${END}`
  if (value === undefined) return { Filter: `${negation}${name}` }
  const around = header === undefined ? insideEvent(value, method) : `${END}${header}: ${insideHeader(value, method)}`
  return { Filter: `${negation}${bracketed(`${name}${name && '.*'}${around}`)}` }
}

function insideEvent(value: string, method: keyof typeof methods): string {
  return method === 'regex' ? `(${value})` : literally(value)
}

function insideHeader(value: string, method: keyof typeof methods): string {
  if (method === 'regex') return `(${alternatives(value).map(insideLine).join('|')})`
  const meant = literally(value)
  if (method === 'exact') return `${meant}${END}`
  if (method === 'startsWith') return meant
  if (method === 'endsWith') return `${INSIDE}${meant}${END}`
  return `${INSIDE}${meant}`
}

// ^ and $ are the ends of the value, and here it is in the middle of the event
function insideLine(alternative: string): string {
  const start = alternative.startsWith('^')
  const end = /(?<!\\)(?:\\\\)*\$$/.test(alternative)
  const meant = alternative.slice(start ? 1 : 0, end ? -1 : undefined)
  return `${start ? '' : INSIDE}${meant}${end ? END : ''}`
}

/** Returns the alternatives of an expression, those inside of its groups left together. */
function alternatives(expression: string): string[] {
  const found = ['']
  let depth = 0
  for (const [part] of expression.matchAll(PARTS)) {
    if (part === '(') depth++
    else if (part === ')') depth--
    if (part === '|' && depth === 0) found.push('')
    else found.push(`${found.pop()}${part}`)
  }
  return found
}

function usual(header: string | undefined): keyof typeof methods {
  return header === undefined ? 'contains' : 'exact'
}

function literally(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
}
