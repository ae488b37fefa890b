import type { Encoding } from '../util/text.ts'
import { unescapeC } from './escapes.ts'
import { addTo, emptyJson, type MessageJson } from './json.ts'
import type { Scanner } from './scanner.ts'
import type { Visit } from './split.ts'

/*
 * All headers of an event that a scanner has found, by the places that it has of their values, for as long as it has
 * them. What is read later is looked for in the lines.
 */

/** Goes through the headers in their order. */
export function eachPlaced(scanner: Scanner, event: number, encoding: Encoding, visit: Visit): void {
  const known = scanner.knownOf(event)
  const { names } = known
  for (let slot = 0; slot < names.length; slot++) {
    visit(names[slot] as string, scanner.value(event, slot, encoding === 'utf8'))
  }
}

/** Returns the headers by name, unescaped. */
export function placedJson(scanner: Scanner, event: number, encoding: Encoding): MessageJson {
  const known = scanner.knownOf(event)
  const { names, repeated, escaped } = known
  const json = emptyJson()
  for (let slot = 0; slot < names.length; slot++) {
    const name = names[slot] as string
    let value = scanner.value(event, slot, encoding === 'utf8')
    if (escaped[slot]) value = unescapeC(value)
    if (repeated[slot]) addTo(json, name, value)
    else json[name] = value
  }
  return json
}
