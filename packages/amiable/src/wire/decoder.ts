import { LimitError, ProtocolError } from '../errors.ts'
import { bytesToText, textToBytes } from '../util/text.ts'
import type { Limits } from './limits.ts'
import { Message, type MessageKind, type Origin } from './message.ts'

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
 */

/** What a {@link Decoder} tells. */
export interface DecoderSink {
  /** The first line, without its end. */
  banner(line: string): void
  message(message: Message): void
  /** Something was passed over. `head` holds the beginning of a message that went past a limit. */
  fault(error: ProtocolError | LimitError, head: Message | undefined): void
}

const BANNER_BYTES = 1024
const HEAD_BYTES = 2048
const END = '\r\n\r\n'
const FOLLOWS_END = '--END COMMAND--\r\n\r\n'
const LF = 10
const CR = 13

/** Turns chunks, cut at any byte, into messages. It never throws, and resumes at the next blank line. */
export class Decoder {
  #sink: DecoderSink
  #limits: Limits
  #pending = ''
  #scanned = 0
  #greeted = false
  #bareLines = false
  #skipping: string | undefined

  constructor(sink: DecoderSink, limits: Limits) {
    this.#sink = sink
    this.#limits = limits
  }

  /** Bytes held of a message that is not whole yet. */
  get held(): number {
    return this.#pending.length
  }

  /** Takes the next bytes of the stream. */
  push(chunk: Uint8Array, origin: Origin): void {
    let text = bytesToText(chunk)
    if (this.#bareLines) {
      // a CRLF may be cut in two
      if (text.startsWith('\n') && this.#pending.endsWith('\r')) this.#pending = this.#pending.slice(0, -1)
      text = text.replace(/\r?\n/g, '\r\n')
    }
    let from = 0
    if (this.#pending !== '') {
      const most = this.#greeted ? this.#limits.line : BANNER_BYTES
      if (!text.includes('\n') && this.#pending.length + text.length <= most) {
        this.#pending += text
        return
      }
      const end = this.#greeted ? text.indexOf(END) : -1
      if (end !== -1) {
        // what began before is ended by itself, so that the rest of the chunk need not be copied
        from = end + END.length
        this.#messages(this.#pending + text.slice(0, from), 0, origin)
      }
      if (this.#pending !== '') {
        text = this.#pending + text.slice(from)
        from = 0
      }
    }
    if (!this.#greeted) from = this.#greet(text, origin)
    if (from !== -1) this.#messages(text, from, origin)
  }

  #greet(text: string, origin: Origin): number {
    const end = text.indexOf('\n')
    if (end === -1 && text.length <= BANNER_BYTES) {
      this.#pending = text
      return -1
    }
    this.#greeted = true
    const bare = end > 0 && text.charCodeAt(end - 1) !== CR
    const line = text.slice(0, end === -1 ? BANNER_BYTES : bare ? end : Math.max(end - 1, 0))
    this.#sink.banner(line)
    if (!bare || end === -1) return end === -1 ? this.#keep('', 0) : end + 1
    // a relay that ends the banner with a bare LF ends every line so
    this.#bareLines = true
    this.#messages(text.slice(end + 1).replace(/\r?\n/g, '\r\n'), 0, origin)
    return -1
  }

  #messages(text: string, from: number, origin: Origin): void {
    let at = from
    let scan = Math.max(at, this.#scanned)
    for (;;) {
      if (this.#skipping !== undefined) {
        const end = text.indexOf(this.#skipping, at)
        if (end === -1) {
          this.#keep(text.slice(-this.#skipping.length), 0)
          return
        }
        at = end + this.#skipping.length
        this.#skipping = undefined
      }
      let code = text.charCodeAt(at)
      // blank lines too many
      while (code === LF || (code === CR && text.charCodeAt(at + 1) === LF)) {
        at += code === LF ? 1 : 2
        code = text.charCodeAt(at)
      }
      if (at >= text.length) break
      const kind = kindAt(text, at)
      const ending = endingOf(kind, text, at)
      const found = text.indexOf(ending, Math.max(at, scan))
      scan = 0
      if (found === -1) {
        if (this.#overLimit(kind, text, at, unendedAt(text, at), ending, origin)) {
          this.#skipping = ending
          continue
        }
        this.#keep(at === 0 ? text : text.slice(at), Math.max(0, text.length - at - ending.length + 1))
        return
      }
      // the blank line is not part of the message, the end of the line before it is
      const end = found + ending.length - 2
      if (!this.#overLimit(kind, text, at, end, ending, origin)) {
        this.#sink.message(new Message(origin, kind, text, at, end))
      }
      at = found + ending.length
    }
    this.#keep('', 0)
  }

  #keep(pending: string, scanned: number): -1 {
    this.#pending = pending
    this.#scanned = scanned
    return -1
  }

  #overLimit(kind: MessageKind, text: string, at: number, end: number, ending: string, origin: Origin): boolean {
    const { line, message, headers } = this.#limits
    const length = end - at
    if (length <= line && length <= message && length < headers * 2) return false
    let limit: keyof Limits | undefined = length > message ? 'message' : undefined
    let count = 0
    if (limit === undefined && ending !== FOLLOWS_END) {
      for (let from = at; from < end; count++) {
        const feed = text.indexOf('\n', from)
        const stop = feed === -1 || feed > end ? end : feed
        // the line's end does not count
        const length = stop - from - (text.charCodeAt(stop - 1) === CR ? 1 : 0)
        if (length > line) limit ??= 'line'
        from = stop + 1
      }
      if (count > headers) limit ??= 'headers'
    }
    if (limit === undefined) return false
    const lines = text.slice(at, Math.min(end, at + HEAD_BYTES))
    const cut = lines.lastIndexOf('\r\n')
    const head = cut === -1 ? undefined : new Message(origin, kind, lines, 0, cut + 2)
    const value = this.#limits[limit]
    const error = new LimitError(
      `${origin.source}: a message is past limits.${limit} (${value}) and was passed over; raise it if the server may send so much`,
      { source: origin.source, limit: `limits.${limit}`, value },
    )
    this.#sink.fault(error, head)
    return true
  }
}

/**
 * A {@link ProtocolError} that carries the beginning of what came instead of AMI. Its message shows it only on demand:
 * after the login it can be the rest of a variable's value that holds a line break.
 */
export function notAmi(source: string, what: string, text: string, show: boolean): ProtocolError {
  const bytes = textToBytes(text.slice(0, 64))
  // up to where a value may begin: what stands behind is for `bytes` alone
  const name = /^[^:=]*/.exec(text.slice(0, 40))?.[0] ?? ''
  const start = show ? `, it begins with ${JSON.stringify(name.replace(/[^\x20-\x7e]/g, '.'))}` : ''
  return new ProtocolError(`${source}: ${what}${start}`, { source, bytes })
}

/** Where a message that is not whole ends so far: what may be its end, or the blank line, is no part of it yet. */
function unendedAt(text: string, at: number): number {
  let end = text.length
  if (end > at && text.charCodeAt(end - 1) === CR) end--
  return end
}

function kindAt(text: string, at: number): MessageKind {
  if (text.startsWith('Event:', at)) return 'event'
  if (text.startsWith('Response:', at)) return 'response'
  const start = text.slice(at, at + 9).toLowerCase()
  return start.startsWith('event:') ? 'event' : start === 'response:' ? 'response' : 'other'
}

function endingOf(kind: MessageKind, text: string, at: number): string {
  if (kind === 'event') return END
  if (kind === 'other') return '\n\r\n'
  return /^Response: *Follows\r\n/i.test(text.slice(at, at + 24)) ? FOLLOWS_END : END
}
