import { cut, decodeUtf8, type Encoding } from '../util/text.ts'
import type { Layout, Layouts } from './layouts.ts'
import { colonOf, endOf } from './lookup.ts'

const CR = 13
const SPACE = 32

const notAscii = /[^\0-\x7f]/g

/** Returns where the next byte is that UTF-8 makes a part of a character of several. */
function nextNotAscii(lines: string, from: number): number {
  notAscii.lastIndex = from
  return notAscii.test(lines) ? notAscii.lastIndex - 1 : Number.POSITIVE_INFINITY
}

/** Gets a header's name and its value, both decoded. */
export type Visit = (name: string, value: string) => void

const NO_LAYOUT: Layout = { names: [], needles: [] }

/**
 * Goes through a message's headers in order.
 * @param lines the lines, each with its end, behind a CRLF
 * @param layouts what the headers of other events of this name were called; headers of what is none are all cut out
 */
export function eachHeader(lines: string, encoding: Encoding, visit: Visit, layouts?: Layouts, event = ''): void {
  const layout = layouts?.of(event) ?? NO_LAYOUT
  const { names, needles } = layout
  const utf8 = encoding === 'utf8'
  const { length } = lines
  let odd = utf8 ? nextNotAscii(lines, 2) : Number.POSITIVE_INFINITY
  let at = 0
  for (let from = 2; from < length; at++) {
    const needle = needles[at]
    let name: string
    let start: number
    if (needle !== undefined && lines.startsWith(needle, from)) {
      name = names[at] as string
      start = from + needle.length
    } else {
      const end = endOf(lines, from)
      const colon = colonOf(lines, from, end)
      name = cut(lines, from, colon)
      start = Math.min(lines.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1, end)
      if (odd < colon) {
        name = decodeUtf8(name)
        odd = nextNotAscii(lines, colon)
      } else layouts?.learn(layout, at, name)
    }
    const end = endOf(lines, start)
    let value = cut(lines, start, end)
    if (odd < end) {
      value = decodeUtf8(value)
      odd = nextNotAscii(lines, end)
    }
    if (name !== '' || end > start) visit(name, value)
    from = end + 2
  }
}

/** Does the same for lines that a bare LF may end. */
export function eachBareHeader(lines: string, encoding: Encoding, visit: Visit): void {
  const decode = encoding === 'utf8' ? decodeUtf8 : (text: string) => text
  for (const line of lines.slice(2).split('\n')) {
    const end = line.charCodeAt(line.length - 1) === CR ? line.length - 1 : line.length
    if (end === 0) continue
    const colon = colonOf(line, 0, end)
    const start = line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1
    if (colon > 0 || end > start) visit(decode(cut(line, 0, colon)), decode(cut(line, Math.min(start, end), end)))
  }
}
