import { checkBoolean, checkEach, checkRecord, checkText, checkWhole, got } from '../../check.ts'
import { invalid } from '../../errors.ts'

/** What a fault is narrowed to. */
export interface FaultOptions {
  /** The action or actions, in any case of letters. Without, all but Login, Challenge and Logoff. */
  readonly action?: string | readonly string[]
  /** After how many hits it switches itself off; default never. */
  readonly times?: number
}

/** A fault that is on. Disposable, so that `using` ends it with its block. */
export interface Fault extends Disposable {
  /** How often it struck. */
  readonly hits: number
  /** Switches it off; once off, nothing happens. */
  off(): void
}

/** The verbs of {@link Faults}, by name. */
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
  | 'deafFollows'
  | 'drip'
  | 'echo'
  | 'madeUpNames'
  | 'hugeRows'
  | 'lag'

const untouched = new Set(['login', 'challenge', 'logoff'])

/** What a rule is made from: a fault's options, and what its verb says. */
export interface RuleOptions extends FaultOptions {
  readonly number?: number
  readonly text?: string
  readonly flag?: boolean
  readonly overtake?: boolean
  readonly execute?: boolean
  readonly inside?: boolean
}

function checkRule(options: RuleOptions): void {
  checkEach<RuleOptions>('', options, {
    action: (argument, value) => {
      const names: readonly unknown[] = Array.isArray(value) ? value : [value]
      if (names.length === 0) throw invalid(argument, 'must name one action at least')
      for (const name of names) checkText(argument, name, "an action's name or a list of names")
    },
    times: (argument, value) => checkWhole(argument, value, 1),
    number: (argument, value) => {
      if (typeof value !== 'number' || !(value >= 0)) throw invalid(argument, `must be a number from 0, ${got(value)}`)
    },
    text: checkString,
    flag: checkBoolean,
    overtake: checkBoolean,
    execute: checkBoolean,
    inside: checkBoolean,
  })
}

/** Checks the options of a fault before anything of them is read. */
export function checked<T extends object>(options: T): T {
  checkRecord('options', options)
  return options
}

export function checkString(argument: string, value: unknown): void {
  if (typeof value !== 'string') throw invalid(argument, `must be a string, ${got(value)}`)
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

  constructor(verb: FaultVerb, options: RuleOptions, ended: (rule: Rule) => void) {
    checkRule(options)
    this.verb = verb
    this.number = options.number ?? 0
    this.text = options.text ?? ''
    this.flag = options.flag ?? false
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
