// What a program gives is looked at before anything is sent, and what is wrong is said with its name.

/** One token of a subject. */
export const TOKEN = /^[A-Za-z0-9_-]{1,64}$/

/** What each value must be. */
export type Checks = Readonly<Record<string, readonly [holds: (value: unknown) => boolean, be: string]>>

/** Returns a check of a text. */
export function text(pattern: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && pattern.test(value)
}

/**
 * Says what is wrong with the first value that does not hold, or with a name that nobody knows; undefined where all hold.
 * @param required the names that must be there
 */
export function faultOf(given: unknown, checks: Checks, required: readonly string[] = []): string | undefined {
  if (typeof given !== 'object' || given === null)
    return `the options must be an object, got ${given === null ? 'null' : typeof given}`
  const values = given as Readonly<Record<string, unknown>>
  const missing = required.find((name) => values[name] === undefined)
  if (missing !== undefined) return `${missing} is missing`
  for (const [name, value] of Object.entries(values)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined
    if (check === undefined) return `${name.slice(0, 64)} is unknown`
    const [holds, be] = check
    if (value !== undefined && !holds(value)) return `${name} must be ${be}`
  }
  return undefined
}

/** Whether something is an object with names, as JSON has them. */
export function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
