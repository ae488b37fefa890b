/*
 * Checks of what a caller passed. Each throws an ArgumentError that says which argument is wrong, what it must be and
 * what it is. The error has the value where that is a number or a short word, never that of a secret or a header.
 */
import { type ArgumentError, invalid } from './errors.ts'
import { type Clock, LONGEST_TIMER } from './util/clock.ts'

/** Says in a few words what came in place of what was asked for: `got the string '5038'`. */
export function got(value: unknown): string {
  const shown = typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
  if (shown !== undefined) return `got the ${typeof value} ${shown}`
  const short = typeof value === 'string' && /^[\x20-\x7e]{0,40}$/.test(value)
  return short ? `got the string '${value}'` : gotSecret(value)
}

/** Says the same without the value, for what may be a secret. */
export function gotSecret(value: unknown): string {
  if (value === undefined || value === null) return `got ${value}`
  return `got ${article(typeof value === 'object' ? nameOf(value) : typeof value)}`
}

function nameOf(value: object): string {
  if (Array.isArray(value)) return 'array'
  const { name } = (Object.getPrototypeOf(value)?.constructor ?? {}) as { name?: unknown }
  return typeof name === 'string' && /^[A-Z]\w{1,40}$/.test(name) && name !== 'Object' ? name : 'object'
}

function article(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`
}

/**
 * Checks that it is a record of names and values: an object, or what a class has made and filled. A list, a Map, a Date
 * or a promise is none.
 */
export function checkRecord(argument: string, value: unknown, shape = 'an object'): asserts value is object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(Symbol.iterator in value)) {
    if (isPlain(value) || Object.keys(value).length > 0) return
    // what has a signal to offer offers it as an option, as to `fetch`
    if (isSignal((value as { signal?: unknown }).signal)) return
  }
  // a text in the place of headers may hold the values of some
  throw invalid(argument, `must be ${shape}, ${typeof value === 'string' ? gotSecret(value) : got(value)}`)
}

// an object literal, also one of another realm, such as a test runner's
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * Checks a record of options: nothing in it that is no option. Gives those that are set.
 * @param path names the record where it is an option itself
 * @param otherNames what some options are called elsewhere
 * @param set takes those that are set
 */
export function checkOptions<T extends object>(
  path: string,
  value: unknown,
  known: Readonly<Partial<Record<keyof T, unknown>>>,
  shape?: string,
  otherNames: Readonly<Record<string, string>> = {},
  set: Record<string, unknown> = Object.create(null),
): Partial<T> {
  checkRecord(path || 'options', value, shape)
  for (const key in value) {
    if (Object.hasOwn(value, key) && !Object.hasOwn(known, key)) throw unknownName(key, known, path, otherNames)
  }
  // what somebody has put on every object is no option
  for (const key in known) {
    const one = (value as Record<string, unknown>)[key]
    if (one !== undefined && (!(key in Object.prototype) || Object.hasOwn(value, key))) set[key] = one
  }
  return set as Partial<T>
}

/** Checks one argument. */
export type Check = (argument: string, value: unknown) => void

/** Checks a record of options, each by its own check, and that none is unknown. Gives those that are set. */
export function checkEach<T extends object>(
  path: string,
  value: unknown,
  checks: Readonly<Record<keyof T, Check>>,
  shape?: string,
): Partial<T> {
  const set = checkOptions<T>(path, value, checks, shape)
  for (const key of Object.keys(set) as (keyof T & string)[])
    checks[key](path === '' ? key : `${path}.${key}`, set[key])
  return set
}

/** Makes the error for a name that is none of those known; says which was probably meant. */
export function unknownName(
  key: string,
  known: object,
  path = '',
  otherNames: Readonly<Record<string, string>> = {},
): ArgumentError {
  const argument = path === '' ? key : `${path}.${key}`
  const names = Object.keys(known)
  const meant = Object.hasOwn(otherNames, key) ? otherNames[key] : nearest(key, names)
  return invalid(
    argument,
    `is unknown: ${meant === undefined ? `there is ${names.join(', ')}` : `did you mean ${meant}?`}`,
  )
}

/** Checks that it is a function; `what` is what it does. */
export function checkFunction(
  argument: string,
  value: unknown,
  what?: string,
): asserts value is (...args: never[]) => unknown {
  const isClass = typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
  if (typeof value === 'function' && !isClass) return
  throw invalid(
    argument,
    `must be a function${what === undefined ? '' : ` ${what}`}, ${isClass ? 'got a class' : got(value)}`,
  )
}

/** Checks a clock. */
export function checkClock(argument: string, value: unknown): asserts value is Clock {
  const methods = ['now', 'elapsed', 'setTimeout', 'clearTimeout'] as const
  if (methods.every((name) => typeof (value as Partial<Clock> | null)?.[name] === 'function')) return
  throw invalid(argument, `must be an object with ${methods.join(', ')}, ${got(value)}`)
}

/** Checks that a function answers at once: a promise is neither yes nor no, nor a number, nor a stream. */
export function checkSync(
  argument: string,
  value: unknown,
  what?: string,
): asserts value is (...args: never[]) => unknown {
  checkFunction(argument, value, what)
  if (Object.prototype.toString.call(value) !== '[object AsyncFunction]') return
  throw invalid(argument, 'must not be an async function: what it gives is needed at once, and a promise is not it')
}

/**
 * Checks what a predicate of the caller answered, and gives it. A promise would count as yes.
 * @throws {ArgumentError} for a promise
 */
export function checkAnswer(argument: string, answer: unknown): unknown {
  if (!(answer instanceof Promise)) return answer
  // the error below says it, and nothing else has to
  answer.catch(() => {})
  throw invalid(argument, 'must answer at once: its predicate gave a promise, which is neither yes nor no')
}

/**
 * Returns a source of randomness that never fails. A caller's own may throw, or give no number from 0 to 1. Neither may
 * keep anything from being tried again, or have it tried without a pause.
 */
export function dependable(random: () => number): () => number {
  return () => {
    try {
      const chance = random()
      if (chance >= 0 && chance <= 1) return chance
    } catch {
      // nobody sets it: the delay is as random as it was
    }
    return Math.random()
  }
}

/** Checks a signal; also one of another realm. */
export function checkSignal(argument: string, value: unknown): void {
  if (value === undefined || isSignal(value)) return
  const controller = typeof value === 'object' && value !== null && isSignal((value as { signal?: unknown }).signal)
  throw invalid(argument, `must be an AbortSignal, ${got(value)}${controller ? ': give its signal' : ''}`)
}

/**
 * Returns the only option of a call that takes a signal and nothing else.
 * @throws {ArgumentError} for an option that there is not, or what is no signal
 */
export function signalOf(options: { readonly signal?: AbortSignal | undefined }): AbortSignal | undefined {
  const { signal } = checkOptions<typeof options>('', options, { signal: true }, 'an object such as { signal }')
  checkSignal('signal', signal)
  return signal
}

/**
 * Returns the milliseconds that a `close` waits for what is under way: its only option.
 * @throws {ArgumentError} for an option that there is not, or a timeout that is none
 */
export function graceOf(options: { readonly timeout?: number | undefined }): number {
  const { timeout } = checkOptions<typeof options>('', options, { timeout: true }, 'an object such as { timeout }')
  return timeout === undefined ? 5_000 : checkDelay('timeout', timeout)
}

function isSignal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>
  return (
    typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  )
}

/** Checks a boolean that may be left out. */
export function checkBoolean(argument: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') throw invalid(argument, `must be true or false, ${got(value)}`)
}

/** Checks a whole number. */
export function checkWhole(argument: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  const to = most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''
  throw invalid(argument, `must be a whole number from ${least}${to}, ${got(value)}`)
}

/** Checks a number of milliseconds that a timer can hold, or 0. */
export function checkDelay(argument: string, value: unknown): number {
  return value === 0 ? 0 : checkDuration(argument, value)
}

/** Checks a number of milliseconds that a timer can hold. */
export function checkDuration(argument: string, value: unknown): number {
  if (typeof value === 'number' && value > 0 && value <= LONGEST_TIMER) return value
  throw invalid(argument, `must be a number of milliseconds from above 0 to ${LONGEST_TIMER}, ${got(value)}`)
}

/** Checks a number that is finite and not below 0. */
export function checkAmount(argument: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return
  throw invalid(argument, `must be a number from 0, ${got(value)}`)
}

/** Checks a text that is not empty and can stand in a header. */
export function checkText(argument: string, value: unknown, what = 'a string'): string {
  if (value === undefined) throw invalid(argument, 'is missing')
  if (typeof value !== 'string') throw invalid(argument, `must be ${what}, ${got(value)}`)
  if (value === '') throw invalid(argument, 'must not be empty')
  if (/[\r\n\0]/.test(value)) throw invalid(argument, 'must not hold CR, LF or NUL')
  return value
}

/** Checks a text, which may be empty, and may be a secret. */
export function checkString(argument: string, value: unknown, what = 'a string'): asserts value is string {
  if (value === undefined) throw invalid(argument, 'is missing')
  if (typeof value !== 'string') throw invalid(argument, `must be ${what}, ${gotSecret(value)}`)
}

/** Whether it is a list whose every place holds such a value; an array may have places that hold none. */
export function isListOf(value: unknown, isOne: (one: unknown) => boolean): value is readonly unknown[] {
  return Array.isArray(value) && Array.from(value).every(isOne)
}

/** Checks that it is a client, or an object that sends as one does. */
export function checkClient(client: unknown, method: 'send' | 'sendRaw' = 'sendRaw'): void {
  if (typeof (client as Record<string, unknown> | null | undefined)?.[method] === 'function') return
  const hint = client instanceof Promise ? ': await it first' : ''
  throw invalid('client', `must be a client, ${got(client)}${hint}`)
}

/** Checks that it is one of some words. */
export function checkChoice<T extends string>(argument: string, value: unknown, choices: readonly T[]): T {
  if (choices.includes(value as T)) return value as T
  throw invalid(argument, `must be ${choices.map((choice) => `'${choice}'`).join(' or ')}, ${got(value)}`)
}

/**
 * Returns the name that was probably meant, if one is near: another case of letters, or a letter or three that are
 * wrong.
 */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const lower = name.toLowerCase()
  if (lower.length > 60) return undefined
  let best: string | undefined
  // a third of the letters at most, so that what is meant otherwise is not guessed at
  let least = Math.min(3, Math.floor(lower.length / 3)) + 1
  for (const one of names) {
    if (Math.abs(one.length - lower.length) >= least) continue
    const distance = editDistance(lower, one.toLowerCase())
    if (distance >= least) continue
    best = one
    least = distance
  }
  return best
}

// how many letters must be put in, taken out, replaced or swapped with their neighbour
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1)
      }
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
