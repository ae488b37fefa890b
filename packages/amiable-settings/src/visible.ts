// What came from the wire, safe to print: a caller's name must not drive a terminal.

/**
 * What a terminal obeys or shows nothing of. These are control characters, separators of lines and half surrogate pairs,
 * format characters such as tags and marks that turn the direction of writing, and whatever else Unicode hides.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
const ANY_UNSAFE = new RegExp(UNSAFE.source, 'u')

/** Makes every character visible that a terminal would obey or hide: `\x1b`, `\u202e`, `\u{e0041}`. A tab becomes `\t`. */
export function visible(text: string): string {
  return ANY_UNSAFE.test(text) ? text.replace(UNSAFE, escapeOf) : text
}

/** The same for text in which a tab may stay, such as the output lines of the console. */
export function visibleLine(text: string): string {
  return ANY_UNSAFE.test(text) ? text.replace(UNSAFE, (char) => (char === '\t' ? char : escapeOf(char))) : text
}

/** Returns JSON text in which every such character is an escape of JSON: it parses to the same value. */
export function visibleJson(json: string): string {
  return ANY_UNSAFE.test(json) ? json.replace(UNSAFE, (char) => (char === '\n' ? char : jsonEscapeOf(char))) : json
}

function escapeOf(char: string): string {
  const code = char.codePointAt(0) ?? 0
  const short = SHORT[char]
  if (short !== undefined) return short
  if (code < 0x100) return `\\x${hex(code, 2)}`
  return code > 0xffff ? `\\u{${hex(code, 4)}}` : `\\u${hex(code, 4)}`
}

const SHORT: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** JSON has no other way for what lies behind U+FFFF than its two surrogates. */
function jsonEscapeOf(char: string): string {
  return Array.from({ length: char.length }, (_, at) => `\\u${hex(char.charCodeAt(at), 4)}`).join('')
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
