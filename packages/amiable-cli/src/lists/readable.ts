/** A message of the library: its properties are headers without Asterisk's escapes, `get` gives what stood on the wire. */
interface Message {
  get(name: string): string | undefined
  readonly [header: Capitalize<string>]: string | undefined
}

/** Reads headers as somebody is to see them: `O'Brien` in place of `O\'Brien`. */
export function readable(message: Message): { get(name: string): string | undefined } {
  return {
    get: (name) =>
      /^[A-Z]/.test(name) ? (message[name as Capitalize<string>] ?? message.get(name)) : message.get(name),
  }
}
