import { HIDDEN, type OwnRule } from './find-secrets.ts'

/**
 * Returns the text for the place of a value, or `true` for `***`. The value is of a header, a variable, a setting or a
 * key. `undefined` leaves it to the other rules.
 */
export type RedactRule = (name: string, value: string) => string | boolean | undefined

/** Returns a caller's rule as the other rules use it. */
export function ownRule(redact: RedactRule | undefined): OwnRule | undefined {
  if (redact === undefined) return undefined
  return (name, value) => {
    const put = redact(name, value)
    if (put === true) return HIDDEN
    if (typeof put !== 'string' || put === value) return undefined
    // a line of its own would be a header
    return /[\r\n\0]/.test(put) ? HIDDEN : put
  }
}
