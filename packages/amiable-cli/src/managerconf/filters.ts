// Which events the filters of an account hide for certain (main/manager.c:manager_add_filter, should_send_event). No
// pattern is run: what cannot be read off it is left undecided, and so no pattern makes the check slow.
import type { Finding } from '../doctor/finding.ts'
import { globOf } from '../where/glob.ts'

/** A filter as it stands in the file. */
export interface Filter {
  /** `eventfilter`, or `eventfilter(action(exclude),name(VarSet))`. */
  readonly name: string
  readonly value: string
}

/** What a filter says of an event: it fits every one of that name, none, or some. */
type Verdict = 'all' | 'none' | 'some'

/** Returns the events that no filter lets through, each with the line that hides it. */
export function hiddenBy(filters: readonly Filter[], events: readonly string[]): Map<string, string> {
  const parts = filters.map(read)
  const includes = parts.filter(({ excludes }) => !excludes)
  const excludes = parts.filter((one) => one.excludes)
  const hidden = new Map<string, string>()
  for (const event of events) {
    const out = excludes.find(({ judge }) => judge(event) === 'all')
    const isMissed = includes.length > 0 && includes.every(({ judge }) => judge(event) === 'none')
    if (out !== undefined) hidden.set(event, out.line)
    else if (isMissed) hidden.set(event, includes.map(({ line }) => line).join(' and '))
  }
  return hidden
}

/** Returns the finding of one verb, if anything that it needs is hidden. */
export function findHidden(
  name: string,
  needed: readonly string[],
  account: string,
  filters: readonly Filter[],
  disabled: string,
): Finding[] {
  // FullyBooted is written straight behind the login, past every filter (main/manager.c:action_login)
  const events = needed.filter((event) => event !== 'FullyBooted')
  const hidden = hiddenBy(filters, events)
  const off = disabled.split(',').map((one) => one.trim())
  const gone = events.filter((event) => off.includes(event))
  const parts = [
    ...[...hidden].map(([event, line]) => `${event} is hidden by ${line}`),
    ...gone.map((event) => `${event} is off for everybody by disabledevents`),
  ]
  if (parts.length === 0) return []
  const fix = [
    ...(hidden.size > 0
      ? [
          `[${account}]`,
          `take out, or let through ${[...hidden.keys()].join(', ')}: ${[...new Set(hidden.values())].join('; ')}`,
        ]
      : []),
    ...(gone.length > 0
      ? [
          `[general]: take ${gone.join(', ')} out of disabledevents`,
          'and keep the line: without one a reload changes nothing',
        ]
      : []),
  ]
  return [{ id: 'R4', level: 'error', what: name, says: parts.join('; '), fix }]
}

interface Part {
  readonly line: string
  readonly excludes: boolean
  judge(event: string): Verdict
}

function read({ name, value }: Filter): Part {
  const line = `${name} = ${value}`.trimEnd()
  const [open, close] = [name.indexOf('('), name.lastIndexOf(')')]
  const criteria = open === -1 ? undefined : name.slice(open + 1, close === -1 ? undefined : close)
  const isNegative = value.startsWith('!')
  const pattern = isNegative ? value.slice(1) : value
  if (criteria === undefined) {
    const names = namesOf(pattern)
    return { line, excludes: isNegative, judge: (event) => judgeNames(names, event) }
  }
  const of = (option: string) => new RegExp(`(?:^|[ ,])${option}\\(([^()]*)\\)`).exec(criteria)?.[1]?.trim()
  const [action, event, header] = [of('action'), of('name'), of('header')]
  const isWhole = header === undefined && pattern === ''
  return {
    line,
    excludes: action === undefined ? isNegative : action === 'exclude',
    judge: (one) => {
      if (event === undefined) return 'some'
      if (event !== one) return 'none'
      return isWhole ? 'all' : 'some'
    },
  }
}

/** Globs of the events that a pattern is about; `undefined` stands for a part that is about something else. */
function namesOf(pattern: string): readonly (string | undefined)[] {
  return alternativesOf(pattern).map((one) => {
    const [, name] = /^\^?Event: ?([A-Za-z.*]*)$/.exec(one) ?? []
    if (name === undefined) return undefined
    const glob = name.replaceAll('.*', '\0').replaceAll('.', '?')
    // a * behind a letter repeats that letter
    return glob.includes('*') ? undefined : `${glob.replaceAll('\0', '*')}*`
  })
}

/** Takes alternatives apart: `Event: (Hangup|VarSet)` is two patterns. */
function alternativesOf(pattern: string): string[] {
  const [, before = '', inner, behind = ''] = /^([^()|]*)\(([^()]*)\)([^()|]*)$/.exec(pattern) ?? []
  if (inner === undefined) return pattern.split('|')
  return inner.split('|').map((one) => `${before}${one}${behind}`)
}

function judgeNames(names: readonly (string | undefined)[], event: string): Verdict {
  if (names.some((name) => name !== undefined && globOf(name)(event))) return 'all'
  return names.every((name) => name !== undefined) ? 'none' : 'some'
}
