import {
  type Check,
  checkEach,
  checkFunction,
  checkOptions,
  checkRecord,
  checkText,
  checkWhole,
  got,
} from '../check.ts'
import { invalid } from '../errors.ts'
import type { Collected } from './commands-play.ts'
import { makeLine, type Word } from './line.ts'
import type { AgiSession } from './session.ts'

/**
 * What is played to the caller: a sound by its name, digits, a number or a date in Asterisk's voice, or a pause in
 * milliseconds.
 */
export type Prompt =
  | string
  | { readonly digits: string }
  | { readonly number: number }
  | { readonly date: Date; readonly format?: string | undefined }
  | { readonly pause: number }

/** How a menu asks. */
export interface MenuOptions {
  /** Milliseconds to wait for the first digit, behind the prompts. @default 6_000 */
  readonly timeout?: number | undefined
  /** Milliseconds to wait for each further digit. @default `timeout`, or 2_000 without one */
  readonly between?: number | undefined
  /** How many times to ask. @default 3 */
  readonly attempts?: number | undefined
  /** Prompts to play before the next attempt, after digits that were not accepted. */
  readonly onInvalid?: string | readonly Prompt[] | undefined
  /** Prompts to play before the next attempt, after no digit at all. */
  readonly onSilence?: string | readonly Prompt[] | undefined
  /** A digit that ends it, such as `*`: at once where it comes first, otherwise when the digits end. */
  readonly cancel?: string | undefined
}

/** How a caller is asked for digits. */
export interface AskOptions extends MenuOptions {
  /** How many digits there must be. With 0 a mere `#` is an answer. @default 1 */
  readonly min?: number | undefined
  /** How many digits end the answer. @default 1_023 */
  readonly max?: number | undefined
  /** `false` takes `#` for a digit like any other. @default '#' */
  readonly terminator?: '#' | false | undefined
  /** Whether the answer is accepted. */
  readonly valid?: ((digits: string) => boolean | Promise<boolean>) | undefined
}

/** What the caller answered, or why there is no answer: of the last attempt. */
export type Answer =
  | { readonly digits: string; readonly why?: undefined }
  | { readonly digits: undefined; readonly why: 'silence' | 'invalid' | 'cancelled' }

/** What each choice of a menu does, by its digits. */
export type Choices = Readonly<Record<string, () => unknown>>

const DIGITS = '0123456789*#ABCD'
const INT = 2_147_483_647
// for a timeout of 0, res_agi.c:handle_getdata waits this long
const FIRST = 6_000
const NEXT = 2_000

const time: Check = (argument, value) => void checkWhole(argument, value, 1, INT)
const prompts: Check = (argument, value) => void promptList(argument, value)

const MENU_CHECKS: Readonly<Record<keyof MenuOptions, Check>> = {
  timeout: time,
  between: time,
  attempts: (argument, value) => void checkWhole(argument, value, 1, 100),
  onInvalid: prompts,
  onSilence: prompts,
  cancel(argument, value) {
    if (typeof value === 'string' && value.length === 1 && DIGITS.includes(value)) return
    throw invalid(argument, `must be one digit of a telephone, ${got(value)}`)
  },
}

const ASK_CHECKS: Readonly<Record<keyof AskOptions, Check>> = {
  ...MENU_CHECKS,
  min: (argument, value) => void checkWhole(argument, value, 0, 1_023),
  max: (argument, value) => void checkWhole(argument, value, 1, 1_023),
  terminator(argument, value) {
    if (value !== '#' && value !== false) throw invalid(argument, `must be '#' or false, ${got(value)}`)
  },
  valid: (argument, value) => checkFunction(argument, value),
}

/**
 * Plays prompts and collects digits, and asks again where they are no answer. A digit that is pressed in a prompt ends
 * the prompts and is the first of the answer.
 * @throws {ArgumentError} at once for an argument that is wrong
 */
export function ask(call: AgiSession, prompts: string | readonly Prompt[], options: AskOptions = {}): Promise<Answer> {
  checkCall(call)
  // a test may have made one of its own
  const limit = (call as Partial<AgiSession>).exchange?.limit
  const question = promptList('prompts', prompts, limit)
  const given = checkEach<AskOptions>('', options, ASK_CHECKS)
  const { timeout = FIRST, terminator = '#', min = 1, max = 1_023, cancel } = given
  if (max < min) throw invalid('max', `must be at least min, ${min}, ${got(max)}`)
  if (cancel !== undefined && cancel === terminator) throw invalid('cancel', "must not be the terminator '#'")
  const between = given.between ?? (given.timeout === undefined ? NEXT : timeout)
  const onInvalid = promptList('onInvalid', given.onInvalid ?? [], limit)
  const onSilence = promptList('onSilence', given.onSilence ?? [], limit)
  return repeat(call, question, { ...given, timeout, between, terminator, min, max, onInvalid, onSilence })
}

/**
 * Plays prompts, and calls the function whose digits the caller presses. Resolves with what it returns, or with
 * `undefined` where no attempt brought a choice.
 * @throws {ArgumentError} at once for an argument that is wrong
 */
export function menu<C extends Choices>(
  call: AgiSession,
  prompts: string | readonly Prompt[],
  choices: C,
  options: MenuOptions = {},
): Promise<Awaited<ReturnType<C[keyof C]>> | undefined> {
  checkCall(call)
  const keys = checkChoices(choices)
  const { cancel, ...given } = checkEach<MenuOptions>('', options, MENU_CHECKS)
  if (cancel !== undefined && keys.some((key) => key.includes(cancel))) {
    throw invalid('cancel', 'must not be a digit of a choice')
  }
  const answer = ask(call, prompts, {
    ...given,
    cancel,
    max: Math.max(...keys.map((key) => key.length)),
    terminator: cancel === '#' || keys.some((key) => key.includes('#')) ? false : '#',
    valid: (digits) => keys.includes(digits),
  })
  return answer.then(({ digits }) => {
    if (digits === undefined) return undefined
    return choices[digits]?.() as Awaited<ReturnType<C[keyof C]>>
  })
}

interface Question extends AskOptions {
  readonly timeout: number
  readonly between: number
  readonly terminator: '#' | false
  readonly min: number
  readonly max: number
  readonly onInvalid: readonly Prompt[]
  readonly onSilence: readonly Prompt[]
}

async function repeat(call: AgiSession, question: readonly Prompt[], how: Question): Promise<Answer> {
  const { attempts = 3, min, valid = () => true, onInvalid, onSilence } = how
  let again: readonly Prompt[] = []
  for (let left = attempts; ; left--) {
    const heard = await attempt(call, [...again, ...question], how)
    if (heard === undefined) return { digits: undefined, why: 'cancelled' }
    const { digits, timedOut } = heard
    const silent = digits === '' && timedOut
    if (!silent && digits.length >= min && (await valid(digits))) return { digits }
    if (left === 1) return { digits: undefined, why: silent ? 'silence' : 'invalid' }
    again = silent ? onSilence : onInvalid
  }
}

/**
 * Plays and collects once; returns `undefined` where it was cancelled. Asterisk loses a digit that comes between two
 * commands: res_agi.c:run_agi reads the frames and drops them. So as few commands as possible stand between two digits.
 */
async function attempt(call: AgiSession, prompts: readonly Prompt[], how: Question): Promise<Collected | undefined> {
  const { between, terminator, max, cancel } = how
  const last = prompts.at(-1)
  // the sound of GET DATA can be followed by any number of digits
  let sound = typeof last === 'string' ? last : undefined
  let digits = (await playAll(call, sound === undefined ? prompts : prompts.slice(0, -1))) ?? ''
  if (digits !== '') sound = undefined
  let timedOut = false
  for (;;) {
    if (cancel !== undefined && digits.includes(cancel)) return undefined
    if (terminator === '#' && digits.endsWith('#')) return { digits: digits.slice(0, -1), timedOut }
    if (timedOut || digits.length >= max) return { digits, timedOut }
    const { wait, most } = digits === '' ? first(how) : { wait: between, most: max - digits.length }
    const collected = await call.getData(sound, { timeout: wait, maxDigits: most })
    sound = undefined
    timedOut = collected.timedOut
    digits += collected.digits
    // what ends it before its time and its most is a #, which it does not give
    if (!timedOut && collected.digits.length < most) digits += '#'
  }
}

/**
 * Returns how GET DATA begins: with one digit alone where that may cancel, or where the next ones have a time of their
 * own.
 */
function first({ timeout, between, max, cancel }: Question): { wait: number; most: number } {
  if (cancel !== undefined) return { wait: timeout, most: 1 }
  if (timeout === between) return { wait: timeout, most: max }
  return timeout === FIRST && between === NEXT ? { wait: 0, most: max } : { wait: timeout, most: 1 }
}

/** Plays them up to the first digit, which it gives. */
async function playAll(call: AgiSession, prompts: readonly Prompt[]): Promise<string | undefined> {
  for (const prompt of prompts) {
    const digit = await play(call, prompt)
    if (digit !== undefined) return digit
  }
  return undefined
}

async function play(call: AgiSession, prompt: Prompt): Promise<string | undefined> {
  const any = { escapeDigits: DIGITS }
  if (typeof prompt === 'string') return (await call.streamFile(prompt, any)).digit
  if ('digits' in prompt) return (await call.sayDigits(prompt.digits, any)).digit
  if ('number' in prompt) return (await call.sayNumber(prompt.number, any)).digit
  if ('pause' in prompt) return call.waitForDigit(prompt.pause)
  return (await call.sayDatetime(prompt.date, { ...any, format: prompt.format })).digit
}

function checkCall(call: unknown): void {
  const { getData, streamFile } = (call ?? {}) as Partial<AgiSession>
  if (typeof getData === 'function' && typeof streamFile === 'function') return
  throw invalid('call', `must be the session that a handler is given, ${got(call)}`)
}

/** @param limit how many bytes a line may have */
function promptList(argument: string, prompts: unknown, limit = Number.POSITIVE_INFINITY): readonly Prompt[] {
  const list: unknown = typeof prompts === 'string' ? [prompts] : prompts
  if (!Array.isArray(list)) throw invalid(argument, `must be a sound or a list of prompts, ${got(prompts)}`)
  return Array.from(list, (one, at) => {
    const name = list === prompts ? `${argument}[${at}]` : argument
    const prompt = checkPrompt(name, one)
    checkLine(name, prompt, limit)
    return prompt
  })
}

const KINDS: Readonly<Record<string, Check>> = {
  digits(argument, value) {
    if (typeof value !== 'string' || !/^\d+$/.test(value)) throw invalid(argument, `must be digits, ${got(value)}`)
  },
  number: (argument, value) => void checkWhole(argument, value, -INT, INT),
  date(argument, value) {
    if (value instanceof Date && Number.isFinite(value.getTime())) return
    throw invalid(argument, `must be a valid Date, ${got(value)}`)
  },
  pause: time,
}

function checkPrompt(argument: string, prompt: unknown): Prompt {
  if (typeof prompt === 'string') return checkText(argument, prompt)
  const shape = 'a sound, or an object with digits, number, date or pause'
  const given = checkOptions<Record<string, unknown>>(argument, prompt, { ...KINDS, format: true }, shape)
  const [kind, ...others] = Object.keys(given).filter((name) => name !== 'format')
  if (kind === undefined || others.length > 0) throw invalid(argument, `must be ${shape}: one of them`)
  KINDS[kind]?.(`${argument}.${kind}`, given[kind])
  if (given.format === undefined) return given as unknown as Prompt
  if (kind !== 'date') throw invalid(`${argument}.format`, 'must stand beside a date')
  checkText(`${argument}.format`, given.format)
  return given as unknown as Prompt
}

/** Refuses what could not be sent when its turn comes, such as half of a surrogate pair or a name of 20,000 letters. */
function checkLine(argument: string, prompt: Prompt, limit: number): void {
  const digits: Word = ['escapeDigits', DIGITS]
  if (typeof prompt === 'string') makeLine('STREAM FILE', [[argument, prompt], digits], limit)
  else if ('digits' in prompt) makeLine('SAY DIGITS', [[`${argument}.digits`, prompt.digits], digits], limit)
  else if ('date' in prompt) {
    const words: Word[] = [['date', prompt.date.getTime()], digits, [`${argument}.format`, prompt.format ?? '']]
    makeLine('SAY DATETIME', words, limit)
  }
}

function checkChoices(choices: unknown): readonly string[] {
  checkRecord('choices', choices, 'an object of digits and functions')
  const entries = Object.entries(choices)
  if (entries.length === 0) throw invalid('choices', 'must not be empty')
  for (const [key, choice] of entries) {
    if (!/^[0-9*#A-D]{1,1023}$/.test(key)) throw invalid(`choices['${key}']`, 'must be named by digits of a telephone')
    checkFunction(`choices['${key}']`, choice)
  }
  return entries.map(([key]) => key)
}
