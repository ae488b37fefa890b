import { cut, decodeUtf8, type Encoding, isAscii } from '../util/text.ts'
import { endOf, lookupOf } from './lookup.ts'

const LF = 10
const CR = 13
const SPACE = 32

/**
 * Finds the first header that Asterisk spells so; undefined where none is spelt so.
 * @param lines the lines, each with its end, behind a CRLF
 * @param known what the value may be: where it is, that string is returned, and no copy is made
 */
export function peek(lines: string, encoding: Encoding, name: string, known: string | undefined): string | undefined {
  const { needle, candidate } = lookupOf(name)
  // in lines, such a name would find a part of a value
  if (candidate === undefined) return undefined
  let at = lines.indexOf(needle)
  while (at !== -1 && !beginsLine(lines, at)) at = lines.indexOf(needle, at + 1)
  if (at === -1) return undefined
  const start = at + needle.length + 1
  if (lines.charCodeAt(start - 1) !== SPACE) return undefined
  if (known !== undefined && lines.startsWith(known, start)) {
    const end = start + known.length
    // bytes that are no ASCII mean something else than the characters that they look like
    if (lines.charCodeAt(end) === CR && lines.charCodeAt(end + 1) === LF && (encoding !== 'utf8' || isAscii(known)))
      return known
  }
  const value = cut(lines, start, endOf(lines, start))
  return encoding === 'utf8' ? decodeUtf8(value) : value
}

function beginsLine(lines: string, at: number): boolean {
  return lines.charCodeAt(at - 1) === LF && lines.charCodeAt(at - 2) === CR
}
