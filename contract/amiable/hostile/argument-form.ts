import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import type { ArgumentError } from 'amiable'

// behind the name of the server it says which value is wrong, what is wrong with it, then what to do
const FORM = /^[\w.()[\]' -]+? (must|is missing|is unknown|cannot|needs|was not)\b/
const ONE_LINE = /^[^\p{Cc}\p{Zl}\p{Zp}]{1,600}$/u

/** Checks that it is an error of a caller's mistake, whose message has the form that they all have. */
export function assertForm(error: unknown, what: string): void {
  const { code, message, argument, source } = (error ?? {}) as ArgumentError
  assert.equal(code, 'AMI_ARGUMENT', `${what}: ${inspect(error)}`)
  assert.ok(typeof argument === 'string' && argument !== '', `${what}: names no argument`)
  const prefix = source === undefined ? '' : `${source}: `
  const text = message.startsWith(prefix) ? message.slice(prefix.length) : message
  if (!FORM.test(text)) assert.fail(`${what}: its form is another: ${message}`)
  if (!ONE_LINE.test(message)) assert.fail(`${what}: it is no printable line: ${inspect(message)}`)
}
