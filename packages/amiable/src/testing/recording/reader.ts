import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip, constants as zlib } from 'node:zlib'
import { got } from '../../check.ts'
import { type ArgumentError, invalid, quoted } from '../../errors.ts'
import { GatheredLines } from '../../util/gathered-text.ts'
import { fromWire, toWire } from '../protocol/byte-text.ts'
import { Capture, textOfBytes, WhyNothing, whyNotText } from './capture.ts'

/*
 * A recording is text, one JSON object a line; a name that ends in .gz is gzipped.
 *
 *   {"amiable":"recording","version":1,"startedAt":1795393342241,"source":"pbx1:5038"}
 *   {"t":12,"s":1,"d":"out","text":"Asterisk Call Manager/11.0.0\r\n"}
 *   {"t":15,"s":1,"d":"in","text":"Action: Login\r\nUsername: frank\r\nSecret: ***\r\n\r\n"}
 *   {"t":90,"s":1,"d":"out","bytes":"RXZlbnQ6IEZvby4uLg=="}
 *   {"t":99,"s":1,"d":"end"}
 *   {"amiable":"end","messages":4}
 *
 * `t` milliseconds since the start, `s` the connection from 1, `d` what the server sent (`out`), was asked (`in`), or
 * that the connection ended. `text` is in UTF-8, or `bytes` in base64 where that is not possible. One record is one message, its
 * blank line included; one without end is written in pieces. A connection that was up before the recording began is
 * written from the first end of a message on that is seen. A recording without the last line was broken off. A capture
 * of the wire is read as well: see capture.ts.
 */

/** A message of a recording. */
export interface RecordedMessage {
  /** Milliseconds since the start of the recording. `undefined` in a capture. */
  readonly time: number | undefined
  /** The number of the connection, from 1. */
  readonly session: number
  readonly direction: 'in' | 'out' | 'end'
  /** The message as a byte string: one character for one byte. */
  readonly text: string
}

/**
 * Reads a recording, or a capture of the wire, message by message. A file without AMI throws `AMI_ARGUMENT` with the
 * reason. A recording without its last line makes the process emit a warning after its messages were read.
 * @param recording the name of a file, or the text of a recording, as {@link importRecording} returns it
 */
export function readRecording(recording: string): AsyncGenerator<RecordedMessage> {
  checkRecording(recording)
  return messagesOf(recording, warnOfBreak)
}

/** Warns of a recording that was broken off. */
export function warnOfBreak(recording: string): void {
  const text = `${recording.includes('\n') ? 'the recording' : quoted(recording)}: it was broken off: what came later is missing`
  process.emitWarning(text, { type: 'AmiableWarning', code: 'AMIABLE_RECORDING' })
}

/**
 * Reads as {@link readRecording} does.
 * @param brokenOff called when all was read of a recording that has no end
 */
export async function* messagesOf(
  recording: string,
  brokenOff: (recording: string) => void,
): AsyncGenerator<RecordedMessage> {
  const given = recording.includes('\n')
  const refuse = (why: string): ArgumentError => {
    const what = given ? 'recording' : 'file'
    return invalid(what, `must be a recording or a capture of the wire: ${why}`, given ? undefined : recording)
  }
  let held = Buffer.alloc(0)
  let reader: Reader | undefined
  const nothing = new WhyNothing()
  let count = 0
  // bytes that were read since a message was complete
  let pending = 0
  const take = function* (bytes: Buffer, last: boolean): Generator<RecordedMessage> {
    if (reader === undefined) {
      held = Buffer.concat([held, bytes])
      // enough to know what it is
      if (held.length < ENOUGH && !last) return
      const why = whyNotText(held)
      if (why !== undefined) throw refuse(why)
      reader = textOfBytes(held).startsWith('{') ? new Records(refuse) : new Captured()
    }
    const text = held.length > 0 ? textOfBytes(held) : bytes.toString('latin1')
    held = Buffer.alloc(0)
    pending += text.length
    for (const message of last ? [...reader.take(text), ...reader.end()] : reader.take(text)) {
      count++
      nothing.saw(message)
      pending = 0
      yield message
    }
    if (pending > LONGEST) throw refuse(`a message of it is longer than ${LONGEST >> 20} MiB`)
  }
  for await (const chunk of given ? [Buffer.from(recording, 'utf8')] : bytesOf(recording, refuse))
    yield* take(chunk, false)
  yield* take(Buffer.alloc(0), true)
  const why = reader instanceof Records ? (count === 0 ? 'it has no messages' : undefined) : nothing.why
  if (why !== undefined) throw refuse(why)
  if (reader instanceof Records && !reader.complete) brokenOff(recording)
}

/** Checks that it can be a recording's text or a file's name. */
export function checkRecording(recording: unknown): void {
  if (typeof recording === 'string' && recording !== '' && !recording.includes('\0')) return
  throw invalid('recording', `must be a file's name or a recording's text, ${got(recording)}`)
}

const ENOUGH = 4096
// a piece of a message that a recorder writes has 16 MiB, and six times that in JSON
const LONGEST = 128 << 20

/** Yields the bytes of a file, unpacked where they are gzipped. */
async function* bytesOf(file: string, refuse: (why: string) => Error): AsyncGenerator<Buffer> {
  // a pipe that nobody writes to would keep `open` waiting for ever
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    if (!(await handle.stat()).isFile()) throw refuse('it is a directory, a pipe or a device')
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    const raw = handle.createReadStream({ start: 0 })
    if (buffer.toString('hex') === '1f8b') yield* unpackedFrom(raw, refuse)
    else yield* raw as AsyncIterable<Buffer>
  } catch (error) {
    // what the system says of a read has no name of a file
    throw error instanceof Error && 'syscall' in error ? refuse(`it cannot be read: ${error.message}`) : error
  } finally {
    await handle.close()
  }
}

async function* unpackedFrom(raw: Readable, refuse: (why: string) => Error): AsyncGenerator<Buffer> {
  // a recording that was broken off has no end
  const unpacked = createGunzip({ finishFlush: zlib.Z_SYNC_FLUSH })
  raw.on('error', (error) => unpacked.destroy(error))
  let isEmpty = true
  try {
    for await (const bytes of raw.pipe(unpacked) as AsyncIterable<Buffer>) {
      isEmpty = false
      yield bytes
    }
  } catch (error) {
    throw refuse(`it cannot be unpacked: ${(error as Error).message}`)
  }
  if (isEmpty) throw refuse('nothing can be unpacked of it: it is empty, or was broken off at its beginning')
}

interface Reader {
  /** Takes some more, as a byte string. */
  take(text: string): RecordedMessage[]
  end(): RecordedMessage[]
}

/** The lines of a recording. */
class Records implements Reader {
  /** Whether the last line that was read says that the recording ends there. */
  complete = false
  #refuse: (why: string) => Error
  #pending = new GatheredLines()
  #number = 0

  constructor(refuse: (why: string) => Error) {
    this.#refuse = refuse
  }

  take(text: string): RecordedMessage[] {
    return this.#pending.add(text).flatMap((line) => this.#message(line) ?? [])
  }

  /** Ends it; what was broken off ends within a line. */
  end(): RecordedMessage[] {
    const rest = this.#pending.rest()
    if (recordOf(rest) !== undefined) return this.take(`${rest}\n`)
    if (rest.trim() !== '') this.complete = false
    return []
  }

  #message(line: string): RecordedMessage | undefined {
    const number = ++this.#number
    if (line.trim() === '') return undefined
    const record = recordOf(line)
    if (record === undefined) throw this.#refuse(`line ${number} is no JSON`)
    this.complete = record.amiable === 'end'
    if (this.complete) return undefined
    if (record.amiable === 'recording') {
      if (record.version === 1) return undefined
      throw this.#refuse(`its version is ${String(record.version)} and this reads 1`)
    }
    const message = messageOfRecord(record)
    if (message === undefined) throw this.#refuse(`line ${number} is no record of one`)
    return message
  }
}

/** Returns the message of a line of a recording, or `undefined` if it has none. */
export function messageOfRecord({ t, s, d, text, bytes }: Record<string, unknown>): RecordedMessage | undefined {
  if (typeof t !== 'number' || typeof s !== 'number' || (d !== 'in' && d !== 'out' && d !== 'end')) return undefined
  const wire = typeof text === 'string' ? toWire(text) : Buffer.from(String(bytes ?? ''), 'base64').toString('latin1')
  return { time: t, session: s, direction: d, text: wire }
}

function recordOf(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(fromWire(line)) as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** The messages of a capture. */
class Captured implements Reader {
  #capture = new Capture()

  take(text: string): RecordedMessage[] {
    return this.#capture.take(text).map((message) => ({ time: undefined, ...message }))
  }

  end(): RecordedMessage[] {
    return this.#capture.end().map((message) => ({ time: undefined, ...message }))
  }
}
