import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { ArgumentError } from '../../src/errors.ts'

// which value, what is wrong with it, then what to do
const FORM = /^[\w.()[\]' -]+? (must|is missing|is unknown|cannot|needs|was not)\b/

/** Checks that it is an ArgumentError whose message has the form that they all have, and gives it. */
export function assertForm(error: unknown, what: string): ArgumentError {
  assert.ok(error instanceof ArgumentError, `${what}: ${inspect(error)}`)
  const { message, source, argument } = error
  const prefix = source === undefined ? '' : `${source}: `
  const formed = message.startsWith(prefix) && FORM.test(message.slice(prefix.length))
  if (!formed) assert.fail(`${what}: ${message}`)
  // one line, and no longer than somebody reads
  if (!/^[^\p{Cc}\p{Zl}\p{Zp}]{1,400}$/u.test(message)) assert.fail(`${what}: ${inspect(message)}`)
  assert.equal(typeof argument, 'string', what)
  assert.equal(error.code, 'AMI_ARGUMENT', what)
  return error
}
