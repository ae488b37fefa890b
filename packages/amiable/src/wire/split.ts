import { detached } from '../util/text.ts'
import { colonOf, endOf } from './lookup.ts'

const CR = 13
const SPACE = 32
const COLON = 58

/*
 * The names that the last event of a name had, in their order: the next one nearly always has the same, and a name
 * that is known need not be cut out, hashed and compared anew. Both come from the server, and both are bounded.
 */
const layouts = new Map<string, string[]>()
const LAYOUTS = 512
const NAMES = 64

function layoutOf(event: string): string[] {
  let layout = layouts.get(event)
  if (layout === undefined) {
    if (layouts.size >= LAYOUTS) layouts.clear()
    layout = []
    layouts.set(detached(event), layout)
  }
  return layout
}

/** Gets a header's name, decoded, and its value, as bytes. */
export type Visit = (name: string, value: string) => void

/**
 * Goes through a message's headers in order.
 * @param lines the lines, each with its end, behind a CRLF
 * @param event the event's name; headers of what is none are all cut out anew
 */
export function eachHeader(
  lines: string,
  event: string | undefined,
  decode: (text: string) => string,
  visit: Visit,
): void {
  const layout = event === undefined ? [] : layoutOf(event)
  const { length } = lines
  let at = 0
  for (let from = 2; from < length; at++) {
    const known = layout[at]
    let name: string
    let start: number
    if (known !== undefined && lines.startsWith(known, from) && isNameEnd(lines, from + known.length)) {
      name = known
      start = from + known.length + 2
    } else {
      const end = endOf(lines, from)
      const colon = colonOf(lines, from, end)
      const cut = lines.slice(from, colon)
      name = decode(cut)
      start = Math.min(lines.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1, end)
      // one that is not ASCII stands in the lines in other bytes
      if (event !== undefined && at < NAMES && name === cut) layout[at] = detached(name)
    }
    const end = endOf(lines, start)
    if (name !== '' || end > start) visit(name, lines.slice(start, end))
    from = end + 2
  }
}

function isNameEnd(lines: string, at: number): boolean {
  return lines.charCodeAt(at) === COLON && lines.charCodeAt(at + 1) === SPACE
}

/** The same for lines that a bare LF may end. */
export function eachBareHeader(lines: string, decode: (text: string) => string, visit: Visit): void {
  for (const line of lines.slice(2).split('\n')) {
    const end = line.charCodeAt(line.length - 1) === CR ? line.length - 1 : line.length
    if (end === 0) continue
    const colon = colonOf(line, 0, end)
    const start = line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1
    visit(decode(line.slice(0, colon)), line.slice(Math.min(start, end), end))
  }
}
