import { cut, decodeUtf8, type Encoding } from '../util/text.ts'
import { unescapeC } from './escapes.ts'
import { addTo, emptyJson, type MessageJson } from './json.ts'
import type { KnownEvent } from './known-event.ts'
import type { Scanner } from './scanner.ts'
import type { Visit } from './split.ts'

/*
 * Headers of an event that a scanner has found, by the places that it has of their values, for as long as it has them.
 * What is read later is looked for in the lines. `lines` stand behind a CRLF here too; places count from the first line.
 */

const BEHIND = 2

/** Returns a value; `next` is where the line behind it begins. */
function valueAt(scanner: Scanner, event: number, slot: number, next: number, lines: string, utf8: boolean): string {
  const value = cut(lines, scanner.valueStart(event, slot) + BEHIND, next - 2)
  return utf8 && !scanner.isAscii(event, slot) ? decodeUtf8(value) : value
}

/** Returns where the line behind a value begins. */
function nextLine(scanner: Scanner, event: number, slot: number, { lengths }: KnownEvent, lines: string): number {
  const length = lengths[slot + 1]
  return length === undefined ? lines.length : scanner.valueStart(event, slot + 1) + BEHIND - length
}

/** Returns the value of the first header of this name, in any case of letters. */
export function placedValue(
  scanner: Scanner,
  event: number,
  name: string,
  lines: string,
  encoding: Encoding,
): string | undefined {
  const known = scanner.knownOf(event)
  const slot = known.slotOf(name)
  if (slot === -1) return undefined
  return valueAt(scanner, event, slot, nextLine(scanner, event, slot, known, lines), lines, encoding === 'utf8')
}

/** Goes through the headers in their order. */
export function eachPlaced(scanner: Scanner, event: number, lines: string, encoding: Encoding, visit: Visit): void {
  const known = scanner.knownOf(event)
  const { names } = known
  for (let slot = 0; slot < names.length; slot++) {
    const next = nextLine(scanner, event, slot, known, lines)
    visit(names[slot] as string, valueAt(scanner, event, slot, next, lines, encoding === 'utf8'))
  }
}

/** Returns the headers by name, unescaped. */
export function placedJson(scanner: Scanner, event: number, lines: string, encoding: Encoding): MessageJson {
  const known = scanner.knownOf(event)
  const { names, repeated, escaped } = known
  const json = emptyJson()
  for (let slot = 0; slot < names.length; slot++) {
    const name = names[slot] as string
    const next = nextLine(scanner, event, slot, known, lines)
    let value = valueAt(scanner, event, slot, next, lines, encoding === 'utf8')
    if (escaped[slot]) value = unescapeC(value)
    if (repeated[slot]) addTo(json, name, value)
    else json[name] = value
  }
  return json
}
