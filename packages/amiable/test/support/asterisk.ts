/** An action as a manager session of Asterisk reads it, and what it would complain of. */
export interface Parsed {
  readonly headers: readonly string[]
  readonly complaint: string | undefined
  /** Bytes that stand behind the action's blank line. */
  readonly rest: string
}

const INPUT = 1_025
const HEADERS = 128

/**
 * Reads one action as manager.c does (get_input, do_message): `text` has one character for each byte, lines end at LF
 * with or without CR, an empty line ends the action, a line past the buffer spoils it, and a NUL cuts a line.
 */
export function readAction(text: string): Parsed {
  const headers: string[] = []
  let complaint: string | undefined
  let at = 0
  while (at < text.length) {
    const feed = text.indexOf('\n', at)
    const window = feed === -1 || feed - at >= INPUT - 1 ? undefined : text.slice(at, feed)
    if (window === undefined) {
      complaint ??= 'line too long'
      at += INPUT - 1
      continue
    }
    at = feed + 1
    const line = (window.endsWith('\r') ? window.slice(0, -1) : window).split('\0')[0] as string
    if (line === '') return { headers, complaint, rest: text.slice(at) }
    if (headers.length >= HEADERS) complaint ??= 'too many lines'
    else headers.push(line)
  }
  return { headers, complaint: complaint ?? 'incomplete', rest: '' }
}

/** The first non-empty header of a name (manager.c:__astman_get_header), leading blanks skipped; all with `getAll`. */
export function getAll(headers: readonly string[], name: string): string[] {
  const values: string[] = []
  for (const header of headers) {
    if (header.slice(0, name.length).toLowerCase() !== name.toLowerCase() || header[name.length] !== ':') continue
    let from = name.length + 1
    while (from < header.length && header.charCodeAt(from) < 33) from++
    values.push(header.slice(from))
  }
  return values
}

/** app.c:__ast_app_separate_args with a comma and remove_chars. */
export function separateArguments(text: string, most = 64): string[] {
  const found: string[] = []
  let scan = 0
  let paren = 0
  let bracket = 0
  let quote = false
  let delimited = false
  while (scan < text.length && found.length < most - 1) {
    let argument = ''
    delimited = false
    for (; scan < text.length; scan++) {
      const letter = text[scan] as string
      if (letter === '(') paren++
      else if (letter === ')') paren = Math.max(0, paren - 1)
      else if (letter === '[') bracket++
      else if (letter === ']') bracket = Math.max(0, bracket - 1)
      else if (letter === '"') {
        quote = !quote
        continue
      } else if (letter === '\\') {
        scan++
        argument += text[scan] ?? ''
        continue
      } else if (letter === ',' && paren === 0 && bracket === 0 && !quote) {
        delimited = true
        scan++
        break
      }
      argument += letter
    }
    found.push(argument)
  }
  if (scan < text.length || delimited) found.push(text.slice(scan))
  return found
}

/** The channel variables of an action (manager.c:man_do_variable_value over every Variable header). */
export function variablesOf(headers: readonly string[]): [string, string][] {
  return getAll(headers, 'Variable').flatMap((value) =>
    separateArguments(value).flatMap((pair): [string, string][] => {
      const equals = pair.indexOf('=')
      return equals < 1 ? [] : [[pair.slice(0, equals), pair.slice(equals + 1)]]
    }),
  )
}

/** The bytes of a text as the client's socket gets them, one character for each. */
export function onTheWire(text: string, encoding: BufferEncoding = 'utf8'): string {
  return Buffer.from(text, encoding).toString('latin1')
}
