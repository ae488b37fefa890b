import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { LimitError, ProtocolError } from '../../src/errors.ts'
import type { Encoding } from '../../src/util/text.ts'
import { Decoder } from '../../src/wire/decoder.ts'
import { defaultLimits, type Limits } from '../../src/wire/limits.ts'
import { type Header, kindOf, linesOf, type Message } from '../../src/wire/message.ts'
import { testOrigin } from './origin.ts'

/** What a decoder told. */
export interface Decoded {
  readonly banners: string[]
  readonly messages: Message[]
  readonly faults: (ProtocolError | LimitError)[]
  readonly heads: (Message | undefined)[]
  /** Banner, messages and faults in the order in which they were told, as plain data. */
  readonly log: unknown[]
  readonly decoder: Decoder
}

export const BANNER = 'Asterisk Call Manager/11.0.0\r\n'

/** Bytes of a string that holds one character for each. */
export function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

export interface DecodeOptions {
  readonly limits?: Partial<Limits>
  readonly encoding?: Encoding
  /** Whether raw output with an ActionID is expected; by default all is. */
  readonly raw?: (actionId: string | undefined) => boolean
}

/** Feeds chunks to a decoder of its own. */
export function decodeChunks(
  chunks: Iterable<Uint8Array>,
  { limits = {}, encoding = 'utf8', raw = () => true }: DecodeOptions = {},
): Decoded {
  const told: Omit<Decoded, 'decoder'> = { banners: [], messages: [], faults: [], heads: [], log: [] }
  const decoder = new Decoder(
    {
      banner: (line) => {
        told.banners.push(line)
        told.log.push({ banner: line })
      },
      message: (message) => {
        // whoever keeps a message does this
        linesOf(message)
        told.messages.push(message)
        told.log.push({ kind: kindOf(message), headers: message.headers })
      },
      fault: (error, head) => {
        told.faults.push(error)
        told.heads.push(head)
        told.log.push({ fault: error.code, limit: 'limit' in error ? error.limit : undefined })
      },
      expectsRaw: raw,
      unreadable: (why) => assert.fail(why),
    },
    { ...defaultLimits, ...limits },
  )
  const origin = testOrigin(encoding)
  // each chunk has an origin of its own
  for (const chunk of chunks) decoder.push(chunk, { ...origin })
  return { ...told, decoder }
}

/** Feeds a text, with a banner in front, as one chunk. */
export function decode(text: string, options?: DecodeOptions): Decoded {
  return decodeChunks([bytes(BANNER + text)], options)
}

/** The only message of a text. */
export function one(text: string, encoding?: Encoding): Message {
  const { messages, faults } = decode(text, encoding && { encoding })
  if (messages.length !== 1 || faults.length > 0) throw new Error(`not one message: ${messages.length}`)
  return messages[0] as Message
}

/** Every header of every message. */
export function headersOf({ messages }: Decoded): (readonly Header[])[] {
  return messages.map((message) => message.headers)
}

/** Cuts bytes at the given places. */
export function cutAt(whole: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...places].sort((a, b) => a - b)
  return [...sorted, whole.length].map((end, i) => whole.subarray(i === 0 ? 0 : sorted[i - 1], end))
}

/** Cuts bytes into pieces of one size. */
export function piecesOf(whole: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < whole.length; at += size) pieces.push(whole.subarray(at, at + size))
  return pieces
}

/** One event of each kind from a real Asterisk 22, its banner included. */
export function capture(): Buffer {
  return readFileSync(new URL('capture.ami', import.meta.url))
}

/** How many cases a property is tried on; `AMIABLE_FUZZ_RUNS` asks for more. */
export function runs(usual: number): number {
  const asked = Number(process.env.AMIABLE_FUZZ_RUNS)
  return asked > 0 ? asked : usual
}
