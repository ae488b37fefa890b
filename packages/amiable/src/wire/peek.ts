import { cut, decodeUtf8, type Encoding, isAscii } from '../util/text.ts'
import { endOf, lineOf, lookupOf } from './lookup.ts'

const LF = 10
const CR = 13
const SPACE = 32
const COLON = 58

/**
 * Finds the first header that Asterisk spells so; undefined where none is spelt so.
 * @param lines the lines, each with its end, behind a CRLF
 * @param known what the value may be: where it is, that string is returned, and no copy is made
 */
export function peek(lines: string, encoding: Encoding, name: string, known: string | undefined): string | undefined {
  // in lines, such a name would find a part of a value
  if (lookupOf(name).candidate === undefined) return undefined
  const at = lineOf(lines, name)
  const colon = at + name.length
  if (at === -1 || lines.charCodeAt(colon) !== COLON || lines.charCodeAt(colon + 1) !== SPACE) return undefined
  const start = colon + 2
  if (known !== undefined && lines.startsWith(known, start)) {
    const end = start + known.length
    // bytes that are no ASCII mean something else than the characters that they look like
    if (lines.charCodeAt(end) === CR && lines.charCodeAt(end + 1) === LF && (encoding !== 'utf8' || isAscii(known)))
      return known
  }
  const value = cut(lines, start, endOf(lines, start))
  return encoding === 'utf8' ? decodeUtf8(value) : value
}
