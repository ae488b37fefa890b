import { Decoder } from '../../src/wire/decoder.ts'
import { defaultLimits } from '../../src/wire/limits.ts'
import { kindOf, linesOf, Message } from '../../src/wire/message.ts'
import type { Origin } from '../../src/wire/origin.ts'
import { INBOX_BYTES, type Layout, type Scanner } from '../../src/wire/scanner.ts'

/** A message as the scanner found it: the careful reader made `message` of the same lines, and never saw the places. */
export interface Scanned {
  readonly message: Message
  readonly layout: Layout
  readonly values: readonly (readonly [start: number, end: number])[]
  readonly text: string
  readonly isAscii: boolean
}

export interface Read {
  /** All messages in their order, those that were scanned among them. */
  readonly messages: Message[]
  readonly scanned: Scanned[]
}

/** Reads chunks by the scan, and by the careful reader from wherever the scan stops to the next blank line. */
export function readByScan(scanner: Scanner, chunks: Iterable<Uint8Array>, origin: Origin): Read {
  const read: Read = { messages: [], scanned: [] }
  const decoder = new Decoder(
    {
      banner: () => {},
      message: (message) => read.messages.push(message),
      fault: () => {},
      expectsRaw: () => true,
      endless: () => {},
    },
    defaultLimits,
  )
  decoder.push(Buffer.from('\n'), origin)
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += INBOX_BYTES) {
      const piece = chunk.subarray(at, at + INBOX_BYTES)
      scanner.inbox.set(piece)
      readPiece(scanner, piece.length, decoder, read, origin)
    }
  }
  return read
}

function readPiece(scanner: Scanner, length: number, decoder: Decoder, read: Read, origin: Origin): void {
  const piece = Buffer.from(scanner.inbox.slice(0, length))
  for (let at = 0; at < length; ) {
    if (decoder.held === 0) {
      scanner.scan(at, length)
      while (scanner.next()) read.messages.push(takeEvent(scanner, piece, read, origin))
      at = scanner.stopped
    }
    const end = piece.indexOf('\r\n\r\n', at)
    const stop = end === -1 ? length : end + 4
    const before = read.messages.length
    decoder.push(piece.subarray(at, stop), origin)
    for (const message of read.messages.slice(before)) {
      if (kindOf(message) === 'event') scanner.learn(linesOf(message).slice(2))
    }
    at = stop
  }
}

function takeEvent(scanner: Scanner, piece: Buffer, { scanned }: Read, origin: Origin): Message {
  const { start, end, layout, isAscii } = scanner
  const text = piece.toString('latin1', start, end)
  const message = new Message(origin, 'event', text)
  const values = layout.names.map((_, slot) => [scanner.valueStart(slot), scanner.valueEnd(slot)] as const)
  scanned.push({ message, layout, values, text, isAscii })
  return message
}
