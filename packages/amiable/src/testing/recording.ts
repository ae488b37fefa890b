import { createReadStream, createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import { ArgumentError } from '../errors.ts'
import type { TapListener } from '../util/tap.ts'
import { maySecret, redact } from './redact.ts'
import { fromWire, toWire } from './text.ts'

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

/** One direction of a connection: what came of a message that is not whole, and what is being looked for. */
interface Flow {
  pending: string
  awaits: 'banner' | 'message' | 'end of a torn message'
}

// more than any message that is one
const MOST = 4 << 20

/** Writes a recording. What is told is written message by message, secrets removed. */
export class RecordingWriter implements TapListener {
  readonly file: string
  /** How many messages were written. */
  messages = 0
  #out: NodeJS.WritableStream
  #finished: Promise<void>
  #started: number
  #now: () => number
  #flows = new Map<string, Flow>()
  #closed = false
  #lines = ''
  #timer: NodeJS.Immediate | undefined

  constructor(file: string, source: string, now: () => number) {
    this.file = file
    this.#now = now
    this.#started = now()
    const sink = createWriteStream(file)
    this.#finished = new Promise((resolve, reject) => {
      sink.on('close', resolve)
      sink.on('error', reject)
    })
    this.#finished.catch(() => undefined)
    if (file.endsWith('.gz')) {
      // the highest level takes four times as long for a tenth less
      const gzip = createGzip({ level: 2, chunkSize: 1 << 16 })
      gzip.pipe(sink)
      this.#out = gzip
    } else this.#out = sink
    this.#line({ amiable: 'recording', version: 1, startedAt: this.#started, source })
  }

  /** Takes bytes as they passed, cut anywhere. */
  chunk(session: number, direction: 'in' | 'out', text: string, midway: boolean): void {
    const key = `${session}${direction}`
    const flow = this.#flows.get(key) ?? begin(direction, midway)
    this.#flows.set(key, flow)
    flow.pending += text
    if (flow.awaits === 'end of a torn message' && !passOver(flow, direction)) return
    if (flow.awaits === 'banner') {
      const end = flow.pending.indexOf('\n') + 1
      if (end === 0 && flow.pending.length <= 1024) return
      if (flow.pending.startsWith('Asterisk Call Manager') && end > 0) this.#take(flow, end, session, direction)
      flow.awaits = 'message'
    }
    if (direction === 'out') {
      const whole = flow.pending.lastIndexOf('\r\n\r\n') + 4
      if (whole > 4 && this.#plain(session, flow.pending.slice(0, whole))) flow.pending = flow.pending.slice(whole)
    }
    for (let end = ending(flow.pending); end !== -1; end = ending(flow.pending)) {
      this.#take(flow, end, session, direction)
    }
    // at the end of a line, so that no secret is cut in two
    if (flow.pending.length > MOST) {
      this.#take(flow, flow.pending.lastIndexOf('\n') + 1 || flow.pending.length, session, direction)
    }
  }

  /** Takes a whole message. */
  message(session: number, direction: 'in' | 'out', text: string): void {
    const clean = redact(text)
    const readable = fromWire(clean)
    // what is plain ASCII came back as the same string
    const whole = readable === clean || toWire(readable) === clean
    const content = whole ? { text: readable } : { bytes: Buffer.from(clean, 'latin1').toString('base64') }
    this.#line({ t: this.#now() - this.#started, s: session, d: direction, ...content })
    this.messages++
  }

  /** A connection ended; what it left unfinished is written as it stands. */
  end(session: number): void {
    for (const direction of ['in', 'out'] as const) {
      const flow = this.#flows.get(`${session}${direction}`)
      if (flow !== undefined && flow.pending !== '' && flow.awaits !== 'end of a torn message') {
        this.message(session, direction, flow.pending)
      }
      this.#flows.delete(`${session}${direction}`)
    }
    this.#line({ t: this.#now() - this.#started, s: session, d: 'end' })
  }

  /** Resolves when the file is whole. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#flush()
      this.#out.end()
    }
    this.#closed = true
    await this.#finished
  }

  #take(flow: Flow, end: number, session: number, direction: 'in' | 'out'): void {
    this.message(session, direction, flow.pending.slice(0, end))
    flow.pending = flow.pending.slice(end)
  }

  /**
   * Whole messages in a row as a busy server sends them, written in one go; false where one of them needs a closer look.
   * Message by message, looking for secrets and writing JSON takes five times as long.
   */
  #plain(session: number, block: string): boolean {
    if (block.startsWith('\r\n') || block.includes('\\') || block.includes('\r\n\r\n\r\n') || maySecret(block))
      return false
    const text = block.replaceAll('\r\n', '\\r\\n')
    if (special.test(text)) return false
    const head = `{"t":${this.#now() - this.#started},"s":${session},"d":"out","text":"`
    const parts = text.split('\\r\\n\\r\\n')
    const between = `\\r\\n\\r\\n"}\n`
    parts.pop()
    this.messages += parts.length
    this.#add(`${head}${parts.join(between + head)}${between}`)
    return true
  }

  #line(record: Record<string, unknown>): void {
    this.#add(`${JSON.stringify(record)}\n`)
  }

  #add(lines: string): void {
    if (this.#closed) return
    this.#lines += lines
    if (this.#lines.length > 1 << 16) this.#flush()
    else this.#timer ??= setImmediate(() => this.#flush())
  }

  // many small lines in one write
  #flush(): void {
    clearImmediate(this.#timer)
    this.#timer = undefined
    if (this.#lines !== '') this.#out.write(this.#lines)
    this.#lines = ''
  }
}

// what JSON escapes besides the ends of lines, and what is not ASCII
const special = /[^ !#-~]/

function begin(direction: 'in' | 'out', midway: boolean): Flow {
  const awaits = midway ? 'end of a torn message' : direction === 'out' ? 'banner' : 'message'
  return { pending: '', awaits }
}

// what a command printed before Asterisk 14 has blank lines of its own, of bare line feeds
const torn = { in: /\n\r?\n/, out: /\r\n\r\n|\n\n(?=(?:Event|Response):)/i }

/** Drops what is left of a message whose beginning nobody saw; says whether its end has come. */
function passOver(flow: Flow, direction: 'in' | 'out'): boolean {
  const end = torn[direction].exec(flow.pending)
  // the end may be cut in two
  flow.pending = end === null ? flow.pending.slice(-16) : flow.pending.slice(end.index + end[0].length)
  if (end !== null) flow.awaits = 'message'
  return end !== null
}

const FOLLOWS_END = '--END COMMAND--\r\n\r\n'

// a message ends at an empty line; a blank line on its own is a message too
function ending(text: string): number {
  if (text.startsWith('\r\n')) return 2
  if (text.startsWith('\n')) return 1
  if (/^Response: *Follows\r\n/i.test(text)) {
    const end = text.indexOf(FOLLOWS_END)
    return end === -1 ? -1 : end + FOLLOWS_END.length
  }
  const match = /\n\r?\n/.exec(text)
  return match === null ? -1 : match.index + match[0].length
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
    throw new ArgumentError(`${file}, line ${number}: no JSON`, { argument: 'file' })
  }
  if (record.amiable === 'recording') {
    if (record.version === 1) return undefined
    throw new ArgumentError(`${file}: a recording of version ${String(record.version)}, this reads 1`, {
      argument: 'file',
    })
  }
  const { t, s, d, text, bytes } = record
  if (typeof t !== 'number' || typeof s !== 'number' || (d !== 'in' && d !== 'out' && d !== 'end')) {
    throw new ArgumentError(`${file}, line ${number}: no record of a recording`, { argument: 'file' })
  }
  const wire = typeof text === 'string' ? toWire(text) : Buffer.from(String(bytes ?? ''), 'base64').toString('latin1')
  return { time: t, session: s, direction: d, text: wire }
}
