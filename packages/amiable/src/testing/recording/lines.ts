import { isUtf8 } from 'node:buffer'
import { redact } from '../redaction/redact.ts'
import { lookForSecrets } from '../redaction/suspect-bytes.ts'

/*
 * Events to lines of a recording, bytes to bytes in one pass. Expressions over text that find the ends, the secrets and
 * what JSON escapes one after the other take five times as long. What is unusual is left to the caller.
 */

const LF = 10
const CR = 13
const SPACE = 32
const QUOTE = 34
const COLON = 58
const BACKSLASH = 92
const SMALL_U = 117

/** How many bytes {@link EventLines} takes at once. */
export const PIECE = 1 << 17
// `Event:` and its blank line become eight times as long, behind a head of up to 65 bytes
const GROWTH = 8

/** The first four letters, in lower case. */
const start = (word: string): number => Buffer.from(word.toLowerCase()).readInt32LE() | 0x20202020
const EVENT = start('event')
const ACTION_ID = start('actionid')
// of these the names of the headers do not say what they hold
const ODD = new Set(['AsyncAGIExec', 'AGIExecStart', 'ChallengeSent', 'ChallengeResponseFailed'].map(start))

/** Makes lines of events. */
export interface EventLines {
  /** Takes what to read from, at most {@link PIECE} bytes: the beginning of a message, and more. Gives how many. */
  load(pending: Buffer, bytes: Buffer): number
  /**
   * Makes a line, behind `head`, of each event from `from` on, up to the first message that needs a closer look. Such a
   * message has no end, secrets, control characters or bytes that are not UTF-8, or is no event. It may also bear an
   * ActionID while `waits` says that answers are waited for. Returns where that message begins.
   */
  run(from: number, head: Buffer, waits: boolean): number
  /** Returns what was loaded from a place on. */
  loaded(from: number): Buffer
  /** Returns the lines that the last run made, until the next one. */
  lines(): Buffer
  /** Returns how many they are. */
  count(): number
}

let only: EventLines | undefined

/** Returns the one there is: it works at once, so that all recordings share its memory. */
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
  const { pairs, confirm } = lookForSecrets((at) => input[at]!)
  let length = 0
  let written = 0
  let messages = 0

  const fourLetters = (at: number): number => words.getInt32(at, true) | 0x20202020
  const hidesSome = (from: number, to: number): boolean => {
    const message = input.toString('latin1', from, to)
    return redact(message) !== message
  }

  /** Gives where the event ended; or -1, and nothing was written. */
  const event = (from: number, head: Buffer, waits: boolean): number => {
    if (fourLetters(from) !== EVENT || input[from + 5] !== COLON) return -1
    if (ODD.has(fourLetters(input[from + 6] === SPACE ? from + 7 : from + 6))) return -1
    let at = written + head.copy(output, written)
    const text = at
    let suspect = false
    let ascii = true
    for (let i = from; ; ) {
      // four bytes at once, while none is beyond ASCII, below the space, a quote or a backslash
      for (;;) {
        const word = words.getInt32(i, true)
        // the low seven bits of two bytes, side by side
        const one = pairs[(word & 0x7f) | ((word >> 1) & 0x3f80)]!
        const two = pairs[((word >> 16) & 0x7f) | ((word >> 17) & 0x3f80)]!
        if ((one | two) !== 0 && !suspect) {
          suspect = (one !== 0 && confirm(one, i, from)) || (two !== 0 && confirm(two, i + 2, from))
        }
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
        if (waits && fourLetters(i) === ACTION_ID) return -1
      } else if (byte > 0x7f) {
        ascii = false
        output[at++] = byte
        i++
      } else if (byte === QUOTE || byte === BACKSLASH) {
        // a character of JSON may be written as a number
        suspect ||= byte === BACKSLASH && input[i + 1] === SMALL_U
        output[at++] = BACKSLASH
        output[at++] = byte
        i++
      } else return -1
    }
  }

  return {
    load(pending, bytes) {
      length = pending.copy(input)
      length += bytes.copy(input, length)
      // what is behind ends every loop
      input.fill(0, length, length + 8)
      return length
    },
    run(from, head, waits) {
      written = 0
      messages = 0
      for (let at = from; ; messages++) {
        const next = event(at, head, waits)
        if (next === -1) return at
        at = next
      }
    },
    loaded: (from) => input.subarray(from, length),
    lines: () => output.subarray(0, written),
    count: () => messages,
  }
}
