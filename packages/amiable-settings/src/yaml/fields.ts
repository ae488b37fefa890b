// The kinds of values that a configuration has, each with what it must be in the words of its fault.
import { z } from 'zod'
import { bytesOf, millisecondsOf } from './units.ts'

/** The fault of a value: that it is missing, or what it must be. A value is never shown, since it may be a secret. */
export function must(be: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => (input === undefined ? 'is missing' : `must be ${be}`)
}

/** An object with these keys and no others. */
export function section<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject(shape, {
    // zod names unknown keys, and load.ts says what was meant
    error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : must('an object')(issue)),
  })
}

/** A text that matches an expression. */
export function text(be: string, pattern = /^\P{Cc}{1,1024}$/u) {
  return z.string({ error: must(be) }).regex(pattern, { error: `must be ${be}` })
}

/** A path of a file. */
export function path() {
  return text('the path of a file')
}

export function whole(least: number, most: number) {
  const be = `a whole number from ${least} to ${most}`
  return z
    .number({ error: must(be) })
    .int({ error: `must be ${be}` })
    .min(least, { error: `must be ${be}` })
    .max(most, { error: `must be ${be}` })
}

export function flag() {
  return z.boolean({ error: must('true or false') })
}

/** A list of texts, each of them once. */
export function list<T extends z.ZodType<string>>(of: T, be: string) {
  return z
    .array(of, { error: must(be) })
    .refine((all) => new Set(all).size === all.length, { error: 'must name nothing twice' })
}

/** `10s`, or a number of milliseconds. */
export function duration(least: number, most: number) {
  const be = `a time such as 10s, from ${least} ms to ${most} ms`
  return amount(be, millisecondsOf, least, most)
}

/** `64MiB`, or a number of bytes. */
export function size(least: number, most: number) {
  return amount(`a size such as 64MiB, from ${least} to ${most} bytes`, bytesOf, least, most)
}

function amount(be: string, read: (text: string) => number | undefined, least: number, most: number) {
  return z.union([z.string(), z.number()], { error: must(be) }).transform((value, context) => {
    const number = typeof value === 'number' ? value : read(value)
    if (number !== undefined && Number.isInteger(number) && number >= least && number <= most) return number
    context.addIssue({ code: 'custom', message: `must be ${be}` })
    return z.NEVER
  })
}

const SOURCES = ['file', 'env', 'command', 'credential'] as const

/** Says where a secret is. It is never in the file itself. */
export const secret = z
  .object(
    {
      file: path().optional(),
      env: text('the name of a variable', /^\w{1,256}$/).optional(),
      command: text('a shell command').optional(),
      credential: text('the name of a credential', /^[\w.@-]{1,255}$/).optional(),
    },
    { error: must('where the secret is, as in { file: /run/secrets/pbx1 }: no secret belongs into this file') },
  )
  .strict()
  .refine((value) => Object.values(value).filter((one) => one !== undefined).length === 1, {
    error: `must have one of ${SOURCES.join(', ')}`,
  })
