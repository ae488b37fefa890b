// One comparison: `Queue=sales`, `Wait>30`, `CallerIDNum~^49`. There is no language of them: all must hold.
import { usage } from '../errors/usage.ts'
import { globOf } from './glob.ts'

/** A message, as far as it is compared. */
export interface Comparable {
  readonly headers: readonly (readonly [name: string, value: string])[]
  getAll(name: string): string[]
}

/** A comparison of one message. */
export interface Expression {
  /** The header that it is about; `undefined` for a glob over headers and for variables. */
  readonly header: string | undefined
  /** What a header is compared with by `=` or `!=`. */
  readonly equality?: Equality | undefined
  holds(message: Comparable): boolean
}

/** A comparison of a header with values, which may be globs. */
export interface Equality {
  readonly header: string
  readonly values: readonly string[]
  readonly isNegated: boolean
}

const FORM = /^(var:)?([^=!~<>]+?)(!=|!~|>=|<=|=|~|>|<)(.*)$/su
const HINT = 'Forms: Name=value Name!=value Name~regex Name!~regex Name>number Name<number Name !Name *Name=value'

/** Reads a comparison. @throws {CliError} if it is none */
export function expressionOf(text: string): Expression {
  const [, variable, name = '', operator = '', value = ''] = FORM.exec(text) ?? []
  if (operator === '') return presence(text)
  const test = testOf(operator, value, text)
  // of none of the values, where there are several or no header at all
  const all = operator.startsWith('!')
  const check = (values: readonly string[]) => (all ? values.every(test) : values.some(test))
  if (variable !== undefined) return { header: undefined, holds: (message) => check(variablesOf(message, name)) }
  if (!/[*?]/.test(name)) {
    const equality = /^!?=$/.test(operator) ? { header: name, values: value.split(','), isNegated: all } : undefined
    return { header: name, equality, holds: (message) => check(message.getAll(name)) }
  }
  const fits = globOf(name, true)
  return {
    header: undefined,
    holds: ({ headers }) => check(headers.flatMap(([one, own]) => (fits(one) ? [own] : []))),
  }
}

function presence(text: string): Expression {
  const absent = text.startsWith('!')
  const name = absent ? text.slice(1) : text
  if (!/^[\w().:-]+$/.test(name)) throw usage(`-w cannot read ${text}`, HINT)
  const there = (message: Comparable) => message.getAll(name).some((value) => value !== '')
  return { header: name, holds: (message) => there(message) !== absent }
}

function testOf(operator: string, value: string, text: string): (own: string) => boolean {
  switch (operator) {
    case '=':
    case '!=': {
      const globs = value.split(',').map((one) => globOf(one))
      const equal = (own: string) => globs.some((glob) => glob(own))
      return operator === '=' ? equal : (own) => !equal(own)
    }
    case '~':
    case '!~': {
      const pattern = patternOf(value, text)
      return operator === '~' ? (own) => pattern.test(own) : (own) => !pattern.test(own)
    }
    default: {
      const most = numberOf(value)
      if (most === undefined) throw usage(`-w cannot read ${text}: ${operator} compares numbers`, HINT)
      return (own) => {
        const number = numberOf(own)
        if (number === undefined) return false
        if (operator === '>') return number > most
        if (operator === '<') return number < most
        return operator === '>=' ? number >= most : number <= most
      }
    }
  }
}

function patternOf(value: string, text: string): RegExp {
  const [, inner, flags] = /^\/(.*)\/([imsu]*)$/s.exec(value) ?? []
  try {
    return new RegExp(inner ?? value, flags ?? '')
  } catch (error) {
    throw usage(`-w cannot read ${text}: ${(error as Error).message}`)
  }
}

/** Returns a number, or `HH:MM:SS` as seconds; `undefined` for any other text. */
function numberOf(text: string): number | undefined {
  const [, hours, minutes, seconds] = /^(\d+):(\d\d):(\d\d)$/.exec(text) ?? []
  if (hours !== undefined) return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  const number = /^\s*-?\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : Number.NaN
  return Number.isNaN(number) ? undefined : number
}

/** Returns the values of a channel variable, of any channel of the event. */
function variablesOf({ headers }: Comparable, name: string): string[] {
  const start = `${name}=`
  return headers.flatMap(([header, value]) =>
    /ChanVariable(?:\(.*\))?$/s.test(header) && value.startsWith(start) ? [value.slice(start.length)] : [],
  )
}
