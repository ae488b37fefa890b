/*
 * The wire's text is held as a "byte string": one character for one byte, U+0000 to U+00FF. Positions in it are
 * positions on the wire, a cut between two bytes never breaks a character, and V8 keeps it at one byte a character.
 * Only a value that somebody reads is decoded.
 */

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()
const NOT_ASCII = /[^\0-\x7f]/

/** What a value's bytes mean. */
export type Encoding = 'utf8' | 'latin1'

/** Returns the bytes of a chunk as a byte string. */
export function bytesToText(bytes: Uint8Array): string {
  if (typeof Buffer !== 'undefined') {
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return buffer.toString('latin1')
  }
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  }
  return text
}

/** Bytes that strings are cut out of. */
export type CuttableBytes = {
  latin1Slice(from: number, to: number): string
  latin1Write(text: string, at: number): number
  subarray(from: number, to: number): CuttableBytes
} & Uint8Array<ArrayBuffer>

/** Returns memory as bytes that strings are cut out of; undefined where this is not Node. */
export function cuttable(memory: ArrayBuffer): CuttableBytes | undefined {
  // Node's types lack the method that `toString` calls, which costs a fifth less
  return typeof Buffer === 'undefined' ? undefined : (Buffer.from(memory) as unknown as CuttableBytes)
}

/** Returns a byte string's bytes. */
export function textToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/**
 * Returns a part of a text that does not keep the text in memory. V8's `slice` copies up to twelve characters and
 * otherwise points into its parent, which stays as long as the part. Two strings that are joined become one of their
 * own.
 */
export function cut(text: string, from: number, end: number): string {
  return end - from < 13 ? text.slice(from, end) : [text[from], text.slice(from + 1, end)].join('')
}

/** Returns the same text without a hold on a larger one that it may have been cut from. */
export function detached(slice: string): string {
  return cut(slice, 0, slice.length)
}

/** Whether a text has ASCII characters alone. */
export function isAscii(text: string): boolean {
  return text.length > 32 ? !NOT_ASCII.test(text) : hasAscii(text)
}

function hasAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= 0x80) return false
  return true
}

/** Decodes a byte string as UTF-8; bytes that are not UTF-8 become U+FFFD. */
export function decodeUtf8(text: string): string {
  // a call of the expression costs as much as a look at thirty characters; V8 cuts values of up to twelve as flat strings
  if (text.length > 12 && !NOT_ASCII.test(text)) return text
  let first = 0
  while (first < text.length && text.charCodeAt(first) < 0x80) first++
  if (first === text.length) return text
  return decodeFrom(text, first)
}

function decodeFrom(text: string, start: number): string {
  let out = ''
  /** Up to where it is decoded; what is ASCII from there on is taken at once. */
  let done = 0
  for (let i = start; i < text.length; ) {
    const a = text.charCodeAt(i)
    if (a < 0x80) {
      i += 1
    } else if (a >= 0xc2 && a <= 0xdf && continues(text, i + 1)) {
      out += text.slice(done, i) + String.fromCharCode(((a & 0x1f) << 6) | (text.charCodeAt(i + 1) & 0x3f))
      i += 2
      done = i
    } else {
      // three bytes and more are rarer, and what is not UTF-8 has rules of its own: both are the platform's work
      return out + text.slice(done, i) + decoder.decode(textToBytes(text.slice(i)))
    }
  }
  return out + text.slice(done)
}

function continues(text: string, at: number): boolean {
  return at < text.length && (text.charCodeAt(at) & 0xc0) === 0x80
}

/** Returns how many bytes a string takes on the wire. */
export function byteLength(text: string, encoding: Encoding): number {
  // an action without parameters has so many: Node's own takes longer for these
  if (encoding === 'latin1' || (text.length <= 64 && hasAscii(text))) return text.length
  return typeof Buffer !== 'undefined' ? Buffer.byteLength(text, 'utf8') : encoder.encode(text).length
}
