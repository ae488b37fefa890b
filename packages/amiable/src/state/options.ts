import {
  checkAmount,
  checkClock,
  checkDuration,
  checkEach,
  checkOptions,
  checkSignal,
  checkSync,
  checkWhole,
  dependable,
  got,
} from '../check.ts'
import { invalid } from '../errors.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import { type Kind, kindFacts, LISTED_KINDS } from './kinds.ts'

/** How a model is kept; milliseconds everywhere. */
export interface StateOptions {
  /** What to keep; `calls` brings channels and bridges. @default every kind whose list costs neither rights nor disk */
  kinds?: readonly Kind[] | undefined
  /** Which of them: asked once for each name. @default all, of devices neither `Local/…` nor `Queue:…_pause_…` */
  filter?:
    | {
        queue?: ((name: string) => boolean) | undefined
        device?: ((name: string) => boolean) | undefined
        /** The context of hints. */
        context?: ((name: string) => boolean) | undefined
      }
    | undefined
  /**
   * Channel variables to keep, of `channelvars` and of VarSet where the account gets it. @default none
   */
  variables?: readonly string[] | undefined
  /**
   * How often to list again, to find what Asterisk changes without an event; `false` for never.
   * @default { queues: 30_000, others: 300_000, jitter: 0.2 }
   */
  audit?: { queues?: number | undefined; others?: number | undefined; jitter?: number | undefined } | false | undefined
  /** Ended calls, and how long ended keys stop rows that are late. @default { calls: 1_000, milliseconds: 120_000 } */
  keep?: { calls?: number | undefined; milliseconds?: number | undefined } | undefined
  /**
   * How many are kept; `channels` goes for bridges, rooms, callers and parked calls too, `queueMembers` for queues, and
   * `devices` for every other kind. `bytes` is a limit for all of it together, roughly counted.
   * @default { channels: 50_000, devices: 20_000, queueMembers: 20_000, changes: 10_000, bytes: 100_663_296 }
   */
  limits?:
    | {
        channels?: number | undefined
        devices?: number | undefined
        queueMembers?: number | undefined
        changes?: number | undefined
        bytes?: number | undefined
      }
    | undefined
  /** Where time comes from; a test gives its own. @default the machine's */
  clock?: Clock | undefined
  /** Where the jitter's randomness comes from, 0 to 1. @default Math.random */
  random?: (() => number) | undefined
  /** Closes the model when it aborts. */
  signal?: AbortSignal | undefined
}

/** Options checked and made complete. */
export interface ResolvedOptions {
  readonly kinds: ReadonlySet<Kind>
  readonly filter: {
    readonly queue: ((name: string) => boolean) | undefined
    readonly device: (name: string) => boolean
    readonly context: ((name: string) => boolean) | undefined
  }
  readonly variables: ReadonlySet<string>
  readonly audit: { readonly queues: number; readonly others: number; readonly jitter: number } | false
  readonly keep: { readonly calls: number; readonly milliseconds: number }
  readonly limits: {
    readonly channels: number
    readonly devices: number
    readonly queueMembers: number
    readonly changes: number
    readonly bytes: number
  }
  readonly clock: Clock
  readonly random: () => number
  readonly signal: AbortSignal | undefined
}

// fifty thousand channels with their calls take about two thirds of it
const MOST_BYTES = 96 * 1_024 * 1_024
const ALL: ReadonlySet<string> = new Set([...LISTED_KINDS, 'calls'])
const USUAL: readonly Kind[] = [...LISTED_KINDS.filter((kind) => kindFacts(kind).price === undefined), 'calls']
const KNOWN: Readonly<Record<keyof StateOptions, true>> = {
  kinds: true,
  filter: true,
  variables: true,
  audit: true,
  keep: true,
  limits: true,
  clock: true,
  random: true,
  signal: true,
}

// reported by events and never listed (main/core_unreal.c sets AST_FLAG_DISABLE_DEVSTATE_CACHE), or never gone
// (apps/app_queue.c): as many as numbers are dialled, and members ever added
const PASSING = /^(?:Local|CBAnn|CBRec|Announcer|Recorder|Snoop)\/|^Queue:.*_pause_/
const isLasting = (name: string) => !PASSING.test(name)

/**
 * Checks options and fills in the defaults.
 * @throws {ArgumentError} naming the option that is wrong
 */
export function resolveStateOptions(options: StateOptions): ResolvedOptions {
  const set = checkOptions<StateOptions>('', options, KNOWN, 'an object such as { kinds, filter }')
  const { clock = systemClock, random = Math.random, signal } = set
  checkClock('clock', clock)
  checkSync('random', random)
  checkSignal('signal', signal)
  const filters = { queue: checkSync, device: checkSync, context: checkSync }
  const filter = checkEach<NonNullable<StateOptions['filter']>>(
    'filter',
    set.filter === undefined ? {} : set.filter,
    filters,
  )
  const keep = checkEach<NonNullable<StateOptions['keep']>>('keep', set.keep === undefined ? {} : set.keep, {
    calls: (argument, value) => checkWhole(argument, value, 1),
    milliseconds: checkAmount,
  })
  const least = (argument: string, value: unknown) => checkWhole(argument, value, 1)
  const limits = checkEach<NonNullable<StateOptions['limits']>>('limits', set.limits === undefined ? {} : set.limits, {
    channels: least,
    devices: least,
    queueMembers: least,
    changes: least,
    bytes: least,
  })
  return {
    kinds: kindsOf(set.kinds),
    filter: { queue: filter.queue, device: filter.device ?? isLasting, context: filter.context },
    variables: new Set(namesOf('variables', set.variables === undefined ? [] : set.variables)),
    audit: auditOf(set.audit),
    keep: { calls: keep.calls ?? 1_000, milliseconds: keep.milliseconds ?? 120_000 },
    limits: {
      channels: limits.channels ?? 50_000,
      devices: limits.devices ?? 20_000,
      queueMembers: limits.queueMembers ?? 20_000,
      changes: limits.changes ?? 10_000,
      bytes: limits.bytes ?? MOST_BYTES,
    },
    clock,
    random: dependable(random),
    signal,
  }
}

function kindsOf(given: readonly Kind[] | undefined): ReadonlySet<Kind> {
  const kinds = new Set<Kind>(namesOf('kinds', given === undefined ? USUAL : given) as readonly Kind[])
  for (const kind of kinds) {
    if (!ALL.has(kind)) throw invalid('kinds', `must hold only ${[...ALL].join(', ')}, ${got(kind)}`)
  }
  if (kinds.size === 0) throw invalid('kinds', 'must name one kind at least')
  if (kinds.has('calls')) kinds.add('channels').add('bridges')
  return kinds
}

function namesOf(argument: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
  throw invalid(argument, `must be a list of names, ${got(value)}`)
}

function checkShare(argument: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value <= 1) return
  throw invalid(argument, `must be a number from 0 to 1, ${got(value)}`)
}

function auditOf(given: StateOptions['audit']): ResolvedOptions['audit'] {
  if (given === false) return false
  const audit = checkEach<Exclude<NonNullable<StateOptions['audit']>, false>>(
    'audit',
    given === undefined ? {} : given,
    {
      queues: checkDuration,
      others: checkDuration,
      jitter: checkShare,
    },
  )
  return { queues: audit.queues ?? 30_000, others: audit.others ?? 300_000, jitter: audit.jitter ?? 0.2 }
}
