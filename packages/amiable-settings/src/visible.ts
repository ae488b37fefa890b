// What came from the wire, safe to print: a caller's name must not drive a terminal.

/** Control characters, marks that turn the direction of writing, separators of lines, and half surrogate pairs. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about
  /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu
const ANY_UNSAFE = new RegExp(UNSAFE.source, 'u')

/** Makes every character visible that a terminal would obey: `\x1b`, `\u202e`. A tab becomes `\t`. */
export function visible(text: string): string {
  return ANY_UNSAFE.test(text) ? text.replace(UNSAFE, escapeOf) : text
}

/** The same for text in which a tab may stay, such as the output lines of the console. */
export function visibleLine(text: string): string {
  return ANY_UNSAFE.test(text) ? text.replace(UNSAFE, (char) => (char === '\t' ? char : escapeOf(char))) : text
}

/** Returns JSON text in which every such character is an escape of JSON: it parses to the same value. */
export function visibleJson(json: string): string {
  return ANY_UNSAFE.test(json) ? json.replace(UNSAFE, (char) => (char === '\n' ? char : unicode(char))) : json
}

function escapeOf(char: string): string {
  const code = char.codePointAt(0) ?? 0
  const short = SHORT[char]
  if (short !== undefined) return short
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : unicode(char)
}

const SHORT: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function unicode(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}
