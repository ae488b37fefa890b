import { checkAmount } from '../../check.ts'
import { isBanner } from '../../util/banner.ts'
import { AskedBefore } from '../redaction/asked.ts'
import type { OwnRule } from '../redaction/find-secrets.ts'
import { redact } from '../redaction/redact.ts'
import { eventLines, PIECE } from './lines.ts'
import { PendingBytes } from './pending-bytes.ts'
import type { ProxyListener } from './proxy.ts'
import { endLine, headLine, recordLine } from './record-line.ts'

/** A direction of a connection: what has come of a message that is not complete, and what is being looked for. */
interface Flow {
  readonly pending: PendingBytes
  awaits: 'banner' | 'message' | 'end of a torn message' | 'end of a line'
  /** Whether pieces of the message were written already. */
  inPieces: boolean
}

// what is longer is written line by line; and of a line that is longer only the name
const LONG_MESSAGE = 4 << 20
const LONG_LINE = 16 << 20
const LF = 10

/** Where the lines of a recording go. */
export interface LineSink {
  /** Whether nothing is taken any more. */
  readonly ended: boolean
  /** While much waits: resolves when it has caught up. */
  readonly behind: Promise<void> | undefined
  /** Takes lines; the memory they are in may be filled again at once. */
  add(lines: Buffer): void
  /** Takes nothing more: {@link close} rejects with the error. */
  abandon(error: unknown): void
  close(): Promise<void>
}

/** A caller's own rules of what a recording holds. */
export interface RecordingRules {
  /** What is hidden. */
  readonly own?: OwnRule | undefined
  /** Whether an event of this name is written. */
  readonly wants?: ((name: string) => boolean) | undefined
}

/** Writes a recording: message by message, secrets removed. */
export class RecordingWriter implements ProxyListener {
  /** How many messages were written. */
  messages = 0
  #file: LineSink
  readonly #source: string
  /** Messages that the file has, which may not be the first. */
  #inFile = 0
  #started: number
  #now: () => number
  readonly #rules: RecordingRules
  /** Connections of which the event that goes on in pieces is left out. */
  readonly #leftOut = new Set<number>()
  #before = new AskedBefore()
  #flows = new Map<string, Flow>()

  /**
   * @param open makes what the lines go to
   * @param rules a caller's own; each message is then looked at closely
   */
  constructor(open: () => LineSink, source: string, now: () => number, rules: RecordingRules = {}) {
    this.#now = now
    this.#started = now()
    checkAmount('now()', this.#started)
    this.#file = open()
    this.#source = source
    this.#rules = rules
    this.#line(headLine(this.#started, source))
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
    this.#unlessEnded(() => this.#bytes(session, direction, bytes, midway))
  }

  /** Takes a message. */
  message(session: number, direction: 'in' | 'out', text: string): void {
    this.#unlessEnded(() => this.#message(session, direction, text))
  }

  /** Ends a connection; what it left unfinished is written as it stands. */
  end(session: number): void {
    this.#unlessEnded(() => this.#end(session))
  }

  /** Goes on in another file with the next message. Resolves when the file before is complete. */
  rotate(open: () => LineSink): Promise<void> {
    const before = this.#file
    this.#line(endLine(this.#inFile))
    this.#started = this.#now()
    this.#inFile = 0
    this.#file = open()
    this.#line(headLine(this.#started, this.#source))
    return before.close()
  }

  /** Writes the last line; resolves when the file is complete. */
  close(): Promise<void> {
    this.#line(endLine(this.#inFile))
    return this.#file.close()
  }

  /** Does a part of the work. If it throws, as a caller's rule may, the recording ends; whoever passes the bytes goes on. */
  #unlessEnded(work: () => void): void {
    if (this.#file.ended) return
    try {
      work()
    } catch (error) {
      this.#file.abandon(error)
    }
  }

  #bytes(session: number, direction: 'in' | 'out', bytes: Buffer, midway: boolean): void {
    const key = `${session}${direction}`
    const flow = this.#flows.get(key) ?? begin(direction, midway)
    this.#flows.set(key, flow)
    const { pending } = flow
    const { own, wants } = this.#rules
    const plain = direction === 'out' && flow.awaits === 'message' && own === undefined && wants === undefined
    if (plain && pending.length + bytes.length <= PIECE && pending.mayEndWith(bytes)) {
      this.#events(pending, bytes, session)
      return
    }
    pending.append(bytes)
    if (flow.awaits === 'end of a torn message' && !passOver(flow, direction)) return
    if (flow.awaits === 'end of a line' && !passOverLine(flow)) return
    if (flow.awaits === 'banner') {
      const end = pending.bytes.indexOf(LF) + 1
      if (end === 0 && pending.length <= 1024) return
      const greets = isBanner(pending.bytes.toString('latin1', 0, end))
      if (greets && end > 0) this.#message(session, direction, pending.take(end))
      flow.awaits = 'message'
    }
    for (let end = pending.end(); end !== -1 && pending.length > 0; end = pending.end()) {
      this.#message(session, direction, pending.take(end), flow.inPieces)
      flow.inPieces = false
    }
    if (pending.length > LONG_MESSAGE) this.#piece(flow, session, direction)
  }

  /** @param torn whether it is the end of a message whose beginning was written before */
  #message(session: number, direction: 'in' | 'out', text: string, torn = false): void {
    const { own, wants } = this.#rules
    if (wants !== undefined && direction === 'out') {
      if (!torn && isLeftOut(text, wants)) this.#leftOut.add(session)
      else if (!torn) this.#leftOut.delete(session)
      if (this.#leftOut.has(session)) return
    }
    const clean = redact(text, { own, before: this.#before, session, torn })
    this.#line(recordLine(this.#time(), session, direction, clean))
    this.messages++
    this.#inFile++
  }

  #end(session: number): void {
    for (const direction of ['in', 'out'] as const) {
      const flow = this.#flows.get(`${session}${direction}`)
      this.#flows.delete(`${session}${direction}`)
      if (flow === undefined || flow.pending.length === 0 || flow.awaits.startsWith('end')) continue
      this.#message(session, direction, flow.pending.take(), flow.inPieces)
    }
    this.#before.end(session)
    this.#leftOut.delete(session)
    this.#line(recordLine(this.#time(), session, 'end', ''))
  }

  /** Writes what has come of a message that has no end, up to the end of a line: so no secret is cut in two. */
  #piece(flow: Flow, session: number, direction: 'in' | 'out'): void {
    const { pending } = flow
    const lines = pending.lines()
    if (lines > 0) this.#message(session, direction, pending.take(lines), flow.inPieces)
    flow.inPieces ||= lines > 0
    if (pending.length <= LONG_LINE) return
    flow.inPieces = true
    const name = /^[^:\n]{1,256}:/.exec(pending.bytes.toString('latin1', 0, 257))?.[0] ?? ''
    this.#message(session, direction, `${name} ***\r\n`, true)
    pending.drop(pending.length)
    flow.awaits = 'end of a line'
  }

  /**
   * Writes what a busy server sends: events one behind the other, and now and then a message that needs a closer look.
   * What has no end yet is left in `pending`.
   */
  #events(pending: PendingBytes, bytes: Buffer, session: number): void {
    const events = eventLines()
    const head = Buffer.from(`{"t":${this.#time()},"s":${session},"d":"out","text":"`)
    const length = events.load(pending.bytes, bytes)
    pending.drop(pending.length)
    for (let from = 0; ; ) {
      from = events.run(from, head, this.#before.waits)
      this.#file.add(events.lines())
      const count = events.count()
      this.messages += count
      this.#inFile += count
      if (pending.length === 0) pending.append(events.loaded(from))
      else pending.drop(pending.length - (length - from))
      const end = pending.end()
      if (end === -1 || pending.length === 0) return
      this.#message(session, 'out', pending.take(end))
      from += end
    }
  }

  #time(): number {
    const now = this.#now()
    checkAmount('now()', now)
    return now - this.#started
  }

  #line(line: string): void {
    this.#file.add(Buffer.from(line))
  }
}

/** Whether a message is an event that answers no action and is not wanted. */
function isLeftOut(text: string, wants: (name: string) => boolean): boolean {
  const name = /^Event: *([^\r\n]*)/i.exec(text)?.[1]
  return name !== undefined && !/^ActionID:/im.test(text) && !wants(name)
}

function begin(direction: 'in' | 'out', midway: boolean): Flow {
  const awaits = midway ? 'end of a torn message' : direction === 'out' ? 'banner' : 'message'
  return { pending: new PendingBytes(), awaits, inPieces: false }
}

// what a command printed before Asterisk 14 has blank lines of its own, of bare line feeds
const torn = { in: /\n\r?\n/, out: /\r\n\r\n|\n\n(?=(?:Event|Response):)/i }

/** Drops the rest of a message whose beginning nobody saw; says whether its end has come. */
function passOver(flow: Flow, direction: 'in' | 'out'): boolean {
  const text = flow.pending.take()
  const end = torn[direction].exec(text)
  // the end may be cut in two
  flow.pending.append(Buffer.from(end === null ? text.slice(-16) : text.slice(end.index + end[0].length), 'latin1'))
  if (end !== null) flow.awaits = 'message'
  return end !== null
}

/** Drops the rest of a line that was too long; says whether its end has come. */
function passOverLine(flow: Flow): boolean {
  const end = flow.pending.bytes.indexOf(LF) + 1
  flow.pending.drop(end || flow.pending.length)
  if (end > 0) flow.awaits = 'message'
  return end > 0
}
