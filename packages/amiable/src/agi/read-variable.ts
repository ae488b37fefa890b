import { AmiError, invalid, LimitError } from '../errors.ts'
import { decodeUtf8 } from '../util/text.ts'
import { commandError, type Steps } from './job.ts'
import type { Word } from './line.ts'
import type { AgiReply } from './replies.ts'

/** Returns the value that an answer holds. */
export function value({ result, data }: AgiReply): string | undefined {
  return result === '1' ? data : undefined
}

// handle_getvariable has 1,024 bytes for it and its end
const CUT = 1_023
// a variable or a function: of what else stands between ${ and } the first colon would be taken for that of a piece
const SIMPLE_NAME = /^[^${}():]+(?:\([^${}]*\))?$/

/** Reads a variable's complete value, in one piece where that is possible. */
export function* readVariable(name: string, transport: 'fast' | 'async'): Steps<string | undefined> {
  let reply: AgiReply
  try {
    reply = yield { command: 'GET VARIABLE', words: [['name', name]] }
  } catch (error) {
    // AsyncAGI lost a part of the answer: in pieces it fits
    if (!AmiError.is(error) || error.code !== 'AMI_LIMIT' || !SIMPLE_NAME.test(name)) throw error
    return yield* readEncoded(name, false)
  }
  const found = value(reply)
  if (found === undefined || (reply.dataBytes ?? 0) < CUT) return found
  if (!SIMPLE_NAME.test(name)) throw tooLong(CUT)
  if (transport === 'async') return yield* readEncoded(name, false)
  return value(yield { command: 'GET FULL VARIABLE', words: [['name', `\${${name}}`]] })
}

const PIECE = 250
const LONGEST = 65_536
// pbx_variables.c:parse_variable_name takes a colon for its own where the value has closed all brackets before it
const OPEN = '('.repeat(PIECE)

/**
 * Reads a value in pieces that fit whatever AsyncAGI does to them: func_uri.c:uriencode makes three characters of a byte
 * at most, and the event encodes the percent signs again.
 */
export function* readEncoded(name: string, emptyIsUnset: boolean): Steps<string | undefined> {
  if (!SIMPLE_NAME.test(name))
    throw invalid('name', 'cannot be read encoded or in pieces where it holds $, {, } or a colon')
  let bytes = ''
  for (;;) {
    const words: Word[] = [['name', `\${URIENCODE(${OPEN}\${${name}:${bytes.length}:${PIECE}})}`]]
    const reply = yield { command: 'GET FULL VARIABLE', words }
    const text = unescapeBytes(value(reply) ?? '')
    // nothing at all comes where Asterisk has not loaded func_uri
    if (!text.startsWith(OPEN)) throw commandError('GET FULL VARIABLE', reply)
    const piece = text.slice(OPEN.length)
    bytes += piece
    if (piece.length < PIECE) return bytes === '' && emptyIsUnset ? undefined : decodeUtf8(bytes)
    if (bytes.length > LONGEST) throw tooLong(LONGEST)
  }
}

function tooLong(most: number): LimitError {
  return new LimitError(`the value of a variable has more than ${most} bytes`, { limit: 'value', value: most })
}

/** Undoes URI encoding; gives a byte string. */
export function unescapeBytes(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
