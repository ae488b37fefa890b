// What an account of manager.conf must be allowed.
import { checkEach, got, isListOf } from '../check.ts'
import { invalid } from '../errors.ts'
import { type Availability, actionFacts, allActions, checkVersion, eventFacts, hasVersion } from './facts.ts'

/** The actions that a program sends and the events that it receives. */
export interface RightsRequest {
  /** Names of actions. */
  readonly actions?: readonly string[] | undefined
  /** Names of events. */
  readonly events?: readonly string[] | undefined
  /** The version of Asterisk, such as `22.10.1` or `22`. Names that this version lacks need no right. */
  readonly version?: string | undefined
}

/** A case in which the classes are not enough. */
export interface RightsNote {
  /** The action or the event. */
  readonly name: string
  readonly note: string
  /** Further classes that are needed in that case. */
  readonly read: readonly string[]
  readonly write: readonly string[]
}

/** The rights that a section of manager.conf must grant. */
export interface Rights {
  /** The classes for `read = …`. */
  readonly read: readonly string[]
  /** The classes for `write = …`. Empty: every account may send these actions. */
  readonly write: readonly string[]
  /** The cases in which the classes above are not enough. */
  readonly notes: readonly RightsNote[]
  /** Names that the catalog does not know, so that it does not know their rights either. */
  readonly unknown: readonly string[]
  /** Names that the given version does not have. */
  readonly unavailable: readonly string[]
}

/**
 * Returns the fewest rights that these actions and events need.
 * An action needs one of its classes (main/manager.c:process_message), an event all of its classes
 * (main/manager.c:process_events). If one of several classes is enough, it takes the weakest: a class that does not
 * open the server itself, and that allows the fewest other actions.
 * @throws {ArgumentError} naming what is wrong with the request
 */
export function rightsFor(request: RightsRequest): Rights {
  const { actions = [], events = [], version } = checkRequest(request)
  const unknown = [...actions.filter((name) => !actionFacts(name)), ...events.filter((name) => !eventFacts(name))]
  const isThere = (facts: Availability) => version === undefined || hasVersion(facts, version)
  const known = { actions: unique(actions.map(actionFacts)), events: unique(events.map(eventFacts)) }
  const sent = known.actions.filter(isThere)
  const heard = known.events.filter(isThere)
  const read = [...new Set(heard.flatMap(({ classes }) => classes))].sort()
  const write = weakest(sent.map(({ privileges }) => privileges).filter(({ length }) => length > 0))
  const notes: RightsNote[] = []
  for (const { name } of sent) {
    for (const one of NOTES[name] ?? []) {
      const also = { read: without(one.read, read), write: without(one.write, write) }
      if (one.always || also.read.length + also.write.length > 0) notes.push({ name, note: one.note, ...also })
    }
  }
  for (const { name, classes, listedBy } of heard) {
    if (classes.length > 0 || listedBy.some((action) => sent.some((one) => one.name === action))) continue
    notes.push({ name, note: `It only answers ${listedBy.join(', ')}: ask for that action.`, read: [], write: [] })
  }
  const gone = [...known.actions, ...known.events].filter((facts) => !isThere(facts)).map(({ name }) => name)
  return { read, write, notes, unknown, unavailable: [...new Set(gone)] }
}

function checkRequest(request: RightsRequest): Partial<RightsRequest> {
  const checks = { actions: checkNames, events: checkNames, version: checkVersion }
  return checkEach<RightsRequest>('', request, checks, 'an object such as { actions, events, version }')
}

function checkNames(argument: string, value: unknown): void {
  if (isListOf(value, (name) => typeof name === 'string')) return
  throw invalid(argument, `must be a list of names, ${got(value)}`)
}

interface Note {
  readonly note: string
  readonly read?: readonly string[]
  readonly write?: readonly string[]
  /** It is of use even where the classes are granted. */
  readonly always?: true
}

// main/manager.c:is_restricted_file, 18.16, 19.8, 20.1 and later
const outside: Note = {
  note: 'A file outside the configuration directory is refused, whatever the account, without `live_dangerously` in asterisk.conf.',
  always: true,
}

// main/manager.c:function_capable_string_allowed_with_auths
const functions: Note = { note: 'A variable whose name holds SHELL or EVAL needs `write = system`.', write: ['system'] }

const NOTES: Readonly<Record<string, readonly Note[]>> = {
  // res/res_agi.c: what a command gave comes as AsyncAGIExec
  AGI: [{ note: 'The results of its commands come as AsyncAGIExec: `read = agi`.', read: ['agi'] }],
  // main/manager.c:check_blacklist
  Command: [
    {
      note: 'It allows every CLI command except `module load`, `module unload` and `restart gracefully`, which are refused to everybody.',
      always: true,
    },
  ],
  CreateConfig: [outside],
  GetConfig: [outside],
  GetConfigJSON: [outside],
  Getvar: [functions],
  ListCategories: [outside],
  Originate: [
    // main/manager.c:is_originate_app_permitted, queue_match
    {
      note:
        'An Application whose name holds agi, exec, system, mixmonitor, externalivr, originate, reload or dbdeltree, and ' +
        'Data that holds SHELL, EVAL, CURL, DB, FILE, ODBC or REALTIME, need `write = system`.',
      write: ['system'],
    },
    { note: 'What became of an asynchronous call comes as OriginateResponse: `read = call`.', read: ['call'] },
  ],
  Status: [functions],
  UpdateConfig: [outside],
}

/** Returns the classes, one of each group at least, that open the least. */
function weakest(groups: readonly (readonly string[])[]): string[] {
  const needed = [...new Set(groups.filter(({ length }) => length === 1).flat())]
  const open = groups.filter((group) => !group.some((name) => needed.includes(name)))
  // four classes at most, for no others stand beside another: system, call, reporting, config
  const names = [...new Set(open.flat())].sort()
  let best: readonly string[] = [...needed, ...names]
  for (let chosen = 0; chosen < 1 << names.length; chosen++) {
    const some = [...needed, ...names.filter((_, at) => chosen & (1 << at))]
    if (open.every((group) => group.some((name) => some.includes(name))) && power(some) < power(best)) best = some
  }
  return [...best].sort()
}

/** Classes that are as good as the server: programs are run by MixMonitor and Command, and UpdateConfig writes accounts. */
const MIGHTY = ['command', 'config', 'system']

/** Returns how much these classes open. */
function power(classes: readonly string[]): number {
  const opened = allActions().filter(({ privileges }) => privileges.some((name) => classes.includes(name)))
  const mighty = classes.filter((name) => MIGHTY.includes(name)).length
  return opened.reduce((sum, { reads }) => sum + (reads ? 1 : 1_000), mighty * 1_000_000)
}

function unique<T extends { readonly name: string }>(facts: readonly (T | undefined)[]): T[] {
  return [...new Map(facts.flatMap((one) => (one ? [[one.name, one] as const] : []))).values()]
}

function without(wanted: readonly string[] | undefined, granted: readonly string[]): readonly string[] {
  return (wanted ?? []).filter((name) => !granted.includes(name))
}
