import { decodeUtf8, detached, type Encoding } from '../util/text.ts'
import { colonOf, endOf } from './lookup.ts'

const CR = 13
const SPACE = 32

/*
 * The names that the last event of a name had, in their order: the next one nearly always has the same, and a name
 * that is known need not be cut out, hashed and compared anew. Both come from the server, and both are bounded.
 */
interface Layout {
  readonly names: string[]
  /** How the line of each name begins. */
  readonly needles: string[]
}

const layouts = new Map<string, Layout>()
const LAYOUTS = 512
const NAMES = 64

function layoutOf(event: string): Layout {
  let layout = layouts.get(event)
  if (layout === undefined) {
    if (layouts.size >= LAYOUTS) layouts.clear()
    layout = { names: [], needles: [] }
    layouts.set(event, layout)
  }
  return layout
}

const notAscii = /[^\0-\x7f]/g

/** Where the next byte is that UTF-8 makes a part of a character of several. */
function nextNotAscii(lines: string, from: number): number {
  notAscii.lastIndex = from
  return notAscii.test(lines) ? notAscii.lastIndex - 1 : Number.POSITIVE_INFINITY
}

/** Gets a header's name and its value, both decoded. */
export type Visit = (name: string, value: string) => void

/**
 * Goes through a message's headers in order.
 * @param lines the lines, each with its end, behind a CRLF
 * @param event the event's name; headers of what is none are all cut out anew
 */
export function eachHeader(lines: string, event: string | undefined, encoding: Encoding, visit: Visit): void {
  const { names, needles } = event === undefined ? { names: [], needles: [] } : layoutOf(event)
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
      name = lines.slice(from, colon)
      start = Math.min(lines.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1, end)
      if (odd < colon) {
        name = decodeUtf8(name)
        odd = nextNotAscii(lines, colon)
      } else if (at < NAMES && event !== undefined) {
        names[at] = name = detached(name)
        needles[at] = `${name}: `
      }
    }
    const end = endOf(lines, start)
    let value = lines.slice(start, end)
    if (odd < end) {
      value = decodeUtf8(value)
      odd = nextNotAscii(lines, end)
    }
    if (name !== '' || end > start) visit(name, value)
    from = end + 2
  }
}

/** The same for lines that a bare LF may end. */
export function eachBareHeader(lines: string, encoding: Encoding, visit: Visit): void {
  const decode = encoding === 'utf8' ? decodeUtf8 : (text: string) => text
  for (const line of lines.slice(2).split('\n')) {
    const end = line.charCodeAt(line.length - 1) === CR ? line.length - 1 : line.length
    if (end === 0) continue
    const colon = colonOf(line, 0, end)
    const start = line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1
    visit(decode(line.slice(0, colon)), decode(line.slice(Math.min(start, end), end)))
  }
}
