// What the catalog knows at run time.
import { checkString, got } from '../check.ts'
import { invalid } from '../errors.ts'
import { ACTIONS, EVENTS, HEADERS, OPTION_PARAMETERS } from './generated/tables.ts'
import { list, Table } from './table.ts'

/** Which versions have something. */
export interface Availability {
  /** The first release of each branch that got it, such as `18.19.0` and `20.4.0`; none: every version since 16. */
  readonly since: readonly string[]
  /** The first version without it. */
  readonly removed: string | undefined
}

/**
 * How long an action may keep its session from answering anything else, for a session runs one action at a time:
 * nobody can say (`always`), as long as the parameter `lasts` says, or only where the parameter `calls` names a function.
 */
export type Slow =
  | 'always'
  | {
      readonly lasts: string
      readonly unit: 's' | 'ms'
      /** In milliseconds, without that parameter; undefined: nobody can say. */
      readonly otherwise: number | undefined
      /** A parameter that, where it is true, makes the action answer at once. */
      readonly unless: string | undefined
    }
  | { readonly calls: string }

/**
 * How an answer ends that does not mark its own end. `bare`: its completing event has no `EventList`. `open`: it
 * announces events and does not mark the last. `nameless`: its rows carry no ActionID. `raw`: it answers with lines that
 * are neither Response nor Event. `fused`: its events come with no blank line between them. `verdict`: it acknowledges
 * first, and a second Response says how it went.
 */
export type Ending = 'bare' | 'open' | 'nameless' | 'raw' | 'fused' | 'verdict'

/** What is known of an action. */
export interface ActionFacts extends Availability {
  /** As Asterisk spells it. */
  readonly name: string
  /** The classes that allow it, any one of them; none: every login may. */
  readonly privileges: readonly string[]
  /** The rows of its list, where it answers with one. */
  readonly rows: readonly string[]
  /** The event that ends its list. */
  readonly completion: string | undefined
  /** The action that does the same, for one that has gone or is to go. */
  readonly replacedBy: string | undefined
  /** Whether it changes nothing on the server. */
  readonly reads: boolean
  /** Whether it does something once more when it is sent once more; all others read or set a state. */
  readonly twice: boolean
  /** Undefined: its handler is done at once. */
  readonly slow: Slow | undefined
  /** Undefined: the answer says itself where it ends. */
  readonly ending: Ending | undefined
}

/** What is known of an event. */
export interface EventFacts extends Availability {
  /** As Asterisk spells it. */
  readonly name: string
  /** The classes that a login must be allowed to read and must ask for, all of them; none: it only comes in lists. */
  readonly classes: readonly string[]
  /** What stands before the headers of each channel that it tells of: `''`, `Dest` and so on. */
  readonly channels: readonly string[]
  /** It prints `ChanVariable(<channel>)`, unescaped, and not `ChanVariable`. */
  readonly namedVariables: boolean
  /** The actions that have it as a row of their list or as its end. */
  readonly listedBy: readonly string[]
}

const actions = new Table(ACTIONS, (fields): ActionFacts => {
  const [name = '', privileges, since, removed, rows, completion, replacedBy, effect, slow, ending] = fields
  return {
    name,
    privileges: list(privileges),
    since: list(since),
    removed: removed || undefined,
    rows: list(rows),
    completion: completion || undefined,
    replacedBy: replacedBy || undefined,
    reads: effect === 'r',
    twice: effect === 't',
    slow: slowOf(slow),
    ending: (ending || undefined) as Ending | undefined,
  }
})

const optionParameters = new Table(
  OPTION_PARAMETERS,
  ([, takers]): ReadonlySet<string> => new Set(list(takers?.toLowerCase())),
)

const events = new Table(
  EVENTS,
  ([name = '', classes, since, removed, channels, prints]): EventFacts => ({
    name,
    classes: list(classes),
    since: list(since),
    removed: removed || undefined,
    channels: list(channels).map((prefix) => (prefix === '-' ? '' : prefix)),
    namedVariables: prints === 'named',
    listedBy: allActions()
      .filter(({ rows, completion }) => completion === name || rows.includes(name))
      .map((action) => action.name),
  }),
)

/** What is known of the action of this name, in any case of letters. */
export function actionFacts(name: string): ActionFacts | undefined {
  checkString('name', name, "an action's name")
  return actions.get(name)
}

/** Whether an option of a call, such as `timeout`, is also a parameter of this action of the catalog. */
export function isParameter(action: string, option: string): boolean {
  return optionParameters.get(option)?.has(action.toLowerCase()) === true
}

/** What is known of the event of this name, in any case of letters. */
export function eventFacts(name: string): EventFacts | undefined {
  checkString('name', name, "an event's name")
  return events.get(name)
}

/** Every action, in order. */
export function allActions(): ActionFacts[] {
  return actions.all()
}

/** Every event, in order. */
export function allEvents(): EventFacts[] {
  return events.all()
}

/** The names of the headers of all events and replies, those with a number or a channel in their name left out. */
export function headerNames(): string[] {
  return HEADERS.trim().split(/\s+/)
}

/** Whether a version such as `22.10.1` or `22` has it; of a bare `22`, whether its newest release has. */
export function hasVersion({ since, removed }: Availability, version: string): boolean {
  const wanted = numbers(version)
  if (removed !== undefined && compare(wanted, numbers(removed)) >= 0) return false
  if (since.length === 0) return true
  const branches = since.map(numbers)
  const own = branches.find(([major]) => major === wanted[0])
  // branches that were no longer maintained when it came never got it
  if (own === undefined) return branches.every(([major = 0]) => major < (wanted[0] ?? 0))
  return wanted.length === 1 || compare(wanted, own) >= 0
}

/** Checks a version of Asterisk. */
export function checkVersion(argument: string, value: unknown): void {
  if (typeof value === 'string' && /^\d/.test(value)) return
  throw invalid(argument, `must be a version of Asterisk as in '22.10.1' or '22', ${got(value)}`)
}

/** The version of Asterisk that speaks this version of AMI: since 15 they go in step (include/asterisk/manager.h). */
export function asteriskOf(amiVersion: string): number | undefined {
  checkString('amiVersion', amiVersion, "a version of AMI as in '11.0.0'")
  const major = Number.parseInt(amiVersion, 10)
  return major >= 4 ? major + 11 : undefined
}

/**
 * The classes that a login's event mask lacks for an event; empty where it can come, or where nothing is known of it.
 * @param mask the mask as the login sends it, such as `call,agent`
 */
export function missingClasses(event: string, mask: string): readonly string[] {
  checkString('event', event, "an event's name")
  checkString('mask', mask, "a text of classes as in 'call,agent'")
  const classes = eventFacts(event)?.classes ?? []
  if (mask === 'on' || mask.split(',').includes('all')) return []
  const asked = new Set(mask.split(','))
  return classes.filter((name) => !asked.has(name))
}

/**
 * Whether Asterisk C-escapes this header in this event: caller names and variables of every channel snapshot
 * (main/manager_channels.c:ast_manager_build_channel_state_string_prefix) and the value of VarSet
 * (main/stasis_channels.c:varset_to_ami), and nothing else. Of a UserEvent only what stands before its own header
 * `UserEvent`: the rest came from whoever sent it. Of an unknown event, what looks like a snapshot.
 */
export function isEscaped(event: string, header: string): boolean {
  const match = /^(.*?)(?:CallerIDName|ConnectedLineName|ChanVariable)$/.exec(header)
  if (match) return eventFacts(event)?.channels.includes(match[1] ?? '') ?? /^(?:[A-Z][A-Za-z]*)?$/.test(match[1] ?? '')
  return header === 'Value' && event === 'VarSet'
}

/** Reads what tools/codegen/src/emit/tables.ts writes: `*`, `Variable(` or `Timeout,ms,30000,Async`. */
function slowOf(field: string | undefined): Slow | undefined {
  if (!field) return undefined
  if (field === '*') return 'always'
  if (field.endsWith('(')) return { calls: field.slice(0, -1) }
  const [lasts = '', unit, otherwise, unless] = field.split(',')
  return {
    lasts,
    unit: unit === 's' ? 's' : 'ms',
    otherwise: otherwise ? Number(otherwise) : undefined,
    unless: unless || undefined,
  }
}

function numbers(version: string): number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10) || 0)
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
