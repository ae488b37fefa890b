import type { Entry } from './entry.ts'

// a subject must fit in a line of NATS' protocol, and a stranger chooses the names of user events
const TOKEN_BYTES = 64

/** Writes any text as one token of a subject: letters, digits and `-` stay, any other byte becomes `_` and two digits. */
export function tokenOf(text: string): string {
  if (/^[A-Za-z0-9-]{1,64}$/.test(text)) return text
  const bytes = Buffer.from(text.slice(0, TOKEN_BYTES)).subarray(0, TOKEN_BYTES)
  const token = [...bytes].map((byte) => {
    const letter = String.fromCharCode(byte)
    return /[A-Za-z0-9-]/.test(letter) ? letter : `_${byte.toString(16).padStart(2, '0')}`
  })
  return token.join('') || '_'
}

/** Returns the subject of an event; that of a user's event has its name as well. */
export function eventSubject(
  prefix: string,
  server: string,
  { event, userEvent }: Pick<Entry, 'event' | 'userEvent'>,
): string {
  const name = `${prefix}.event.${server}.${tokenOf(event)}`
  return userEvent === undefined ? name : `${name}.${tokenOf(userEvent)}`
}

export function statusSubject(prefix: string, server: string, status: string): string {
  return `${prefix}.status.${server}.${status}`
}
