/*
 * In which slot a text lies. It is the same one for a string and for the bytes that it is read from, where all of it is
 * ASCII.
 */

// the end of an id is what differs: a number that counts, or digits that are random
const MOST_WORTH = 100_000
const ZERO = 48
const SMALL_A = 97
/** So many of its first bytes decide where a name lies. */
const HASHED = 64
const FACTOR = 31

/** Returns the number at the end of an id. What stands in front of it is the same in many ids, and ends with a dot or a dash. */
export function numberAtEnd(text: string, base: number): number {
  let number = 0
  let worth = 1
  for (let at = text.length - 1; at >= 0 && worth <= MOST_WORTH; at--) {
    const code = text.charCodeAt(at)
    if (code < ZERO) break
    number += digit(code) * worth
    worth *= base
  }
  return number
}

/** Returns the same of bytes. */
export function numberAtEndOf(bytes: Uint8Array, from: number, end: number, base: number): number {
  let number = 0
  let worth = 1
  for (let at = end - 1; at >= from && worth <= MOST_WORTH; at--) {
    const code = bytes[at] as number
    if (code < ZERO) break
    number += digit(code) * worth
    worth *= base
  }
  return number
}

/** Returns a number that a name alone decides. */
export function hashOf(text: string): number {
  let hash = 0
  const end = Math.min(text.length, HASHED)
  for (let at = 0; at < end; at++) hash = (Math.imul(hash, FACTOR) + text.charCodeAt(at)) | 0
  return hash
}

/** Returns the same of bytes. */
export function hashOfBytes(bytes: Uint8Array, from: number, end: number): number {
  let hash = 0
  const last = Math.min(end, from + HASHED)
  for (let at = from; at < last; at++) hash = (Math.imul(hash, FACTOR) + (bytes[at] as number)) | 0
  return hash
}

function digit(code: number): number {
  return code < SMALL_A ? code - ZERO : code - SMALL_A + 10
}
