import { unescapeC } from './escapes.ts'
import { addTo, emptyJson, type MessageJson } from './json.ts'
import type { Places } from './places.ts'
import type { Visit } from './split.ts'

/*
 * All headers of an event that a scanner has found, by the places that it has of their values, for as long as it has
 * them. What is read later is looked for in the lines.
 */

/** Goes through the headers in their order. */
export function eachPlaced(places: Places, visit: Visit): void {
  const { names } = places.known
  for (let slot = 0; slot < names.length; slot++) visit(places.name(slot), places.value(slot))
}

/** Returns the headers by name, unescaped. */
export function placedJson(places: Places): MessageJson {
  const { names, repeated, escaped } = places.known
  const json = emptyJson()
  for (let slot = 0; slot < names.length; slot++) {
    const name = places.name(slot)
    let value = places.value(slot)
    if (escaped[slot]) value = unescapeC(value)
    if (repeated[slot]) addTo(json, name, value)
    else json[name] = value
  }
  return json
}
