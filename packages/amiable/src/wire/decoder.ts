import { LimitError, ProtocolError } from '../errors.ts'
import { GatheredText } from '../util/gathered-text.ts'
import { bytesToText, textToBytes } from '../util/text.ts'
import {
  BARE_END,
  END,
  HEAD_BYTES,
  kindAt,
  messageInside,
  OPEN_BYTES,
  pastBlankLines,
  rawEnd,
  rawHeadAt,
} from './framing.ts'
import { scannerOf } from './inbox.ts'
import { type Limits, Measure } from './limits.ts'
import { Message } from './message.ts'
import type { MessageKind, Origin } from './origin.ts'
import { type Audience, FRONT_BYTES, INBOX_BYTES, type Scanner } from './scanner.ts'

/*
 * What Asterisk sends (manager.c:session_do, astman_append, __manager_event_sessions_va):
 *
 *   stream   = banner *(message / blank)
 *   banner   = "Asterisk Call Manager/" version CRLF          no blank line after it
 *   message  = first *( line ) CRLF
 *   first    = ("Response" / "Event") ":" SP value CRLF       anything else is no AMI, or one of the few raw outputs
 *   line     = name ":" SP value CRLF                         a value may hold a bare LF
 *   blank    = CRLF                                           some handlers send one too many
 *   follows  = "Response: Follows" CRLF … "--END COMMAND--" CRLF CRLF      Command before Asterisk 14
 *
 * A value can hold a CRLF (Getvar of URIDECODE), so anybody can begin anything here. No state has only one way out.
 * Raw output is taken only where one can come, and ends in front of the next message too. What is past a limit ends at
 * the next blank line.
 */

/** What a {@link Decoder} reports, and asks. */
export interface DecoderSink {
  /** Those who read events, where nothing but their titles decides who reads them. */
  readonly audience?: Audience | undefined
  /** Takes the first line, without its end. */
  banner(line: string): void
  message(message: Message): void
  /** Reports that something was passed over. `head` holds the beginning of a message that went past a limit. */
  fault(error: ProtocolError | LimitError, head: Message | undefined): void
  /** Reports that nothing more can be read, and why. */
  unreadable(why: string): void
  /** Whether `Response: Follows` with this ActionID can be raw output; asked only where one begins. */
  expectsRaw(actionId: string | undefined): boolean
}

const BANNER_BYTES = 1024
// so much of a message past a limit is passed over, until its blank line
const SKIPPED_BYTES = 67_108_864
// A message that the scanner does not know costs more than without it: as much as so many bytes of known ones save. When
// a chunk has had more of them, its rest is read without it
const MISS = 256
const SLACK = 2_048
const CR = 13
const CRLF = 2

/** A message of many chunks: each is looked at once, and all are joined once. */
interface LongMessage {
  readonly kind: MessageKind
  /** Where its raw lines begin, if it has any. */
  readonly body: number | undefined
  readonly measure: Measure
  /** What has come of it so far, but for what may be the beginning of its end. */
  readonly text: GatheredText
}

/** Turns chunks, cut at any byte, into messages. It never throws, and resumes at the next blank line. */
export class Decoder {
  /** What holds for what comes from now on. */
  limits: Limits
  #sink: DecoderSink
  #greeted = false
  #bareLines = false
  /** A CR that may be the first half of a line's end, where bare LFs are read as such. */
  #cr = ''
  /** What has come and could not be judged yet. */
  #pending = ''
  #long: LongMessage | undefined
  #skipping: string | undefined
  /** How many bytes were passed over of it. */
  #skipped = 0
  /** What learns the events that it did not know. */
  #learner: Scanner | undefined

  constructor(sink: DecoderSink, limits: Limits) {
    this.#sink = sink
    this.limits = limits
  }

  /** Bytes held of a message that has not ended. */
  get held(): number {
    return this.#pending.length + (this.#long?.text.length ?? 0)
  }

  /** Takes the next bytes of the stream. */
  push(chunk: Uint8Array, origin: Origin): void {
    const scanner = this.#greeted && !this.#bareLines ? scannerOf(chunk) : undefined
    if (scanner !== undefined) {
      scanner.busy = true
      try {
        this.#scan(scanner, chunk.length, origin)
      } finally {
        scanner.busy = false
      }
      return
    }
    let text: string | undefined = bytesToText(chunk)
    if (this.#bareLines) text = this.#withCr(text)
    if (!this.#greeted) text = this.#greet(text)
    if (text !== undefined) this.#take(text, origin)
  }

  /** Ends it: nothing more comes. What has no line end is no banner, and says what speaks there. */
  end(): void {
    if (!this.#greeted && this.#pending !== '') this.#sink.banner(this.#pending)
  }

  #withCr(text: string): string {
    const whole = this.#cr + text
    this.#cr = whole.endsWith('\r') ? '\r' : ''
    return (this.#cr === '' ? whole : whole.slice(0, -1)).replace(/\r?\n/g, '\r\n')
  }

  /** Reads the banner, and returns what stands behind it. */
  #greet(text: string): string | undefined {
    const whole = this.#pending + text
    const end = whole.indexOf('\n')
    if (end === -1 && whole.length <= BANNER_BYTES) {
      this.#pending = whole
      return undefined
    }
    this.#greeted = true
    this.#pending = ''
    const bare = end > 0 && whole.charCodeAt(end - 1) !== CR
    this.#sink.banner(whole.slice(0, end === -1 ? BANNER_BYTES : bare ? end : Math.max(end - 1, 0)))
    if (end === -1) return undefined
    // a relay that ends the banner with a bare LF ends every line so
    this.#bareLines = bare
    return bare ? this.#withCr(whole.slice(end + 1)) : whole.slice(pastBlankLines(whole, end + 1))
  }

  /** Takes the events that the scanner knows, and reads all else message by message, as long as that is worth it. */
  #scan(scanner: Scanner, length: number, origin: Origin): void {
    const to = scanner.first + length
    scanner.begin(origin, length, origin.intake.encoding)
    let worth = SLACK
    /**
     * The bytes from `cut` to `reached`, the end of a blank line first. They are looked through as text, for older ones lie
     * behind them in the inbox.
     */
    let left = ''
    let cut = 0
    let reached = 0
    for (let at = this.#beginOf(scanner); at < to; ) {
      const from = at
      if (!this.#between()) worth = 0
      else if (scanner.mayKnow(from)) at = this.#takeKnown(scanner, from, to, origin)
      if (at === to) return
      worth += at - from
      let end = -1
      if (reached < to) {
        // most messages end soon: what is known behind them need not be copied
        cut = at - CRLF
        reached = Math.min(to, at + HEAD_BYTES)
        left = scanner.text(cut, reached)
      }
      if (worth > 0) end = left.indexOf(END, at - cut)
      if (end === -1 && reached < to) {
        reached = to
        left = scanner.text(cut, to)
        if (worth > 0) end = left.indexOf(END, CRLF)
      }
      if (end === -1 && worth > 0 && this.#isOpen(left, at - cut)) {
        this.#pending = at - cut === CRLF ? left.slice(CRLF) : scanner.text(at, to)
        return
      }
      const next = end === -1 ? to : cut + end + END.length
      worth -= next - at + MISS
      if (end !== -1) this.#learner = scanner
      // a message that came alone takes the text with the blank line in front of it, so that none of it is copied again.
      // No slice begins with one: a message would take that for a text of its own, and keep all that it is cut from
      const between = this.#between()
      const begin = between ? pastBlankLines(left, at - cut) : at - cut
      this.#take(between && at - cut === CRLF && next === reached ? left : left.slice(begin, next - cut), origin)
      this.#learner = undefined
      at = next
      if (at < to && this.#isLost(origin)) return
    }
  }

  /** Whether nothing is under way. */
  #between(): boolean {
    return this.#pending === '' && this.#long === undefined && this.#skipping === undefined
  }

  /** Returns where the bytes begin that are to be read: what came before is put in front of them, if it is a beginning. */
  #beginOf(scanner: Scanner): number {
    const begun = this.#pending
    if (begun === '' || begun.length > FRONT_BYTES || this.#long || this.#skipping !== undefined) return scanner.first
    this.#pending = ''
    return scanner.putInFront(begun)
  }

  /** Whether a text is the beginning of an event that is to be read when the rest has come. */
  #isOpen(text: string, at: number): boolean {
    const length = text.length - at
    return length < HEAD_BYTES && text.startsWith('Event:', at) && !this.#mayPass(length)
  }

  /** Whether the bytes are gone that were still to be read; reports it. */
  #isLost({ scanner }: Origin): boolean {
    if (scanner !== undefined) return false
    // somebody ran the event loop inside of a callback, and a socket has read over them
    this.#sink.unreadable('its bytes were overwritten before they were read')
    return true
  }

  /** Gives on the events that are known from `from` on, and returns up to where they are. */
  #takeKnown(scanner: Scanner, from: number, to: number, origin: Origin): number {
    const { audience } = this.#sink
    const members = audience?.members
    scanner.scan(from, to, members, this.#sure())
    while (scanner.next()) {
      const { start, end, known, event } = scanner
      if (scanner.passed > 0) passed(scanner.passed, origin, audience)
      const mayPass = this.#mayPass(end - start, known.names.length)
      if (mayPass) this.#take(scanner.text(start, end + 2), origin)
      else this.#sink.message(new Message(origin, 'event', '', start, end, undefined, known.title, event))
      if (this.#isLost(origin)) return to
      // whoever hears of a fault can add a listener at once, or end the client: what is behind it is looked at again
      if (mayPass && this.#sink.audience?.members !== members) return end + 2
      if (audience !== undefined) scanner.ask(audience)
    }
    if (scanner.passed > 0) passed(scanner.passed, origin, audience)
    return scanner.stopped
  }

  #take(text: string, origin: Origin): void {
    let from = 0
    for (let isFirst = true; from < text.length; isFirst = false) {
      if (this.#long !== undefined) {
        this.#goOn(from === 0 ? text : text.slice(from), this.#long, origin)
        return
      }
      if (this.#pending === '') {
        this.#read(text, from, origin)
        return
      }
      // what began before is ended by itself, so that the rest of the chunk need not be copied; raw output has many ends
      const end = isFirst ? text.indexOf(END, from) : -1
      const cut = end === -1 ? text.length : end + END.length
      const begun = this.#pending + text.slice(from, cut)
      this.#pending = ''
      this.#read(begun, 0, origin)
      from = cut
    }
  }

  /** Reads messages from `from` on. What is left at the end goes to `#pending` or `#long`. */
  #read(text: string, from: number, origin: Origin): void {
    let at = from
    for (;;) {
      if (this.#skipping !== undefined) {
        const end = text.indexOf(this.#skipping, at)
        if (end === -1) {
          this.#pending = text.slice(Math.max(at, text.length - END.length + 1))
          this.#skipped += text.length - at - this.#pending.length
          if (this.#skipped > SKIPPED_BYTES) this.#sink.unreadable('a message past a limit has no end')
          return
        }
        this.#skipped = 0
        at = end + this.#skipping.length
        this.#skipping = undefined
      }
      at = pastBlankLines(text, at)
      if (at >= text.length) return
      const kind = kindAt(text, at)
      const head = kind === 'response' ? rawHeadAt(text, at) : undefined
      const body = typeof head === 'object' && this.#sink.expectsRaw(head.actionId) ? head.body : undefined
      const ending = kind === 'other' ? BARE_END : END
      const end = body === undefined ? text.indexOf(ending, at) : rawEnd(text, body - 2, body)
      if (end < 0 && text.length - at >= HEAD_BYTES) {
        const long = { kind, body: body && body - at, measure: new Measure(), text: new GatheredText() }
        this.#long = long
        this.#goOn(text.slice(at), long, origin)
        return
      }
      // the blank line is not part of the message, the end of the line before it is
      const stop = end + ending.length - 2
      const measured = body !== undefined ? Math.max(end, ~end) : end < 0 ? text.length : stop
      // raw output has neither headers nor lines: what may become some is judged when its head has come
      if (!(end < 0 && head === 'open') && this.#mayPass(measured - at)) {
        const known = text.slice(at, measured)
        if (this.#refuses(kind, body !== undefined, known, new Measure().add(known), origin)) {
          this.#skipping = ending
          // raw output can hold blank lines: it is skipped up to the first one past the limit
          if (body !== undefined) at += this.#most()
          continue
        }
      }
      if (end < 0) {
        this.#pending = text.slice(at)
        return
      }
      const inside = this.#deliver(kind, text, at, stop, origin)
      at = inside === -1 ? end + ending.length : inside
    }
  }

  /** Goes on with a long message. */
  #goOn(text: string, long: LongMessage, origin: Origin): void {
    const { kind, body, measure } = long
    const ending = kind === 'other' ? BARE_END : END
    const window = this.#pending + text
    const end = body === undefined ? window.indexOf(ending) : rawEnd(window, 0, body - long.text.length)
    const open = body === undefined ? Math.max(0, window.length - OPEN_BYTES) : ~end
    const known = end < 0 ? open : end + ending.length - 2
    long.text.add(window.slice(0, known))
    // the last line's end counts where lines do
    const measured = end < 0 || body === undefined ? known : end
    measure.add(window.slice(0, measured))
    this.#pending = ''
    if (this.#refuses(kind, body !== undefined, long.text, measure, origin)) {
      this.#long = undefined
      this.#skipping = ending
      this.#read(window, body === undefined ? 0 : measured - (measure.bytes - this.#most()), origin)
    } else if (end < 0) {
      this.#pending = window.slice(known)
    } else {
      this.#long = undefined
      const whole = String(long.text)
      const inside = this.#deliver(kind, whole, 0, whole.length, origin)
      if (inside === -1) this.#read(window, end + ending.length, origin)
      else this.#read(whole.slice(inside) + window.slice(known), 0, origin)
    }
  }

  /** Gives a message on; where another begins inside of raw lines, those in front of it, and returns where that is. */
  #deliver(kind: MessageKind, text: string, at: number, stop: number, origin: Origin): number {
    const inside = kind === 'other' ? messageInside(text.slice(at, stop)) : -1
    if (kind === 'event') this.#learner?.tryToLearn(text.slice(at, stop))
    this.#sink.message(new Message(origin, kind, text, at, inside === -1 ? stop : at + inside))
    return inside === -1 ? -1 : at + inside
  }

  /** Returns how many bytes a message may have. */
  #most(): number {
    return Math.min(this.limits.message, this.limits.held)
  }

  /** Returns how many bytes a message may have that is past no limit, whatever is in it. */
  #sure(): number {
    return Math.min(INBOX_BYTES, this.limits.line, this.#most(), (this.limits.headers - 1) * 2)
  }

  /** Whether a message of so many bytes, and of so many headers if that is known, can be past a limit. */
  #mayPass(bytes: number, headers = bytes / 2 + 1): boolean {
    const { limits } = this
    return bytes > limits.line || bytes > this.#most() || headers > limits.headers
  }

  /** Whether a message is past a limit, which it reports. */
  #refuses(kind: MessageKind, raw: boolean, text: string | GatheredText, measure: Measure, origin: Origin): boolean {
    const limit = measure.past(this.limits, raw)
    if (limit === undefined) return false
    const lines = String(text).slice(0, HEAD_BYTES)
    const cut = lines.lastIndexOf('\r\n')
    const head = cut === -1 ? undefined : new Message(origin, kind, lines, 0, cut + 2)
    const value = this.limits[limit]
    const error = new LimitError(
      `${origin.intake.source}: a message is past limits.${limit} (${value}) and was passed over; raise it if the server may send so much`,
      { source: origin.intake.source, limit: `limits.${limit}`, value },
    )
    this.#sink.fault(error, head)
    return true
  }
}

function passed(count: number, { intake }: Origin, audience: Audience | undefined): void {
  intake.serial += count
  audience?.passed(count)
}

/**
 * Makes a {@link ProtocolError} that carries the beginning of what came instead of AMI. Its message shows it only on
 * demand: after the login it can be the rest of a variable's value that holds a line break.
 */
export function notAmi(source: string, what: string, text: string, show: boolean): ProtocolError {
  const bytes = textToBytes(text.slice(0, 64))
  // up to where a value may begin: what stands behind is for `bytes` alone
  const name = /^[^:=]*/.exec(text.slice(0, 40))?.[0] ?? ''
  const start = show ? `, it begins with ${JSON.stringify(name.replace(/[^\x20-\x7e]/g, '.'))}` : ''
  return new ProtocolError(`${source}: ${what}${start}`, { source, bytes })
}
