/*
 * Since 13.5 Asterisk C-escapes caller names and channel variables wherever it prints a channel snapshot
 * (main/manager_channels.c:ast_manager_build_channel_state_string_prefix) and the value of VarSet
 * (main/stasis_channels.c:varset_to_ami), with the letters of ast_escape_c_alloc: \a \b \f \n \r \t \v \\ \' \" \?
 */

const letters: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** Undoes `ast_escape_c_alloc` (main/utils.c); an escape it never writes stays as it is. */
export function unescapeC(value: string): string {
  if (!value.includes('\\')) return value
  return value.replace(/\\([abfnrtv\\'"?])/g, (_, letter: string) => letters[letter] ?? letter)
}

/** Whether a header is of a kind that Asterisk escapes in some message. */
export function mayBeEscaped(header: string): boolean {
  return /(?:CallerIDName|ConnectedLineName|ChanVariable)$/i.test(header) || /^Value$/i.test(header)
}

// messages that carry such headers but print them as they are, each by its own format string
const raw = new Set(['OriginateResponse', 'QueueEntry', 'Status', 'Rename', 'CEL', 'Cdr', 'FAXSession', 'MeetmeList'])

/** Whether Asterisk escapes this header in an event of this name; `mayBeEscaped(header)` is taken as true. */
export function isEscaped(event: string, header: string): boolean {
  if (header.length === 5) return event === 'VarSet' // Value
  return !raw.has(event)
}
