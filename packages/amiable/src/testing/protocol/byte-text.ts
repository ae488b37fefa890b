import { checkRecord, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import { decodeUtf8, textToBytes } from '../../util/text.ts'

/*
 * Inside the simulator all text is a byte string, one character for one byte, as in `wire`: what a client sent
 * goes back byte for byte. Only what crosses the public interface is turned to and from UTF-8.
 */

/** The value of a header. `undefined` leaves the header out. */
export type HeaderValue = string | number | boolean | undefined

/** Headers: an object (an array is a header that repeats), or entries if the order matters. */
export type HeadersInit =
  | Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>
  | Iterable<readonly [name: string, value: HeaderValue]>

/** Turns text into a byte string. */
export function toWire(text: string): string {
  // native, and three times as fast as a look at each character
  if (Buffer.byteLength(text, 'utf8') === text.length) return text
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** Turns a byte string into text; bytes that are not UTF-8 become U+FFFD. */
export function fromWire(text: string): string {
  return decodeUtf8(text)
}

/** Checks that it can hold headers. */
export function checkHeaders(argument: string, value: unknown): asserts value is object {
  if (typeof value === 'object' && value !== null && Symbol.iterator in value) return
  checkRecord(argument, value, 'an object of headers, or a list of pairs')
}

/** Returns headers as the lines that Asterisk writes, CRLF after each. */
export function headerLines(headers: HeadersInit): string {
  let lines = ''
  checkHeaders('headers', headers)
  if (Symbol.iterator in headers) {
    for (const pair of headers) {
      if (!Array.isArray(pair) || typeof pair[0] !== 'string')
        throw invalid('headers', `must hold pairs of name and value, ${got(pair)}`)
      lines += headerLine(pair[0], pair[1])
    }
  } else {
    for (const [name, value] of Object.entries(headers)) {
      if (Array.isArray(value)) for (const one of value) lines += headerLine(name, one)
      else lines += headerLine(name, value)
    }
  }
  return toWire(lines)
}

function headerLine(name: string, value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return `${name}: ${value}\r\n`
  throw invalid(name, 'must be a string, a number or a boolean')
}

// in the order of utils.c:ast_escape_c's table, from the bell (7) to the carriage return (13)
const controls = 'abtnvfr'

/** Returns what utils.c:ast_escape_c makes of a value: caller names and channel variables in events. */
export function escapeC(value: string): string {
  let out = ''
  let from = 0
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    const control = code >= 7 && code <= 13
    if (!control && code !== 34 && code !== 39 && code !== 63 && code !== 92) continue
    out += `${value.slice(from, i)}\\${control ? controls[code - 7] : value[i]}`
    from = i + 1
  }
  return from === 0 ? value : out + value.slice(from)
}

/**
 * Encodes as utils.c:ast_uri_encode does for AsyncAGI and URIENCODE, in upper case.
 * @param most the most characters that come out; what does not fit is left away, and no `%` is cut
 */
export function uriEncode(value: string, most = Number.POSITIVE_INFINITY): string {
  const whole = value.replace(
    /[^A-Za-z0-9\-_.!~*'()]/g,
    (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  )
  if (whole.length <= most) return whole
  const cut = whole.slice(0, most)
  const percent = cut.lastIndexOf('%')
  return percent > cut.length - 3 ? cut.slice(0, percent) : cut
}

/** Whether a value says yes (utils.c:ast_true). */
export function isTrue(value: string): boolean {
  return /^(yes|true|y|t|1|on)$/i.test(value)
}

/** Whether a value says no (utils.c:ast_false). */
export function isFalse(value: string): boolean {
  return /^(no|false|n|f|0|off)$/i.test(value)
}

/** Bytes of a byte string, for what needs them. */
export const wireBytes = textToBytes
