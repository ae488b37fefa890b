// What the catalog knows at run time.
import { checkString, got } from '../check.ts'
import { invalid } from '../errors.ts'
import { ACTIONS, EVENTS, HEADERS, OPTION_PARAMETERS } from './generated/tables.ts'
import { list, Table } from './table.ts'

/** The versions of Asterisk that have an action or an event. */
export interface Availability {
  /** The first release of each branch that has it, such as `18.19.0` and `20.4.0`. Empty: every version since 16. */
  readonly since: readonly string[]
  /** The first version that no longer has it. */
  readonly removed: string | undefined
}

/**
 * Says how long an action may block its session, which runs one action at a time. `always`: for an unknown time.
 * `lasts`: as long as that parameter says. `calls`: only if that parameter names a function.
 */
export type Slow =
  | 'always'
  | {
      readonly lasts: string
      readonly unit: 's' | 'ms'
      /** Milliseconds if that parameter is absent. `undefined`: nobody can know. */
      readonly otherwise: number | undefined
      /** A parameter that makes the action answer at once when it is true. */
      readonly unless: string | undefined
    }
  | { readonly calls: string }

/**
 * Says how an answer ends that does not mark its end. `bare`: the event that completes it has no `EventList`. `open`:
 * it announces events and does not mark the last. `nameless`: its rows carry no ActionID. `raw`: it has lines that are
 * neither Response nor Event. `fused`: its events have no blank line between them. `verdict`: a second Response says
 * how it went.
 */
export type Ending = 'bare' | 'open' | 'nameless' | 'raw' | 'fused' | 'verdict'

/** The facts about an action. */
export interface ActionFacts extends Availability {
  /** The name in Asterisk's spelling. */
  readonly name: string
  /** The privilege classes that allow the action. One of them is enough. Empty: every account may. */
  readonly privileges: readonly string[]
  /** The names of the rows, if it answers with a list. */
  readonly rows: readonly string[]
  /** The event that completes its list. */
  readonly completion: string | undefined
  /** The action that replaces it, if it was removed or will be. */
  readonly replacedBy: string | undefined
  /** Whether it only reads, and changes nothing on the server. */
  readonly reads: boolean
  /** Whether it acts a second time when it is sent a second time. All others read or set a state. */
  readonly twice: boolean
  /** How long it may block its session. `undefined`: it answers at once. */
  readonly slow: Slow | undefined
  /** How its answer ends. `undefined`: the answer says itself where it ends. */
  readonly ending: Ending | undefined
}

/** The facts about an event. */
export interface EventFacts extends Availability {
  /** The name in Asterisk's spelling. */
  readonly name: string
  /**
   * The privilege classes that an account must be allowed to read and must ask for. All are needed. Empty: the event
   * only comes in lists.
   */
  readonly classes: readonly string[]
  /** The prefix of the headers of each channel in the event: `''`, `Dest` and so on. */
  readonly channels: readonly string[]
  /** Whether it has `ChanVariable(<channel>)`, unescaped, in place of `ChanVariable`. */
  readonly namedVariables: boolean
  /** The actions whose lists have it as a row or as the event that completes them. */
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

/** Returns the facts about the action of this name, in upper or lower case. */
export function actionFacts(name: string): ActionFacts | undefined {
  checkString('name', name, "an action's name")
  return actions.get(name)
}

/** Whether an option of a call, such as `timeout`, is also a parameter of this action of the catalog. */
export function isParameter(action: string, option: string): boolean {
  return optionParameters.get(option)?.has(action.toLowerCase()) === true
}

/** Returns the facts about the event of this name, in upper or lower case. */
export function eventFacts(name: string): EventFacts | undefined {
  checkString('name', name, "an event's name")
  return events.get(name)
}

/** Returns every action, in order. */
export function allActions(): ActionFacts[] {
  return actions.all()
}

/** Returns every event, in order. */
export function allEvents(): EventFacts[] {
  return events.all()
}

/**
 * Returns the names of the headers of all events and replies, those with a number or a channel in their name left out.
 */
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

/**
 * Returns the major version of Asterisk that speaks this version of AMI: since 15 both count up together
 * (include/asterisk/manager.h).
 */
export function asteriskOf(amiVersion: string): number | undefined {
  checkString('amiVersion', amiVersion, "a version of AMI as in '11.0.0'")
  const major = Number.parseInt(amiVersion, 10)
  return major >= 4 ? major + 11 : undefined
}

/**
 * Returns the classes that an event mask lacks for an event. Empty if the event can come, or if the catalog does not
 * know it.
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
