import { type Check, checkEach, checkText, checkWhole } from '../../check.ts'
import { invalid } from '../../errors.ts'

/** Says which actions a fault applies to, and how often. */
export interface FaultOptions {
  /** The action or actions, in upper or lower case. @default all except Login, Challenge and Logoff */
  readonly action?: string | readonly string[]
  /** After how many hits the fault switches itself off. @default never */
  readonly times?: number
}

/** A fault that is on. With `using` it ends with its block. */
export interface Fault extends Disposable {
  /** How often the fault has applied. */
  readonly hits: number
  /** Switches the fault off. A second call does nothing. */
  off(): void
}

/** The name of a method of {@link Faults}. */
export type FaultVerb =
  | 'replyLate'
  | 'drop'
  | 'twice'
  | 'wrongActionId'
  | 'cutList'
  | 'cancelList'
  | 'endlessList'
  | 'hugeLine'
  | 'endlessHeaders'
  | 'garbage'
  | 'fused'
  | 'bareLineFeeds'
  | 'strayLineFeed'
  | 'extraBlankLine'
  | 'reset'
  | 'halfClose'
  | 'stall'
  | 'splitAt'
  | 'lineEndings'
  | 'refuseLogin'
  | 'delayLogin'
  | 'silent'
  | 'noBanner'
  | 'banner'
  | 'refuseConnection'
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

const untouched = new Set(['login', 'challenge', 'logoff'])

/** What a verb makes of its own arguments. */
export interface RuleParts {
  readonly number?: number | undefined
  readonly text?: string | undefined
  readonly flag?: boolean | undefined
}

const times: Check = (argument, value) => checkWhole(argument, value, 1)

const action: Check = (argument, value) => {
  const names: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (names.length === 0) throw invalid(argument, 'must name one action at least')
  for (const name of names) checkText(argument, name, "an action's name or a list of names")
}

/**
 * Checks the options of a fault, and returns them.
 * @param own those that its verb also has
 */
export function checkFault<O extends Readonly<Record<string, Check>> = Record<never, Check>>(
  options: FaultOptions & { readonly [K in keyof O]?: boolean },
  own?: O,
): typeof options {
  checkEach<FaultOptions>('', options, { action, times, ...own })
  return options
}

/** Checks the options of a fault that no action narrows. */
export function checkTimes(options: Pick<FaultOptions, 'times'>): Pick<FaultOptions, 'times'> {
  return checkEach<Pick<FaultOptions, 'times'>>('', options, { times })
}

/** Checks how many there are of something that may have no end. */
export function checkCount(argument: string, value: number): number {
  return value === Number.POSITIVE_INFINITY ? value : checkWhole(argument, value, 0)
}

/** A fault in force. */
export class Rule implements Fault {
  readonly verb: FaultVerb
  readonly number: number
  readonly text: string
  readonly flag: boolean
  hits = 0
  /** Switched off, not used up: what it does at this moment ends too. */
  stopped = false
  #actions: Set<string> | undefined
  #left: number
  #ended: (rule: Rule) => void

  constructor(verb: FaultVerb, options: FaultOptions, parts: RuleParts, ended: (rule: Rule) => void) {
    const { number = 0, text = '', flag = false } = parts
    this.verb = verb
    this.number = number
    this.text = text
    this.flag = flag
    const { action } = options
    const names = action === undefined ? undefined : typeof action === 'string' ? [action] : action
    this.#actions = names === undefined ? undefined : new Set(names.map((name) => name.toLowerCase()))
    this.#left = options.times ?? Number.POSITIVE_INFINITY
    this.#ended = ended
  }

  matches(action: string): boolean {
    const lower = action.toLowerCase()
    return this.#actions === undefined ? !untouched.has(lower) : this.#actions.has(lower)
  }

  /** Counts a hit. */
  strike(): void {
    this.hits++
    if (--this.#left <= 0) this.#ended(this)
  }

  off(): void {
    this.stopped = true
    this.#ended(this)
  }

  [Symbol.dispose](): void {
    this.off()
  }
}
