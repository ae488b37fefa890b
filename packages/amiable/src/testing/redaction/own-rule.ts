import { HIDDEN, type OwnRule } from './find-secrets.ts'

/**
 * Says what stands in the place of a header's value, or of a variable's, a setting's or a key's: some text, or `true`
 * for `***`. What it leaves alone is redacted as without it.
 */
export type RedactRule = (name: string, value: string) => string | boolean | undefined

/** A caller's rule as the other rules use it. */
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
