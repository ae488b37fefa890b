import { fromWire, toWire } from '../protocol/byte-text.ts'
import { RecordingFile } from './file.ts'
import { eventLines, PIECE } from './lines.ts'
import type { ProxyListener } from './proxy.ts'
import { redact } from './redact.ts'

/** One direction of a connection: what came of a message that is not whole, and what is being looked for. */
interface Flow {
  pending: string
  awaits: 'banner' | 'message' | 'end of a torn message'
}

// more than any message that is one
const MOST = 4 << 20

/** Writes a recording. What is told is written message by message, secrets removed. */
export class RecordingWriter implements ProxyListener {
  /** How many messages were written. */
  messages = 0
  #file: RecordingFile
  #started: number
  #now: () => number
  #flows = new Map<string, Flow>()

  constructor(file: string, source: string, now: () => number) {
    this.#now = now
    this.#started = now()
    this.#file = new RecordingFile(file)
    this.#line({ amiable: 'recording', version: 1, startedAt: this.#started, source })
  }

  /** While much waits for the disk: resolves when it has caught up. */
  get behind(): Promise<void> | undefined {
    return this.#file.behind
  }

  /** Takes bytes as they passed, cut anywhere, as a byte string. */
  chunk(session: number, direction: 'in' | 'out', text: string, midway: boolean): void {
    this.bytes(session, direction, Buffer.from(text, 'latin1'), midway)
  }

  /** Takes bytes as they passed, cut anywhere. */
  bytes(session: number, direction: 'in' | 'out', bytes: Buffer, midway: boolean): void {
    if (this.#file.ended) return
    const key = `${session}${direction}`
    const flow = this.#flows.get(key) ?? begin(direction, midway)
    this.#flows.set(key, flow)
    if (direction === 'out' && flow.awaits === 'message' && flow.pending.length + bytes.length <= PIECE) {
      flow.pending = this.#events(flow.pending, bytes, session)
      return
    }
    flow.pending += bytes.toString('latin1')
    if (flow.awaits === 'end of a torn message' && !passOver(flow, direction)) return
    if (flow.awaits === 'banner') {
      const end = flow.pending.indexOf('\n') + 1
      if (end === 0 && flow.pending.length <= 1024) return
      if (flow.pending.startsWith('Asterisk Call Manager') && end > 0) this.#take(flow, end, session, direction)
      flow.awaits = 'message'
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
  close(): Promise<void> {
    return this.#file.close()
  }

  #take(flow: Flow, end: number, session: number, direction: 'in' | 'out'): void {
    this.message(session, direction, flow.pending.slice(0, end))
    flow.pending = flow.pending.slice(end)
  }

  /**
   * What a busy server sends: events one behind the other, and now and then a message that needs a closer look. Gives
   * what has no end yet.
   */
  #events(pending: string, bytes: Buffer, session: number): string {
    const events = eventLines()
    const head = Buffer.from(`{"t":${this.#now() - this.#started},"s":${session},"d":"out","text":"`)
    events.load(pending, bytes)
    // copied once, however many need a closer look
    let whole: string | undefined
    let start = 0
    for (let from = 0; ; ) {
      from = events.run(from, head)
      this.#file.add(events.lines())
      this.messages += events.count()
      if (whole === undefined) {
        whole = events.rest(from)
        start = from
      }
      const rest = whole.slice(from - start)
      const end = ending(rest)
      if (end === -1) return from === start ? whole : events.rest(from)
      this.message(session, 'out', rest.slice(0, end))
      from += end
    }
  }

  #line(record: Record<string, unknown>): void {
    this.#file.add(Buffer.from(`${JSON.stringify(record)}\n`))
  }
}

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
