import { visibleJson } from './visible.ts'

/** Returns one line of JSON. */
export function jsonLine(value: unknown): string {
  return visibleJson(JSON.stringify(value))
}

/** Returns JSON as somebody reads it. */
export function jsonText(value: unknown): string {
  return visibleJson(JSON.stringify(value, undefined, 2))
}
