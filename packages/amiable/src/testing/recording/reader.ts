import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type ArgumentError, invalid } from '../../errors.ts'
import { fromWire, toWire } from '../protocol/byte-text.ts'

/*
 * A recording is text, one JSON object a line; a name that ends in .gz is gzipped.
 *
 *   {"amiable":"recording","version":1,"startedAt":1795393342241,"source":"pbx1:5038"}
 *   {"t":12,"s":1,"d":"out","text":"Asterisk Call Manager/11.0.0\r\n"}
 *   {"t":15,"s":1,"d":"in","text":"Action: Login\r\nUsername: frank\r\nSecret: ***\r\n\r\n"}
 *   {"t":90,"s":1,"d":"out","bytes":"RXZlbnQ6IEZvby4uLg=="}
 *   {"t":99,"s":1,"d":"end"}
 *
 * `t` milliseconds since the start, `s` the connection from 1, `d` what the server sent (`out`), was asked (`in`), or
 * that the connection ended; `text` in UTF-8, or `bytes` in base64 where it is not. One record is one message, its
 * blank line included; one without end is written in pieces. A connection that was up before the recording began
 * is written from the first end of a message on that is seen. A plain capture of the wire (`*.ami`, `*.ami.gz`) is read
 * as well: one connection, no times.
 */

/** One line of a recording. */
export interface RecordedMessage {
  /** Milliseconds since the recording's start; `undefined` in a plain capture. */
  readonly time: number | undefined
  /** Which connection, from 1. */
  readonly session: number
  readonly direction: 'in' | 'out' | 'end'
  /** The message as a byte string: one character for one byte. */
  readonly text: string
}

/** Reads a recording, or a plain capture, message by message. */
export async function* readRecording(file: string): AsyncGenerator<RecordedMessage> {
  const raw = createReadStream(file)
  const stream: Readable = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw
  raw.on('error', (error) => stream.destroy(error))
  let plain: boolean | undefined
  let pending = ''
  let number = 0
  for await (const chunk of stream) {
    pending += (chunk as Buffer).toString('latin1')
    plain ??= pending.length > 0 ? !pending.startsWith('{') : undefined
    if (plain === true) {
      const banner = number === 0 ? /^Asterisk Call Manager[^\n]*\n/.exec(pending) : null
      if (banner !== null) {
        number++
        pending = pending.slice(banner[0].length)
        yield { time: undefined, session: 1, direction: 'out', text: banner[0] }
      }
      let from = 0
      for (let end = pending.indexOf('\r\n\r\n', from); end !== -1; end = pending.indexOf('\r\n\r\n', from)) {
        number++
        yield { time: undefined, session: 1, direction: 'out', text: pending.slice(from, end + 4) }
        from = end + 4
      }
      pending = pending.slice(from)
      continue
    }
    const lines = pending.split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) {
      number++
      const message = parse(line, number, file)
      if (message !== undefined) yield message
    }
  }
  if (plain === true) {
    if (pending.trim() !== '') yield { time: undefined, session: 1, direction: 'out', text: pending }
  } else if (pending !== '') {
    const message = parse(pending, number + 1, file)
    if (message !== undefined) yield message
  }
}

function parse(line: string, number: number, file: string): RecordedMessage | undefined {
  if (line.trim() === '') return undefined
  let record: Record<string, unknown>
  try {
    record = JSON.parse(fromWire(line)) as Record<string, unknown>
  } catch {
    throw notRecorded(file, `line ${number} is no JSON`)
  }
  if (record.amiable === 'recording') {
    if (record.version === 1) return undefined
    throw notRecorded(file, `its version is ${String(record.version)} and this reads 1`)
  }
  const { t, s, d, text, bytes } = record
  if (typeof t !== 'number' || typeof s !== 'number' || (d !== 'in' && d !== 'out' && d !== 'end')) {
    throw notRecorded(file, `line ${number} is no record of one`)
  }
  const wire = typeof text === 'string' ? toWire(text) : Buffer.from(String(bytes ?? ''), 'base64').toString('latin1')
  return { time: t, session: s, direction: d, text: wire }
}

function notRecorded(file: string, why: string): ArgumentError {
  return invalid('file', `must be a recording or a capture of the wire: ${why}`, file)
}
