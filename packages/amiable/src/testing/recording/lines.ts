import { isUtf8 } from 'node:buffer'
import { redact, suspectHeaders } from './redact.ts'

/*
 * Events to lines of a recording, bytes to bytes in one pass: to find their ends, their secrets and what JSON escapes one
 * after the other, by expressions over text, takes five times as long. What is unusual is left to who asks.
 */

const LF = 10
const CR = 13
const SPACE = 32
const QUOTE = 34
const COLON = 58
const BACKSLASH = 92

/** How many bytes {@link EventLines} takes at once. */
export const PIECE = 1 << 17
// `Event:` and its blank line become eight times as long, behind a head of up to 65 bytes
const GROWTH = 8

/** The first three letters, in lower case. */
const start = (word: string): number => word.charCodeAt(0) | (word.charCodeAt(1) << 8) | (word.charCodeAt(2) << 16)
const EVENT = start('event')
const LINE = start('line')

// how the lines begin in which `redact` may find something; a message that has one is shown to it
const suspects = new Set(suspectHeaders.map((name) => start(name.toLowerCase())))

/** Makes lines of events. */
export interface EventLines {
  /** Takes what to read from, at most {@link PIECE} bytes: the beginning of a message as a byte string, and bytes. */
  load(pending: string, bytes: Buffer): void
  /**
   * Makes a line, behind `head`, of each event from `from` on, up to the first message that needs a closer look: it has
   * no end, secrets, control characters or bytes that are not UTF-8, or is no event. Gives where that begins.
   */
  run(from: number, head: Buffer): number
  /** What was loaded from a place on, as a byte string. */
  rest(from: number): string
  /** The lines that the last run made, until the next one. */
  lines(): Buffer
  /** How many they are. */
  count(): number
}

let only: EventLines | undefined

/** The one there is: it works at once, so that all recordings share its memory. */
export function eventLines(): EventLines {
  only ??= make()
  return only
}

/*
 * V8 takes what a function that is made once closes over for constants, and then a byte costs a third. Arrays that are
 * parameters, fields, or variables of a bundle are looked up at every byte.
 */
function make(): EventLines {
  const input = Buffer.allocUnsafeSlow(PIECE + 8)
  const output = Buffer.allocUnsafeSlow(PIECE * GROWTH)
  const words = new DataView(input.buffer)
  const outputWords = new DataView(output.buffer)
  const end = Buffer.from('\\r\\n"}\n')
  // what stands in JSON as it is
  const plain = new Uint8Array(256).fill(1, SPACE, 0x80)
  plain[QUOTE] = plain[BACKSLASH] = 0
  // a look at five bits of two letters rules out most lines
  const pairs = new Uint8Array(1024)
  for (const word of suspects) pairs[((word & 31) << 5) | ((word >> 8) & 31)] = 1
  let length = 0
  let written = 0
  let messages = 0

  const threeLetters = (at: number): number => (words.getInt32(at, true) & 0xffffff) | 0x202020
  const isSuspect = (at: number): boolean => {
    const word = threeLetters(at)
    // not `Linkedid`
    return suspects.has(word) && (word !== LINE || (input[at + 3]! | SPACE) === 101)
  }
  const hidesSome = (from: number, to: number): boolean => {
    const message = input.toString('latin1', from, to)
    return redact(message) !== message
  }

  /** Gives where the event ended; or -1, and nothing was written. */
  const event = (from: number, head: Buffer): number => {
    if (threeLetters(from) !== EVENT || input[from + 5] !== COLON) return -1
    let at = written + head.copy(output, written)
    const text = at
    // `Event: Cha…` may be ChallengeResponseFailed
    let suspect = input[from + 8] === 104 && input[from + 9] === 97
    let ascii = true
    for (let i = from; ; ) {
      // four bytes at once, while none is beyond ASCII, below the space, a quote or a backslash
      for (;;) {
        const word = words.getInt32(i, true)
        const low = word ^ 0x02020202
        const slash = word ^ 0x5c5c5c5c
        const special = ((low - 0x21212121) & ~low) | ((slash - 0x01010101) & ~slash) | word
        if ((special & 0x80808080) !== 0) break
        outputWords.setInt32(at, word, true)
        at += 4
        i += 4
      }
      let byte = input[i]!
      while (plain[byte] === 1) {
        output[at++] = byte
        byte = input[++i]!
      }
      if (byte === CR && input[i + 1] === LF) {
        // \r\n
        outputWords.setInt32(at, 0x6e5c725c, true)
        at += 4
        i += 2
        const next = input[i]!
        if (next === CR && input[i + 1] === LF) {
          if (suspect && hidesSome(from, i)) return -1
          if (!ascii && !isUtf8(output.subarray(text, at))) return -1
          written = at + end.copy(output, at)
          return i + 2
        }
        if (pairs[((next & 31) << 5) | (input[i + 1]! & 31)] === 1 && !suspect) suspect = isSuspect(i)
      } else if (byte > 0x7f) {
        ascii = false
        output[at++] = byte
        i++
      } else if (byte === QUOTE || byte === BACKSLASH) {
        // a value of JSON may hold secrets
        suspect = true
        output[at++] = BACKSLASH
        output[at++] = byte
        i++
      } else return -1
    }
  }

  return {
    load(pending, bytes) {
      length = input.write(pending, 'latin1')
      length += bytes.copy(input, length)
      // what is behind ends every loop
      input.fill(0, length, length + 8)
    },
    run(from, head) {
      written = 0
      messages = 0
      for (let at = from; ; messages++) {
        const next = event(at, head)
        if (next === -1) return at
        at = next
      }
    },
    rest: (from) => input.toString('latin1', from, length),
    lines: () => output.subarray(0, written),
    count: () => messages,
  }
}
