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
    // asked of every event while calls are pending: Asterisk spells it so always (manager.h:astman_get_header users),
    // and ends its line with CRLF even where the line in front of it lacks one (app_agent_pool.c:action_agents)
    return this.kind === 'event' ? this.#line('ActionID', ACTION_ID) : this.get('ActionID')
  }

  /** Every header in order, repeated ones included, each as it stood on the wire. */
  get headers(): readonly Header[] {
    if (this.#headers === undefined) {
      const headers: Header[] = []
      this.#each((name, value) => headers.push([name, value]))
      this.#headers = headers
    }
    return this.#headers
  }

  /**
   * The value of the first header so named, as it stood on the wire; `undefined` where there is none.
   * A header spelt exactly so goes before one in another case of letters.
   */
  get(name: string): string | undefined {
    return this.#spelt(name, needleOf(name)) ?? this.#anyCase(name)
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
    const escaped = this.detach().includes('\\')
    this.#each((name, value) => {
      const meant = escaped && mayBeEscaped(name) && isEscaped(this.title, name) ? unescapeC(value) : value
      // a name that stands twice, or that every object has: rare enough to be asked for by its absence
      if (json[name] === undefined) json[name] = meant
      else addTo(json, name, meant)
    })
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

  /** The messages that a server fused into this one by leaving out the blank lines, or by ending them with a bare LF; told apart by their `Event:`. */
  unfused(): Message[] {
    const parts = this.detach()
      .slice(2)
      .split(/\r\n\n?(?=Event: )/)
    return parts.length === 1 ? [this] : parts.map((part) => new Message(this.origin, 'event', part))
  }

  /** What it is, and where it came from. */
  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return this.toJSON()
  }

  // IAXnetstats and its kind (chan_iax2.c), and Agents of an agent on a call (app_agent_pool.c:action_agents),
  // end lines with a bare LF
  get #bare(): boolean {
    return this.kind === 'other' || (this.kind === 'event' && this.title === 'Agents')
  }

  /** The first header spelt exactly so and followed by a blank, as Asterisk writes them. */
  #spelt(name: string, needle: string): string | undefined {
    const value = this.#line(name, needle)
    return value === undefined || this.#bare ? undefined : value
  }

  #line(name: string, needle: string): string | undefined {
    const lines = this.#lines ?? this.detach()
    const at = lines.indexOf(needle)
    if (at === -1) return undefined
    const from = at + needle.length
    const end = lines.indexOf('\r\n', from)
    return this.#value(name, lines.slice(from, end === -1 ? lines.length : end))
  }

  // read off the lines, for a message is split into headers only for who wants them all
  #anyCase(name: string): string | undefined {
    const lines = this.#lines ?? this.detach()
    const wanted = name.toLowerCase()
    const { length } = name
    if (this.#headers === undefined && !this.#bare && !/[^\0-\x7f]/.test(name)) {
      for (let from = 2; from !== 0; from = lines.indexOf('\n', from) + 1) {
        const after = lines.charCodeAt(from + length)
        // a bare LF belongs to a value; and a line may lack a colon, and then is all name
        if (lines.charCodeAt(from - 2) !== CR) continue
        if (after !== COLON && after !== CR && after !== LF && !Number.isNaN(after)) continue
        if (lines.slice(from, from + length).toLowerCase() !== wanted) continue
        if (after !== COLON || lines.charCodeAt(from + length + 1) !== SPACE) return this.#firstOf(name, wanted)
        const start = from + length + 2
        const end = lines.indexOf('\r\n', start)
        return this.#value(name, lines.slice(start, end === -1 ? lines.length : end))
      }
      return undefined
    }
    return this.#firstOf(name, wanted)
  }

  #firstOf(name: string, wanted: string): string | undefined {
    let found: string | undefined
    for (const [header, value] of this.headers) {
      if (header === name) return value
      if (found === undefined && header.length === name.length && header.toLowerCase() === wanted) found = value
    }
    return found
  }

  #each(visit: (name: string, value: string) => void): void {
    const lines = this.detach()
    const bare = this.#bare
    const plain = this.origin.encoding !== 'utf8' || !/[^\0-\x7f]/.test(lines)
    const { length } = lines
    for (let from = 2; from < length; ) {
      let feed = lines.indexOf('\n', from)
      // a bare LF belongs to the value
      while (feed !== -1 && !bare && lines.charCodeAt(feed - 1) !== CR) feed = lines.indexOf('\n', feed + 1)
      const next = feed === -1 ? length : feed + 1
      const end = feed === -1 ? length : lines.charCodeAt(feed - 1) === CR ? feed - 1 : feed
      if (end > from) {
        const colon = colonOf(lines, from, end)
        const name = lines.slice(from, colon)
        let start = Math.min(colon + 1, end)
        if (start < end && lines.charCodeAt(start) === SPACE) start++
        const value = lines.slice(start, end)
        if (plain) visit(name, this.#trimmed(name, value))
        else visit(decodeUtf8(name), decodeUtf8(this.#trimmed(name, value)))
      }
      from = next
    }
  }

  #value(name: string, value: string): string {
    const trimmed = this.#trimmed(name, value)
    return this.origin.encoding === 'utf8' ? decodeUtf8(trimmed) : trimmed
  }

  // several handlers send a text that ends in a line feed of its own: "Message: No AORs found\n\r\n\r\n"
  #trimmed(name: string, value: string): string {
    const stray = this.kind === 'response' && name === 'Message' && value.endsWith('\n')
    return stray ? value.slice(0, -1) : value
  }

  #mismatch(name: string, what: string): ArgumentError {
    const state = this.get(name) === undefined ? 'is absent' : `does not hold ${what}`
    return new ArgumentError(`${name} of ${this.title} ${state}`, { argument: name, source: this.source })
  }
}

/*
 * Where a line's name ends: at the first ": ", for a channel's name may hold a colon
 * (`ChanVariable(IAX2/1.2.3.4:4569-5): X=1`, manager.c:append_channel_vars), else at the first colon.
 */
function colonOf(lines: string, from: number, end: number): number {
  const first = lines.indexOf(':', from)
  if (first === -1 || first >= end) return end
  for (let colon = first; colon !== -1 && colon < end; colon = lines.indexOf(':', colon + 1)) {
    if (lines.charCodeAt(colon + 1) === SPACE) return colon
  }
  return first
}

function addTo(json: MessageJson, name: string, value: string): void {
  const before = Object.hasOwn(json, name) ? json[name] : undefined
  if (before === undefined) {
    Object.defineProperty(json, name, { value, enumerable: true, configurable: true, writable: true })
  } else if (Array.isArray(before)) (before as string[]).push(value)
  else json[name] = [before as string, value]
}

const LF = 10
const CR = 13
const SPACE = 32
const COLON = 58
const ACTION_ID = '\r\nActionID: '

// what a header's line begins with, by the header's name: the names come from the program that reads
const needles = new Map<string, string>()
const NEEDLES = 1024

function needleOf(name: string): string {
  const known = needles.get(name)
  if (known !== undefined) return known
  const needle = `\r\n${name}: `
  if (needles.size < NEEDLES) needles.set(name, needle)
  return needle
}

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
