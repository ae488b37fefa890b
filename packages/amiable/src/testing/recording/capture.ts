import { isBanner } from '../../util/banner.ts'
import { GatheredLines } from '../../util/gathered-text.ts'

/** A message of a capture, as a byte string with its blank line, or that its connection ended. */
export interface CapturedMessage {
  /** Which connection, from 1. */
  readonly session: number
  readonly direction: 'in' | 'out' | 'end'
  readonly text: string
}

const first = /^(?:Action|Event|Response|ActionID|Server):/i
const begins = /^(?:Action|Event|Response):/i
const header = /^[a-z][\w()-]+:(?! ?[\\~])/i
const follows = /^Response: *Follows/i
const followsEnd = /--END COMMAND--\s*$/
// what telnet and script say themselves
const noise = /^(?:Trying .*\.\.\.|Connected to .*|Escape character is .*|telnet>.*|Script (?:started|done) .*)$/
const closed = /^(?:Connection (?:to \S+ )?(?:closed|lost)\b.*|closed|DONE)$/i
// telnet's own dialogue (RFC 854): IAC, WILL to DONT, an option
const negotiation = /^(?:\xff[\xfb-\xfe][\0-\xff])+/

/**
 * Parts a capture of the wire into messages: what a server sent, or both directions as telnet shows them or a packet
 * dump holds them. Lines end with CRLF or LF; a message keeps its bytes where its lines end with CRLF. What stands in
 * front of the first message is passed over.
 */
export class Capture {
  #pending = new GatheredLines()
  #session = 1
  #begun = false
  /** Whether the connection has messages: a banner then begins another one. */
  #used = false
  #lines: string[] = []
  /** The first of them that is not blank. */
  #head: string | undefined
  /** A blank line inside what a command printed, or the end of it: the next line decides. */
  #doubtful = false
  /** The lines of an action that was being typed when a message came. */
  #typed: string[] = []

  #found: CapturedMessage[] = []

  /** Takes some of the capture, as a byte string; gives the messages that are complete. */
  take(text: string): CapturedMessage[] {
    for (const line of this.#pending.add(this.#begun ? text : text.replace(negotiation, ''))) this.#line(`${line}\n`)
    return this.#found.splice(0)
  }

  /** Ends the capture; what it ends within is given as it stands. */
  end(): CapturedMessage[] {
    const rest = this.#pending.rest()
    if (rest !== '') this.#line(rest)
    this.#message()
    return this.#found.splice(0)
  }

  #line(given: string): void {
    const line = given.replace(/(?<!\r)\r*\n$/, '')
    const isBlank = line.trim() === ''
    const greets = isGreeting(line)
    // a terminal pads lines with blanks
    const raw = isBlank ? given.slice(line.length) : given
    if (!this.#begun && !greets && !first.test(line)) return
    this.#begun = true
    if (greets || begins.test(line)) this.#interrupt(/^Action:/i.test(line))
    this.#doubtful = false
    if (this.#head === undefined && !isBlank) {
      if (noise.test(line)) return
      if (closed.test(line)) {
        this.#close()
        return
      }
      if (greets) {
        this.#banner(line)
        return
      }
    }
    if (this.#head === undefined && !begins.test(line)) this.#typeOn()
    if (!isBlank) this.#head ??= raw
    this.#lines.push(raw)
    const head = this.#head
    // a value may hold a bare line feed, and then a blank line of one
    if (!isBlank || head === undefined || (head.endsWith('\r\n') && !raw.endsWith('\r\n'))) return
    if (follows.test(head) && !followsEnd.test(this.#lines.at(-2) ?? '')) this.#doubtful = true
    else this.#message()
  }

  /** Ends what stands in front of a line that begins a message, and that no blank line has ended. */
  #interrupt(byAction: boolean): void {
    const head = this.#head
    if (head === undefined) return
    if (this.#doubtful) {
      this.#message()
    } else if (!header.test(head)) {
      // what a shell or a terminal said
      this.#lines = []
      this.#head = undefined
    } else if (!byAction && isRequest(head, this.#lines)) {
      this.#typed = this.#lines
      this.#lines = []
      this.#head = undefined
    }
  }

  /** Goes on with an action that a message interrupted. */
  #typeOn(): void {
    if (this.#typed.length === 0) return
    this.#lines = this.#typed
    this.#head = this.#lines.find((line) => line.trim() !== '')
    this.#typed = []
  }

  #banner(line: string): void {
    if (this.#used) this.#close()
    this.#head = `${line}\r\n`
    this.#lines = [this.#head]
    this.#message()
  }

  #message(): void {
    const [lines, head] = [this.#lines, this.#head]
    this.#lines = []
    this.#head = undefined
    this.#doubtful = false
    if (head === undefined || (!header.test(head) && !isGreeting(head) && lines.at(-1)?.trim() !== '')) return
    this.#used = true
    const end = head.endsWith('\r\n') ? /(?<!\r)\r+\n/g : /(?<!\r)\r*\n/g
    const whole = lines.join('').replace(end, '\r\n')
    const text = follows.test(head) ? asPrinted(whole) : whole
    this.#found.push({ session: this.#session, direction: isRequest(head, lines) ? 'in' : 'out', text })
  }

  #close(): void {
    this.#typed = []
    this.#message()
    if (this.#used) this.#found.push({ session: this.#session++, direction: 'end', text: '' })
    this.#used = false
  }
}

/** Whether a line is a banner, and no header with a value like one. */
function isGreeting(line: string): boolean {
  return isBanner(line) && !line.includes(':')
}

/** Whether lines are an action, or the beginning of one. */
function isRequest(head: string, lines: readonly string[]): boolean {
  return !/^(?:Event|Response):/i.test(head) && lines.some((line) => /^Action:/i.test(line))
}

/** Returns what a command printed as Asterisk sends it: its own blank lines, and the lines around them, end with LF. */
function asPrinted(text: string): string {
  const blank = text.indexOf('\r\n\r\n')
  if (blank === -1 || blank + 4 === text.length) return text
  const head = /^(?:(?:Response|Privilege|ActionID): ?[^\r\n]*\r\n)+/i.exec(text)?.[0] ?? ''
  const end = text.lastIndexOf('--END COMMAND--')
  const printed = text.slice(head.length, end === -1 ? -4 : end)
  return head + printed.replaceAll('\r\n', '\n') + text.slice(end === -1 ? -4 : end)
}

/** Returns why a file that begins so holds no AMI; `undefined` where it may. */
export function whyNotText(start: Buffer): string | undefined {
  if (start.length === 0) return 'it is empty'
  const magic = start.toString('hex', 0, 4)
  if (captures.has(magic)) {
    return "it is a packet capture; save the payload of its stream, as Wireshark's Follow TCP Stream does, and give that"
  }
  if (start[0] === 0xff && start[1] === 0xfe) return 'it is UTF-16; save it as UTF-8'
  if (start.includes(0)) return 'it is binary'
  const isOfCr = start.includes('\r') && !start.includes('\n')
  return isOfCr ? 'its lines end with CR alone; save it with LF or CRLF' : undefined
}

/** Says why a capture is refused whose messages are these; `undefined` where a server said something. */
export class WhyNothing {
  #why: string | undefined = 'no line begins with Event:, Response: or Action:'

  /** Looks at a message; a banner alone is nothing. */
  saw({ direction, text }: Pick<CapturedMessage, 'direction' | 'text'>): void {
    if (this.#why === undefined || isGreeting(text)) return
    if (direction === 'in') this.#why = 'it has only actions, and nothing that a server said'
    if (direction === 'out') this.#why = undefined
  }

  get why(): string | undefined {
    return this.#why
  }
}

// pcap in both orders of bytes, with micro- and nanoseconds, and pcapng
const captures = new Set(['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d', '0a0d0d0a'])

/** Returns the beginning of a file as a byte string, without the mark that says that it is UTF-8. */
export function textOfBytes(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/^\xef\xbb\xbf/, '')
}
