import { isEscaped } from '../catalog/facts.ts'
import { type ArgumentError, invalid } from '../errors.ts'
import { decodeUtf8, detached, type Encoding } from '../util/text.ts'
import { unescapeC } from './escapes.ts'
import { addTo, emptyJson, type MessageJson } from './json.ts'
import { endOf, type Lookup, lookupOf } from './lookup.ts'
import { eachBareHeader, eachHeader, type Visit } from './split.ts'

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

  /** @param source a byte string that holds the message's lines, each with its end, from `start` to `end` */
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
      let from = this.kind === 'other' ? source.indexOf(':', this.#start) + 1 : this.#start + this.kind.length + 1
      // its first header is called what its kind is, but where a proxy puts another in front
      if ((source.charCodeAt(this.#start) | 32) !== this.kind.charCodeAt(0) && this.kind !== 'other') {
        from += source.slice(this.#start, this.#end).search(FIRST)
      }
      if (source.charCodeAt(from) === SPACE) from++
      this.#title = interned(
        source.slice(from, Math.min(source.indexOf('\r', from) >>> 0, this.#end)),
        this.origin.encoding,
      )
    }
    return this.#title
  }

  /** The `ActionID`, where it carries one. */
  get actionId(): string | undefined {
    return this.get('ActionID')
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
    return this.read(lookupOf(name))
  }

  /** @internal What `get` does once the name has been looked up. */
  read(lookup: Lookup): string | undefined {
    if (this.#bare) return this.#firstOf(lookup.name)
    return this.#spelt(lookup) ?? this.#anyCase(lookup)
  }

  /** @internal What a header property gives: what `read` does, and unescaped. */
  property(lookup: Lookup): string | undefined {
    const value = this.read(lookup)
    return value === undefined ? value : this.#meant(lookup.name, value)
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
    for (const [header, value] of this.headers) {
      const match = /^(.*?)ChanVariable(?:\((.*)\))?$/.exec(header)
      if (!match) continue
      const [, role = '', named] = match
      const belongs = channel === undefined ? role === '' : (named ?? this.get(`${role}Channel`)) === channel
      if (!belongs) continue
      const equals = value.indexOf('=')
      const name = equals === -1 ? value : value.slice(0, equals)
      Object.defineProperty(found, name, {
        value: equals === -1 ? '' : this.#meant(header, value.slice(equals + 1)),
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
    const date = new Date(`${day}T${time}${hours === 'Z' ? 'Z' : `${hours}:${minutes}`}`)
    if (Number.isNaN(date.getTime())) throw this.#mismatch(name, 'a point in time')
    return date
  }

  /** Its headers by name, with the values that were meant, and `source`, `epoch` and `receivedAt`. */
  toJSON(): MessageJson {
    const json = emptyJson()
    const escaped = this.detach().includes('\\')
    this.#each((name, value) => addTo(json, name, escaped ? this.#meant(name, value) : value))
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
      .split(/(?<=\r\n)\n?(?=Event: )/)
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

  /** The first header spelt exactly so. */
  #spelt({ name, needle }: Lookup): string | undefined {
    const lines = this.#lines ?? this.detach()
    let at = lines.indexOf(needle)
    // what is looked for may end another name, or stand in a value
    while (at !== -1 && (lines.charCodeAt(at - 1) !== LF || lines.charCodeAt(at - 2) !== CR)) {
      at = lines.indexOf(needle, at + 1)
    }
    return at === -1 ? undefined : this.#behind(lines, at + needle.length, name)
  }

  /** The first header so spelt in any case of letters. */
  #anyCase({ name, candidate }: Lookup): string | undefined {
    if (candidate === undefined) return this.#firstOf(name)
    const lines = this.detach()
    candidate.lastIndex = 0
    while (candidate.test(lines)) {
      const { lastIndex } = candidate
      const start = lastIndex - 1 - name.length
      if (lines.charCodeAt(start - 1) === LF && lines.charCodeAt(start - 2) === CR) {
        return this.#behind(lines, lastIndex, name)
      }
    }
    return undefined
  }

  /** The value behind a colon; a message is split into headers only for what is not as Asterisk writes it. */
  #behind(lines: string, from: number, name: string): string | undefined {
    if (lines.charCodeAt(from) !== SPACE || lines.charCodeAt(from - 1) !== COLON) return this.#firstOf(name)
    return this.#value(name, lines.slice(from + 1, endOf(lines, from)))
  }

  #firstOf(name: string): string | undefined {
    const wanted = name.toLowerCase()
    let found: string | undefined
    for (const [header, value] of this.headers) {
      if (header === name) return value
      if (found === undefined && header.length === name.length && header.toLowerCase() === wanted) found = value
    }
    return found
  }

  #each(visit: Visit): void {
    const { encoding } = this.origin
    if (this.#bare) eachBareHeader(this.detach(), encoding, visit)
    else if (this.kind === 'event') eachHeader(this.detach(), this.title, encoding, visit)
    else eachHeader(this.detach(), undefined, encoding, (name, value) => visit(name, this.#trimmed(name, value)))
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

  // Asterisk escapes few values, and in these few have anything to escape
  #meant(name: string, value: string): string {
    if (!value.includes('\\') || this.kind !== 'event' || !isEscaped(this.title, name)) return value
    // a user event's own headers stand behind its name and are as their sender wrote them
    if (this.title === 'UserEvent') {
      const lines = this.detach()
      const own = lines.indexOf('\r\nUserEvent: ')
      if (own !== -1 && lines.indexOf(`\r\n${name}: `) > own) return value
    }
    return unescapeC(value)
  }

  #mismatch(name: string, what: string): ArgumentError {
    const state = this.get(name) === undefined ? 'is missing' : `cannot be read as ${what}`
    return invalid(name, `${state} in ${this.title}`, this.source)
  }
}

// what events are called comes from the server: no more names than these are kept
const titles = new Map<string, string>()
const TITLES = 1_024

/** The one string for a title: it holds no chunk, and whatever is kept by it is found without hashing it again. */
function interned(slice: string, encoding: Encoding): string {
  const known = titles.get(slice)
  if (known !== undefined) return known
  const title = detached(slice)
  const decoded = encoding === 'utf8' ? decodeUtf8(title) : title
  if (decoded === title && titles.size < TITLES) titles.set(title, title)
  return decoded
}

const LF = 10
const CR = 13
const SPACE = 32
const COLON = 58
// at the start of a line: the header that says what a message is
const FIRST = /(?<=\n)(?:Event|Response):/i
const EVENT = lookupOf('Event')

/** How many header names get a getter of their own; the rest go through the proxy, more slowly. */
export const HEADER_PROPERTIES = 1024
let headerProperties = 0

/*
 * Headers as properties. The proxy stands behind the prototype, so it is asked only for names that nothing else has.
 * The first time that a program reads a header by a name, the name gets a getter, which is what makes the next reads
 * as fast as `get`. The names come from the program that reads and not from the server, and are bounded all the same.
 */
const behind = Object.create(Object.prototype, {}) as object
Object.setPrototypeOf(
  Message.prototype,
  new Proxy(behind, {
    get(target, name, receiver) {
      if (typeof name === 'symbol' || name in target || !(receiver instanceof Message)) {
        return Reflect.get(target, name, receiver)
      }
      const lookup = lookupOf(name)
      if (headerProperties < HEADER_PROPERTIES) {
        headerProperties++
        Object.defineProperty(Message.prototype, name, {
          get(this: Message) {
            return this.property(lookup)
          },
          configurable: true,
        })
      }
      return receiver.property(lookup)
    },
  }),
)

// every promise that resolves with a message asks for it
Object.defineProperty(Message.prototype, 'then', { value: undefined })

// what every predicate asks for has been read to find who wants the event
Object.defineProperty(Message.prototype, 'Event', {
  get(this: Message) {
    return this.kind === 'event' ? this.title : this.property(EVENT)
  },
})
