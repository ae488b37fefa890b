import { checkEach, checkText, checkWhole, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import type { Clock } from '../../util/clock.ts'
import { SeededRandom } from '../time/seeded-random.ts'
import type { Faults } from './faults.ts'
import type { Fault, FaultVerb } from './rule.ts'

/** The name of a fault that a schedule can draw. */
export type ScheduledVerb = Exclude<
  FaultVerb,
  | 'endlessList'
  | 'endlessHeaders'
  | 'banner'
  | 'silent'
  | 'tlsReadStall'
  | 'forgeEnd'
  | 'forgeAnswer'
  | 'deafFollows'
  | 'tornRow'
  | 'drip'
  | 'flood'
  | 'echo'
  | 'madeUpNames'
  | 'hugeRows'
  | 'lag'
>

/**
 * The options of {@link scheduleFaults}. Times are milliseconds. Of a pair the schedule draws a value between the two
 * each time.
 */
export interface ScheduleOptions {
  /** The same seed draws the same faults at the same times. @default 1 */
  readonly seed?: number
  /** The time from the beginning of a fault to that of the next. @default [50, 500] */
  readonly every?: readonly [low: number, high: number]
  /** How long a fault lasts. @default [20, 200] */
  readonly lasting?: readonly [low: number, high: number]
  /** The faults to draw from. @default those of {@link recoverableFaults} */
  readonly verbs?: readonly ScheduledVerb[]
  /** The actions that faults of replies apply to. */
  readonly action?: string | readonly string[]
}

/** A fault that a schedule switched on. */
export interface ScheduledFault {
  /** Milliseconds since the schedule's start. */
  readonly at: number
  readonly verb: ScheduledVerb
  readonly for: number
}

/** A schedule of faults that runs. */
export interface FaultSchedule extends Disposable {
  /** The faults that it has switched on. Print it, and the seed, when a test fails. */
  readonly log: readonly ScheduledFault[]
  readonly seed: number
  /** Ends the schedule, and the faults that it switched on. */
  stop(): void
}

const defaults: readonly ScheduledVerb[] = [
  'replyLate',
  'drop',
  'twice',
  'wrongActionId',
  'cutList',
  'extraBlankLine',
  'strayLineFeed',
  'garbage',
  'splitAt',
  'stall',
  'reset',
  'halfClose',
  'refuseLogin',
  'delayLogin',
  'noBanner',
  'refuseConnection',
]

/** Returns the faults that {@link scheduleFaults} draws from without `verbs`: a client can recover from each. */
export function recoverableFaults(): ScheduledVerb[] {
  return [...defaults]
}

function checkPair(argument: string, value: unknown): void {
  const [low, high, more] = Array.isArray(value) ? value : []
  if (Number.isInteger(low) && Number.isInteger(high) && low >= 0 && low <= high && more === undefined) return
  throw invalid(argument, `must be a pair [low, high] of whole numbers of milliseconds, ${got(value)}`)
}

function checkVerbs(argument: string, value: unknown): void {
  const all = [...defaults, 'cancelList', 'hugeLine', 'fused', 'bareLineFeeds', 'lineEndings']
  if (Array.isArray(value) && value.length > 0 && value.every((verb) => all.includes(verb))) return
  throw invalid(argument, `must be a list with some of ${all.join(', ')}, ${got(value)}`)
}

/** Switches faults on and off at random times, on the server's clock. A seed decides which and when. */
export function scheduleFaults(
  server: { readonly faults: Faults; readonly clock: Clock },
  options: ScheduleOptions = {},
): FaultSchedule {
  if (typeof server?.faults !== 'object' || typeof server.clock !== 'object') {
    throw invalid('server', `must be a simulated Asterisk, ${got(server)}`)
  }
  const given = checkEach<ScheduleOptions>('', options, {
    seed: (argument, value) => checkWhole(argument, value, Number.MIN_SAFE_INTEGER),
    every: checkPair,
    lasting: checkPair,
    verbs: checkVerbs,
    action: (argument, value) => {
      for (const name of Array.isArray(value) ? value : [value]) checkText(argument, name, "an action's name")
    },
  })
  const seed = given.seed ?? 1
  const random = new SeededRandom(seed)
  const [low, high] = options.every ?? [50, 500]
  const [short, long] = options.lasting ?? [20, 200]
  const verbs = options.verbs ?? defaults
  const narrowed = options.action === undefined ? {} : { action: options.action }
  const log: ScheduledFault[] = []
  const active = new Set<Fault>()
  const { clock, faults } = server
  const started = clock.now()
  let stopped = false
  let timer: object | undefined
  const next = (): void => {
    timer = clock.setTimeout(strike, random.integer(low, high))
  }
  const strike = (): void => {
    if (stopped) return
    // a schedule that nobody stops ends with its server
    if (faults.over) {
      stop()
      return
    }
    const verb = random.pick(verbs)
    const time = random.integer(short, long)
    log.push({ at: clock.now() - started, verb, for: time })
    const fault = switchOn(faults, verb, random, narrowed)
    active.add(fault)
    clock.setTimeout(() => {
      fault.off()
      active.delete(fault)
    }, time)
    next()
  }
  const stop = (): void => {
    stopped = true
    clock.clearTimeout(timer)
    for (const fault of active) fault.off()
    active.clear()
  }
  next()
  return { log, seed, stop, [Symbol.dispose]: stop }
}

function switchOn(
  faults: Faults,
  verb: ScheduledVerb,
  random: SeededRandom,
  narrowed: { action?: string | readonly string[] },
): Fault {
  switch (verb) {
    case 'replyLate':
      return faults.replyLate(random.integer(1, 200), { ...narrowed, overtake: random.chance(0.5) })
    case 'drop':
      return faults.drop({ ...narrowed, execute: random.chance(0.5) })
    case 'wrongActionId':
      return faults.wrongActionId(random.chance(0.5) ? undefined : `wrong-${random.integer(1, 999)}`, narrowed)
    case 'cutList':
    case 'cancelList':
      return faults[verb](random.integer(0, 3), narrowed)
    case 'hugeLine':
      return faults.hugeLine(random.integer(1_000, 200_000), narrowed)
    case 'garbage':
      return faults.garbage(undefined, narrowed)
    case 'splitAt':
      return faults.splitAt(random.integer(1, 50))
    case 'lineEndings':
      return faults.lineEndings(random.pick(['lf', 'mixed']))
    case 'delayLogin':
      return faults.delayLogin(random.integer(1, 500))
    case 'stall':
      return faults.stall()
    case 'refuseLogin':
    case 'noBanner':
    case 'refuseConnection':
      return faults[verb]()
    default:
      return faults[verb](narrowed)
  }
}
