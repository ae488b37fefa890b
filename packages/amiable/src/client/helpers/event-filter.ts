import { asteriskOf } from '../../catalog/facts.ts'
import { got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import type { CallOptions } from '../calls/call.ts'
import type { Client } from '../client.ts'

/** Which events a server-side filter is about. */
export interface EventFilter {
  /** Whether they are sent, and no others but those of further such filters; or not sent. */
  readonly action: 'include' | 'exclude'
  /** The event's name. @default any */
  readonly event?: string | undefined
  /** The header whose value is compared. @default the whole event is */
  readonly header?: string | undefined
  /** How `value` is compared. @default 'exact' with a `header`, 'contains' without */
  readonly method?: 'exact' | 'startsWith' | 'endsWith' | 'contains' | 'regex' | undefined
  /** What is compared; for `'regex'` a POSIX extended regular expression. @default nothing: the name is enough */
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
 * Has the server filter the events of this session: what it leaves out costs neither of us anything. With only
 * excluding filters the rest is sent, with including ones their union, less what is excluded. Lists and answers are
 * not filtered. A filter lasts as long as the login: add it anew at each `ready` of `status()`; none can be taken away.
 *
 * Sends the structured form where the server knows it (18.26, 20.11, 21.6, 22.1 and newer), which compares the name
 * first and is much the faster, else the regular expression that means the same. Needs the write right `system`.
 * @throws {ArgumentError} at once for a filter that says nothing
 */
export function addEventFilter(
  client: Pick<Client, 'sendRaw' | 'version'>,
  filter: EventFilter,
  options: Omit<CallOptions, 'variables'> = {},
): Promise<void> {
  check(filter)
  const send = async () => {
    const structured = await knowsStructured(client, options)
    await client.sendRaw(
      'Filter',
      { Operation: 'Add', ...(structured ? criteriaOf(filter) : regexOf(filter)) },
      options,
    )
  }
  return send()
}

function check({ action, event, header, method, value }: EventFilter): void {
  if (action !== 'include' && action !== 'exclude')
    throw invalid('action', `must be 'include' or 'exclude', ${got(action)}`)
  if (event === undefined && value === undefined)
    throw invalid('event', 'is missing, and so is value: name an event or a value to look for')
  if (event !== undefined && !/^[\w-]+$/.test(event)) throw invalid('event', `must be an event's name, ${got(event)}`)
  if (header !== undefined && !/^[\w-]+$/.test(header))
    throw invalid('header', `must be a header's name, ${got(header)}`)
  if (header !== undefined && value === undefined) throw invalid('value', 'is missing: the header is compared with it')
  if (method !== undefined && !Object.hasOwn(methods, method))
    throw invalid('method', `must be one of ${Object.keys(methods).join(', ')}, ${got(method)}`)
  if (method !== undefined && value === undefined) throw invalid('value', 'is missing: the method compares with it')
}

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

function criteriaOf({ action, event, header, value, method }: EventFilter): Record<string, string | undefined> {
  const criteria = [`action(${action})`]
  if (event !== undefined) criteria.push(`name(${event})`)
  if (header !== undefined) criteria.push(`header(${header})`)
  if (value === undefined) return { MatchCriteria: criteria.join(',') }
  criteria.push(`method(${methods[method ?? usual(header)]})`)
  return { MatchCriteria: criteria.join(','), Filter: value }
}

// the expression is matched against the whole event, line ends and all; [[:cntrl:]] stands for one of these
const END = '[[:cntrl:]]'
const INSIDE = '[^[:cntrl:]]*'

function regexOf({ action, event, header, value, method = usual(header) }: EventFilter): { Filter: string } {
  const negation = action === 'exclude' ? '!' : ''
  const name = event === undefined ? '' : `^Event: ${event}${END}`
  if (value === undefined) return { Filter: `${negation}${name}` }
  const meant = method === 'regex' ? `(${value})` : literally(value)
  const around = header === undefined ? meant : `${END}${header}: ${placed(meant, method)}`
  return { Filter: `${negation}${name}${name && '.*'}${around}` }
}

function placed(meant: string, method: keyof typeof methods): string {
  if (method === 'exact') return `${meant}${END}`
  if (method === 'startsWith') return meant
  if (method === 'endsWith') return `${INSIDE}${meant}${END}`
  return `${INSIDE}${meant}`
}

function usual(header: string | undefined): keyof typeof methods {
  return header === undefined ? 'contains' : 'exact'
}

function literally(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
}
