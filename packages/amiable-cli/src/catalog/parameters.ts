// `Name=value` words, and whether an action takes them.
import type { Params } from 'amiable'
import { readGivenFile, readWhole } from 'amiable-settings'
import { didYouMean, usage } from '../errors/usage.ts'
import { type Field, isNamed, parametersOf } from './fields.ts'

/** Reads what a parameter takes from a file or from standard input. */
export type ReadValue = (path: string) => string

/** Reads `Name=value`, `Name=@file`, `Name=@-` and `Name:=` (empty) words. A name that repeats is a header that repeats. */
export function paramsOf(words: readonly string[], read: ReadValue = fromFile): Record<string, string | string[]> {
  const params: Record<string, string | string[]> = Object.create(null)
  for (const word of words) {
    const [, name = '', sign, value = ''] = /^([^=:\s]+(?:\([^)]*\))?)(:?=)(.*)$/s.exec(word) ?? []
    if (sign === undefined)
      throw usage(`${word} must be Name=value`, 'Name:= is an empty value, Name=@FILE reads a file.')
    const text = sign === '=' && value.startsWith('@') ? read(value.slice(1)).replace(/\r?\n$/, '') : value
    const before = params[name]
    params[name] = before === undefined ? text : [before, text].flat()
  }
  return params
}

// bytes of a value, as many as an action on standard input may have
const LONGEST = 1 << 20

function fromFile(path: string): string {
  const name = path === '-' ? 'standard input' : path
  try {
    return path === '-' ? readWhole(0, LONGEST) : readGivenFile(path, LONGEST)
  } catch (error) {
    throw usage(`${name} cannot be read: ${(error as Error).message}`)
  }
}

const OF_EVERY_ACTION: readonly Field[] = [
  { name: 'ActionID' },
  { name: 'Variable', repeats: true },
  { name: 'ChanVariable' },
]

/**
 * Checks parameters against the catalog before they are sent.
 * @throws {CliError} for a name that the action does not take, one that is missing, or a value that it does not know
 */
export function checkParams(action: string, params: Params): void {
  const fields = parametersOf(action)
  if (fields === undefined) return
  const known = [...fields, ...OF_EVERY_ACTION]
  const fieldOf = (name: string) => known.find((one) => isNamed(one, name))
  for (const [name, value] of Object.entries(params)) {
    const field = fieldOf(name)
    if (field === undefined) {
      const names = fields.map((one) => one.name)
      throw usage(
        `${action} has no parameter ${name}${didYouMean(name, names)}`,
        names.length === 0
          ? `${action} takes none.`
          : `It takes ${names.join(', ')}. --no-check sends it all the same.`,
      )
    }
    for (const one of [value].flat()) checkValue(action, field, String(one))
  }
  const given = Object.keys(params)
  const missing = fields.filter((field) => field.required && !given.some((name) => isNamed(field, name)))
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ')
    throw usage(
      `${action} needs ${names}`,
      `amiable send ${action} ${missing.map(({ name }) => `${name}=…`).join(' ')}`,
    )
  }
}

// main/utils.c:ast_true and ast_false
const BOOLEANS = ['yes', 'no', 'true', 'false', 'on', 'off', 'y', 'n', 't', 'f', '1', '0']

function checkValue(action: string, { name, kind, values, open }: Field, value: string): void {
  if (value === '') return
  const wrong = (expected: string) =>
    usage(`${name} of ${action} must be ${expected}`, '--no-check sends it all the same.')
  if (kind === 'boolean' && !BOOLEANS.includes(value.toLowerCase())) throw wrong('yes or no')
  if (kind === 'number' && !/^-?\d+(?:\.\d+)?$/.test(value)) throw wrong('a number')
  if (values && !open && !values.some((one) => one.toLowerCase() === value.toLowerCase())) {
    throw usage(
      `${name} of ${action} must be one of ${values.join(', ')}${didYouMean(value, values)}`,
      '--no-check sends it all the same.',
    )
  }
}
