// What somebody may see: patterns in which `*` stands for any characters.

/** What somebody may see; an absent list stands for everything. */
export interface Scope {
  readonly servers: readonly string[] | undefined
  readonly queues: readonly string[] | undefined
  readonly devices: readonly string[] | undefined
}

export const EVERYTHING: Scope = { servers: undefined, queues: undefined, devices: undefined }

/** Whether a name fits one of these patterns; upper and lower case are the same, as in Asterisk's queues. */
export function fits(patterns: readonly string[] | undefined, name: string): boolean {
  return patterns === undefined || patterns.some((pattern) => fitsOne(pattern.toLowerCase(), name.toLowerCase()))
}

/** Compares part by part: no expression is made of what a configuration says. */
function fitsOne(pattern: string, name: string): boolean {
  const parts = pattern.split('*')
  const first = parts[0] as string
  if (parts.length === 1) return pattern === name
  const last = parts.at(-1) as string
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false
  let at = first.length
  const end = name.length - last.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

/** Hides all but the last three digits. */
export function maskedNumber(number: string): string {
  const characters = [...number]
  return characters.length <= 3 ? number : `•••${characters.slice(-3).join('')}`
}

/** Hides what may be a number in a name: more than three digits, also where marks as in `(555) 123-4567` part them. */
export function maskedText(text: string): string {
  return text.replace(/\p{Nd}(?:[\s()./-]{0,3}\p{Nd}){3,}/gu, (number) =>
    maskedNumber(number.replace(/[\s()./-]/g, '')),
  )
}
