import { isEscaped } from '../catalog/facts.ts'
import { invalid } from '../errors.ts'
import { PEEK, PLACES } from '../util/peek.ts'
import { SIZE } from '../util/size.ts'
import { cut, decodeUtf8 } from '../util/text.ts'
import { eachPlaced, placedJson } from './by-place.ts'
import { unescapeC } from './escapes.ts'
import { firstValue, SUCCEEDED } from './framing.ts'
import { addAll, addTo, emptyJson, type MessageJson } from './json.ts'
import { MESSAGE_BYTES } from './limits.ts'
import { endOf, firstOf, isNamed, type Lookup, lineOf, lookupOf, mayHold } from './lookup.ts'
import type { MessageKind, Origin } from './origin.ts'
import { peek } from './peek.ts'
import type { Places } from './places.ts'
import { readsHeaders } from './properties.ts'
import type { Scanner } from './scanner.ts'
import { eachBareHeader, eachHeader, type Visit } from './split.ts'
import { readBoolean, readDate, readNumber } from './values.ts'
import { variablesOf } from './variables.ts'

/** A header: its name and its value. */
export type Header = readonly [name: string, value: string]

/** What a message is, for those who handle it. */
export let kindOf: (message: Message) => MessageKind
export let originOf: (message: Message) => Origin
/** The first header's value: the event's name, or `Success`, `Error`, `Follows`, `Goodbye`. */
export let titleOf: (message: Message) => string
/** Its lines behind a CRLF, copied out of the chunk they came in, so that keeping the message does not keep the chunk. */
export let linesOf: (message: Message) => string
/** Whether its bytes went before anybody asked for its lines. */
export let isGone: (message: Message) => boolean
/**
 * Counts a message as held for its client, once however many hold it; says whether there was room.
 * @param share which part of `limits.held` may be full with it
 */
export let hold: (message: Message, share?: number) => boolean
export let letGo: (message: Message) => void
let headerOf: (message: Message, lookup: Lookup) => string | undefined
let itself: (message: Message) => Message

/** Under which a message finds itself where it is asked through a Proxy, or by an object that inherits from it. */
const SELF = Symbol('message')

/**
 * One message, read on demand: what nobody reads costs no more than finding its end.
 * The ordered list of headers is the truth; everything else is a view of it.
 *
 * Every header can also be read as a property by its name (`message.Channel`): the value that was meant, unescaped where Asterisk escapes, or `undefined` where there is no such header. Headers are no members:
 * `'Channel' in message` is false for every message, and a spread or a clone has none of them. `toJSON()` has them all.
 */
export class Message {
  /**
   * The number of this message, counted from 1 through all connections of its client. A missing number is an answer to
   * the client's own Ping, or a message that was skipped.
   */
  readonly serial: number
  /** Knows the messages of one client from those of another; its text says what to do instead of cloning one. */
  readonly client: symbol
  // biome-ignore lint/correctness/noUnusedPrivateClassMembers: it is read of what stands in front of a message
  private readonly [SELF]: Message = this
  #kind: MessageKind
  #origin: Origin
  #source: string
  #start: number
  #end: number
  #lines: string | undefined = undefined
  #title: string | undefined
  #headers: readonly Header[] | undefined = undefined
  #holders = 0
  /** Under which number the scanner of its chunk has the places of its values; 0 where none has found it. */
  #event: number

  /**
   * @param source a byte string that holds the message's lines, each with its end, from `start` to `end`. A string
   * that is all but a CRLF in front of them, and perhaps one behind, is taken as it is
   * @param event under which number the scanner of the chunk has found it between `start` and `end`
   */
  constructor(
    origin: Origin,
    kind: MessageKind,
    source: string,
    start = 0,
    end = source.length,
    serial = ++origin.intake.serial,
    title?: string,
    event = 0,
  ) {
    this.serial = serial
    this.client = origin.intake.mark
    this.#kind = kind
    this.#origin = origin
    this.#source = source
    this.#start = start
    this.#end = end
    this.#title = title
    this.#event = event
  }

  /** The `name` of the client that received the message. */
  get source(): string {
    return itself(this).#origin.intake.source
  }

  /** The login that the message arrived under: the client counts its logins from 1. */
  get epoch(): number {
    return itself(this).#origin.epoch
  }

  /** When the message arrived, in milliseconds since 1970. */
  get receivedAt(): number {
    return itself(this).#origin.receivedAt
  }

  /** The `ActionID` of the message, if it has one. */
  get actionId(): string | undefined {
    return itself(this).#read('ActionID')
  }

  /** Every header in order, also repeated ones, as they stood on the wire. */
  get headers(): readonly Header[] {
    const message = itself(this)
    if (message.#headers === undefined) {
      const headers: Header[] = []
      message.#each((name, value) => headers.push([name, value]))
      message.#headers = headers
    }
    return message.#headers
  }

  /**
   * Returns the value of the first header of this name, as it stood on the wire, or `undefined`. A header with exactly
   * this name goes before one in other upper or lower case.
   */
  get(name: string): string | undefined {
    return itself(this).#read(name)
  }

  get [PLACES](): Places | undefined {
    return itself(this).#places()
  }

  [PEEK](name: string, known?: string): string | undefined {
    const message = itself(this)
    const places = message.#places()
    if (places !== undefined) return places.read(name, known)
    const { encoding } = message.#origin.intake
    return (message.#bare() ? undefined : peek(linesOf(message), encoding, name, known)) ?? message.get(name)
  }

  /** Returns the values of all headers of this name in order, as on the wire. Ignores upper and lower case. */
  getAll(name: string): string[] {
    const isWanted = isNamed(lookupOf(name))
    return this.headers.filter(([one]) => isWanted(one)).map(([, value]) => value)
  }

  /**
   * Returns the channel variables of the message by name, unescaped (`channelvars` of manager.conf, or those of a
   * list). Without `channel` they are of the event's first channel. With `channel` they are of that channel, whichever
   * role it has: `ChanVariable(…)`, or `DestChanVariable` if it is the `DestChannel`.
   */
  variables(channel?: string): Record<string, string> {
    const message = itself(this)
    const { headers } = message
    const own = titleOf(message) === 'UserEvent' ? headers.findIndex(([name]) => name === 'UserEvent') : -1
    const meant = (name: string, value: string, at: number) =>
      own !== -1 && at > own ? value : message.#unescaped(name, value)
    return variablesOf(headers, channel, meant)
  }

  /** Returns a header as a number. @throws {ArgumentError} if it is absent or no number */
  number(name: string): number {
    return itself(this).#as(name, readNumber, 'a number')
  }

  /** Returns a header as a boolean: yes, true, on, 1 or the opposite. @throws {ArgumentError} if it is none of these */
  boolean(name: string): boolean {
    return itself(this).#as(name, readBoolean, 'a boolean')
  }

  /** Returns a header as a point in time: seconds since 1970, or a date with its zone. @throws {ArgumentError} if it is absent or neither */
  date(name: string): Date {
    return itself(this).#as(name, readDate, 'a point in time')
  }

  /**
   * Returns the server's headers by name, unescaped, and nothing that the library adds.
   * To store more, write `{ source, epoch, serial, receivedAt, data: event.toJSON() }`.
   */
  toJSON(): MessageJson {
    const message: Message | undefined = itself(this)
    // the copies that Jest makes to show a difference have `headers` as data
    if (message === undefined) return addAll(emptyJson(), this.headers)
    const lines = linesOf(message)
    const places = message.#places()
    if (places !== undefined && message.#headers === undefined) return placedJson(places)
    const json = emptyJson()
    if (!lines.includes('\\')) {
      message.#each((name, value) => addTo(json, name, value))
      return json
    }
    let own = false
    message.#each((name, value) => {
      addTo(json, name, own ? value : message.#unescaped(name, value))
      own ||= name === 'UserEvent' && titleOf(message) === 'UserEvent'
    })
    return json
  }

  /** @internal */
  get [SIZE](): number {
    const message = itself(this)
    linesOf(message)
    return message.#bytes()
  }

  /** Returns the name of the message, its number and its client in one printable line. */
  toString(): string {
    const message = itself(this)
    const what = { event: 'Event ', response: 'Response ', other: 'Message' }[message.#kind]
    const title = message.#kind === 'other' ? '' : titleOf(message).slice(0, 64)
    return `${what}${title} #${message.serial} of ${message.source}`.replace(/[^\x20-\x7e]/g, '?')
  }

  /** Returns what `console.log` shows. */
  [Symbol.for('nodejs.util.inspect.custom')](
    depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    return depth < 0 ? `[${this}]` : `${this} ${inspect(this.toJSON(), options)}`
  }

  static {
    const found = (one?: object) => (one !== undefined && #origin in one ? one : undefined)
    // a copy that was made field by field finds a copy, and no message
    itself = (message) => (#origin in message ? message : found((message as Message)[SELF])) as Message
    kindOf = (message) => message.#kind
    originOf = (message) => message.#origin
    titleOf = (message) => message.#title ?? message.#readTitle()
    linesOf = (message) => message.#lines ?? message.#detach()
    isGone = (message) => message.#lines === undefined && message.#event !== 0 && !message.#origin.scanner
    hold = (message, share = 1) => {
      if (message.#holders === 0 && !message.#origin.intake.held.take(message.#bytes(), share)) return false
      message.#holders++
      linesOf(message)
      return true
    }
    letGo = (message) => {
      if (--message.#holders === 0) message.#origin.intake.held.free(message.#bytes())
    }
    headerOf = (message, lookup) => {
      const own = itself(message)
      return own === undefined ? undefined : own.#property(lookup)
    }
  }

  #bytes(): number {
    return this.#end - this.#start + MESSAGE_BYTES
  }

  #readTitle(): string {
    const { intake } = this.#origin
    if (this.#kind === 'other') this.#title = this.headers[0]?.[1] ?? ''
    else if (this.#source.startsWith(SUCCEEDED, this.#start)) this.#title = 'Success'
    else this.#title = intake.titleOf(firstValue(this.#source, this.#start, this.#end, this.#kind))
    return this.#title
  }

  #detach(): string {
    if (this.#event !== 0) {
      this.#lines = (this.#origin.scanner as Scanner).linesOf(this.#start, this.#end)
      return this.#lines
    }
    const own = this.#start === 2 && this.#source.length - this.#end <= 2 && this.#source.startsWith('\r\n')
    // the CRLF in front makes every header begin with one; two strings that are joined become one of their own
    const lines = own ? this.#source.slice(0, this.#end) : ['\r\n', this.#source.slice(this.#start, this.#end)].join('')
    this.#lines = lines
    this.#source = lines
    this.#start = 2
    this.#end = lines.length
    return lines
  }

  /** Returns the places of its values, as long as its bytes are there. */
  #places(): Places | undefined {
    if (this.#event === 0) return undefined
    return this.#origin.scanner?.places.at(this.#event)
  }

  #read(name: string): string | undefined {
    // what was read can be read again when the bytes are gone
    if (this.#lines === undefined) this.#detach()
    const places = this.#places()
    if (places !== undefined) return places.read(name)
    const lookup = lookupOf(name)
    if (this.#bare() || lookup.candidate === undefined) return firstOf(this.headers, lookup)
    return this.#spelt(lookup) ?? this.#anyCase(lookup)
  }

  /** Returns the value of a header property: what `get` does, unescaped. */
  #property(lookup: Lookup): string | undefined {
    const value = this.#read(lookup.name)
    if (value === undefined || !value.includes('\\')) return value
    if (titleOf(this) === 'UserEvent') {
      const lines = linesOf(this)
      const own = lines.indexOf('\r\nUserEvent: ')
      if (own !== -1 && lines.indexOf(`\r\n${lookup.name}: `) > own) return value
    }
    return this.#unescaped(lookup.name, value)
  }

  // Asterisk escapes few values, and in these few have anything to escape. A user event's own headers, which stand
  // behind its name, are as their sender wrote them: whoever asks knows where the header stands
  #unescaped(name: string, value: string): string {
    const escaped = value.includes('\\') && this.#kind === 'event' && isEscaped(titleOf(this), name)
    return escaped ? unescapeC(value) : value
  }

  // IAXnetstats and its kind (chan_iax2.c), and Agents of an agent on a call (app_agent_pool.c:action_agents),
  // end lines with a bare LF
  #bare(): boolean {
    return this.#kind === 'other' || (this.#kind === 'event' && titleOf(this) === 'Agents')
  }

  /** Finds the first header spelt exactly so. */
  #spelt({ name }: Lookup): string | undefined {
    const lines = this.#lines ?? this.#detach()
    const at = lineOf(lines, name)
    return at === -1 ? undefined : this.#behind(lines, at + name.length + 1, name)
  }

  /** Finds the first header so spelt in any case of letters. */
  #anyCase(lookup: Lookup): string | undefined {
    const { name, candidate } = lookup
    if (candidate === undefined) return firstOf(this.headers, lookup)
    const lines = linesOf(this)
    if (!mayHold(lines, lookup)) return undefined
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

  /** Returns the value behind a colon. A message is split into headers only for what is not as Asterisk writes it. */
  #behind(lines: string, from: number, name: string): string | undefined {
    if (lines.charCodeAt(from) !== SPACE || lines.charCodeAt(from - 1) !== COLON)
      return firstOf(this.headers, lookupOf(name))
    const value = this.#trimmed(name, cut(lines, from + 1, endOf(lines, from)))
    return this.#origin.intake.encoding === 'utf8' ? decodeUtf8(value) : value
  }

  #each(visit: Visit): void {
    const { encoding, layouts } = this.#origin.intake
    const lines = linesOf(this)
    const places = this.#places()
    if (this.#headers) for (const [name, value] of this.#headers) visit(name, value)
    else if (places !== undefined) eachPlaced(places, visit)
    else if (this.#bare()) eachBareHeader(lines, encoding, visit)
    else if (this.#kind === 'event') eachHeader(lines, encoding, visit, layouts, titleOf(this))
    else eachHeader(lines, encoding, (name, value) => visit(name, this.#trimmed(name, value)))
  }

  // several handlers send a text that ends in a line feed of its own: "Message: No AORs found\n\r\n\r\n"
  #trimmed(name: string, value: string): string {
    const stray = this.#kind === 'response' && name === 'Message' && value.endsWith('\n')
    return stray ? value.slice(0, -1) : value
  }

  #as<T>(name: string, read: (text: string) => T | undefined, what: string): T {
    const text = this.get(name)
    const value = text === undefined ? undefined : read(text)
    if (value !== undefined) return value
    const state = text === undefined ? 'is missing' : (`cannot be read as ${what}` as const)
    throw invalid(name, `${state} in ${titleOf(this)}`, this.source)
  }
}

const LF = 10
const CR = 13
const SPACE = 32
const COLON = 58
const EVENT = lookupOf('Event')

// what every predicate asks for has been read to find who wants the event
Object.defineProperty(Message.prototype, 'Event', {
  get(this: Message) {
    const message = itself(this)
    return kindOf(message) === 'event' ? titleOf(message) : headerOf(message, EVENT)
  },
})

readsHeaders(Message.prototype, (message, lookup) => headerOf(message, lookup))
