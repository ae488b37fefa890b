import { ArgumentError } from '../errors.ts'
import { decodeUtf8, detached, type Encoding } from '../util/text.ts'
import { isEscaped, mayBeEscaped, unescapeC } from './escapes.ts'

/** What a message is. Its first header says so, for an event may carry a header `Response` as well. */
export type MessageKind = 'response' | 'event' | 'other'

/** What all messages of one chunk have in common. */
export interface Origin {
  /** The `name` of the client that received it. */
  readonly source: string
  /** Which login it came under, from 1. */
  readonly epoch: number
  /** When it came, in milliseconds since 1970. */
  readonly receivedAt: number
  /** What the bytes of its values mean. */
  readonly encoding: Encoding
}

/** A header: its name and its value. */
export type Header = readonly [name: string, value: string]

/** A message as plain data: headers by name, repeated ones as an array. */
export interface MessageJson {
  [name: string]: string | string[] | number | boolean | MessageJson | MessageJson[]
}

/**
 * One message, read on demand: what nobody reads costs no more than finding its end.
 * The ordered list of headers is the truth; everything else is a view of it.
 *
 * Besides the members below, every header can be read as a property by its name (`message.Channel`): the value that
 * was meant, unescaped where Asterisk escapes, or `undefined` where there is no such header.
 */
export class Message {
  readonly kind: MessageKind
  /** What it shares with the other messages of its chunk. */
  readonly origin: Origin
  #source: string
  #start: number
  #end: number
  #lines: string | undefined
  #title: string | undefined
  #headers: readonly Header[] | undefined

  /** @param source a byte string that holds the message's lines, the blank one excluded, from `start` to `end` */
  constructor(origin: Origin, kind: MessageKind, source: string, start = 0, end = source.length) {
    this.kind = kind
    this.origin = origin
    this.#source = source
    this.#start = start
    this.#end = end
  }

  /** The `name` of the client that received it. */
  get source(): string {
    return this.origin.source
  }

  /** Which login of the client it came under, from 1. */
  get epoch(): number {
    return this.origin.epoch
  }

  /** When it came, in milliseconds since 1970. */
  get receivedAt(): number {
    return this.origin.receivedAt
  }

  /** The first header's value: the event's name, or `Success`, `Error`, `Follows`, `Goodbye`. */
  get title(): string {
    if (this.#title === undefined) {
      const source = this.#source
      let from = source.indexOf(':', this.#start) + 1
      if (source.charCodeAt(from) === SPACE) from++
      const end = source.indexOf('\r', from)
      this.#title = detached(source.slice(from, end === -1 || end > this.#end ? this.#end : end))
    }
    return this.#title
  }

  /** The `ActionID`, where it carries one. */
  get actionId(): string | undefined {
    return this.get('ActionID')
  }

  /** Every header in order, repeated ones included, each as it stood on the wire. */
  get headers(): readonly Header[] {
    this.#headers ??= this.#split()
    return this.#headers
  }

  /**
   * The value of the first header so named, as it stood on the wire; `undefined` where there is none.
   * A header spelt exactly so goes before one in another case of letters.
   */
  get(name: string): string | undefined {
    if (this.#headers === undefined && !this.#hasBareLines()) {
      const lines = this.detach()
      const needle = `\r\n${name}: `
      const at = lines.indexOf(needle)
      if (at !== -1) {
        const from = at + needle.length
        const end = lines.indexOf('\r\n', from)
        return this.#value(name, lines.slice(from, end === -1 ? lines.length : end))
      }
    }
    const wanted = name.toLowerCase()
    let found: string | undefined
    for (const [header, value] of this.headers) {
      if (header === name) return value
      if (found === undefined && header.length === name.length && header.toLowerCase() === wanted) found = value
    }
    return found
  }

  /** The values of all headers so named, in any case of letters, in order, each as it stood on the wire. */
  getAll(name: string): string[] {
    const wanted = name.toLowerCase()
    const values: string[] = []
    for (const [header, value] of this.headers) {
      if (header.length === name.length && header.toLowerCase() === wanted) values.push(value)
    }
    return values
  }

  /**
   * The channel variables it carries (`channelvars` of manager.conf, or a list's own), by name, unescaped.
   * Without `channel` those of the event's first channel; with it those of that channel, whichever role it plays:
   * `ChanVariable(…)`, or `DestChanVariable` where `DestChannel` is the one.
   */
  variables(channel?: string): Record<string, string> {
    const found: Record<string, string> = {}
    const meant = (value: string) => (isEscaped(this.title, 'ChanVariable') ? unescapeC(value) : value)
    for (const [header, value] of this.headers) {
      const match = /^(.*?)ChanVariable(?:\((.*)\))?$/.exec(header)
      if (!match) continue
      const [, role = '', named] = match
      const belongs = channel === undefined ? role === '' : (named ?? this.get(`${role}Channel`)) === channel
      if (!belongs) continue
      const equals = value.indexOf('=')
      const name = equals === -1 ? value : value.slice(0, equals)
      Object.defineProperty(found, name, {
        value: equals === -1 ? '' : meant(value.slice(equals + 1)),
        enumerable: true,
        configurable: true,
        writable: true,
      })
    }
    return found
  }

  /**
   * A header as a number.
   * @throws {ArgumentError} if it is absent or no number
   */
  number(name: string): number {
    const value = this.get(name)?.trim()
    const number = Number(value)
    if (value === undefined || value === '' || Number.isNaN(number)) throw this.#mismatch(name, 'a number')
    return number
  }

  /**
   * A header as a boolean, in any of the words that Asterisk prints: yes and no, true and false, on and off, 1 and 0.
   * @throws {ArgumentError} if it is absent or none of these
   */
  boolean(name: string): boolean {
    const value = this.get(name)?.trim().toLowerCase() ?? ''
    if (/^(?:yes|y|true|t|on|1)$/.test(value)) return true
    if (/^(?:no|n|false|f|off|0)$/.test(value)) return false
    throw this.#mismatch(name, 'a boolean')
  }

  /**
   * A header as a point in time: seconds since 1970 (`Timestamp`, with a fraction), or a date with its zone (`EventTV`).
   * @throws {ArgumentError} if it is absent or neither; a date without a zone is the server's local time and is no point
   */
  date(name: string): Date {
    const value = this.get(name)?.trim() ?? ''
    if (/^\d+(?:\.\d+)?$/.test(value)) return new Date(Math.round(Number(value) * 1000))
    const zoned = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d):?(\d\d)?$/.exec(value)
    if (!zoned) throw this.#mismatch(name, 'a point in time')
    const [, day, time, hours, minutes = '00'] = zoned
    return new Date(`${day}T${time}${hours === 'Z' ? 'Z' : `${hours}:${minutes}`}`)
  }

  /** Its headers by name, with the values that were meant, and `source`, `epoch` and `receivedAt`. */
  toJSON(): MessageJson {
    const json: MessageJson = {}
    for (const [name, value] of this.headers) {
      const meant = mayBeEscaped(name) && isEscaped(this.title, name) ? unescapeC(value) : value
      const before = Object.hasOwn(json, name) ? json[name] : undefined
      if (before === undefined) {
        if (name === '__proto__') Object.defineProperty(json, name, { value: meant, enumerable: true })
        else json[name] = meant
      } else if (Array.isArray(before)) (before as string[]).push(meant)
      else json[name] = [before as string, meant]
    }
    json.source = this.source
    json.epoch = this.epoch
    json.receivedAt = this.receivedAt
    return json
  }

  /** Copies its lines out of the chunk they came in, so that keeping the message does not keep the chunk. */
  detach(): string {
    if (this.#lines === undefined) {
      // the CRLF in front makes every header begin with one, and makes this string a copy
      this.#lines = `\r\n${this.#source.slice(this.#start, this.#end)}`
      this.#source = this.#lines
      this.#start = 2
      this.#end = this.#lines.length
    }
    return this.#lines
  }

  /** The messages that a server fused into this one by leaving out the blank lines, told apart by their `Event:`. */
  unfused(): Message[] {
    const parts = this.detach()
      .slice(2)
      .split(/\r\n(?=Event: )/)
    return parts.length === 1 ? [this] : parts.map((part) => new Message(this.origin, 'event', part))
  }

  /** What it is, and where it came from. */
  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return this.toJSON()
  }

  // IAXnetstats and its kind (chan_iax2.c), and Agents of an agent on a call (app_agent_pool.c:action_agents),
  // end lines with a bare LF
  #hasBareLines(): boolean {
    return this.kind === 'other' || (this.kind === 'event' && this.title === 'Agents')
  }

  #split(): Header[] {
    const headers: Header[] = []
    const lines = this.detach()
    const bare = this.#hasBareLines()
    const ending = bare ? '\n' : '\r\n'
    for (let from = 2; from < lines.length; ) {
      let end = lines.indexOf(ending, from)
      if (end === -1) end = lines.length
      const next = end + ending.length
      if (bare && lines.charCodeAt(end - 1) === CR) end--
      if (end > from || headers.length === 0) headers.push(this.#header(lines, from, end))
      from = next
    }
    return headers
  }

  #header(lines: string, from: number, end: number): Header {
    // a channel's name may hold a colon: `ChanVariable(IAX2/1.2.3.4:4569-5): X=1` (manager.c:append_channel_vars)
    let colon = lines.indexOf(':', from)
    if (colon !== -1 && colon < end && lines.charCodeAt(colon + 1) !== SPACE) {
      const spaced = lines.indexOf(': ', colon)
      if (spaced !== -1 && spaced < end) colon = spaced
    }
    if (colon === -1 || colon >= end) return [this.#decode(lines.slice(from, end)), '']
    const name = this.#decode(lines.slice(from, colon))
    const start = lines.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1
    return [name, this.#value(name, lines.slice(Math.min(start, end), end))]
  }

  // several handlers send a text that ends in a line feed of its own: "Message: No AORs found\n\r\n\r\n"
  #value(name: string, value: string): string {
    const stray = this.kind === 'response' && name === 'Message' && value.endsWith('\n')
    return this.#decode(stray ? value.slice(0, -1) : value)
  }

  #mismatch(name: string, what: string): ArgumentError {
    const state = this.get(name) === undefined ? 'is absent' : `does not hold ${what}`
    return new ArgumentError(`${name} of ${this.title} ${state}`, { argument: name, source: this.source })
  }

  #decode(text: string): string {
    return this.origin.encoding === 'utf8' ? decodeUtf8(text) : text
  }
}

const SPACE = 32
const CR = 13

/** How many header names get a getter of their own; the rest go through the proxy, more slowly. */
export const HEADER_PROPERTIES = 1024
let headerProperties = 0

/*
 * Headers as properties. The proxy stands behind the prototype, so it is asked only for names that nothing else has.
 * The first time that a program reads a header by a name, the name gets a getter, which is what makes the next reads
 * as fast as `get`. The names come from the program that reads and not from the server, and are bounded all the same.
 */
function readProperty(message: Message, name: string, suspect: boolean): string | undefined {
  const value = message.get(name)
  return suspect && value !== undefined && isEscaped(message.title, name) ? unescapeC(value) : value
}

const behind = Object.create(Object.prototype, {}) as object
Object.setPrototypeOf(
  Message.prototype,
  new Proxy(behind, {
    get(target, name, receiver) {
      if (typeof name === 'symbol' || name in target || !(receiver instanceof Message)) {
        return Reflect.get(target, name, receiver)
      }
      const suspect = mayBeEscaped(name)
      if (headerProperties < HEADER_PROPERTIES) {
        headerProperties++
        Object.defineProperty(Message.prototype, name, {
          get(this: Message) {
            return readProperty(this, name, suspect)
          },
          configurable: true,
        })
      }
      return readProperty(receiver, name, suspect)
    },
  }),
)
