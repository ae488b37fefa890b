import type { Peek } from '../util/peek.ts'
import { hashOfBytes, numberAtEndOf } from '../util/slots.ts'
import { type CuttableBytes, decodeUtf8, type Encoding } from '../util/text.ts'
import { isOfChannel, type KnownEvent, OF_CHANNEL } from './known-event.ts'
import { type Lookup, lookupOf } from './lookup.ts'

/** Behind so many words of an event stand the places of its values. */
export const VALUES = 4
const MOST_KNOWN = 2_048
export const KEPT_BYTES = 64
/** So many values are kept: each at a place that its bytes decide, until others of the same place are read. */
export const MOST_KEPT = 1_024
/** The tag of a value stands behind at most so many bytes of it: how long it is, and whether it is UTF-8. */
const TAG_AT = 60
const UTF8 = 64
/** Where a value is that is not there. Each begins behind the title of its event. */
const NOWHERE = 0
/** How long a value is stands in the lower half of its place. */
const LENGTH = 0xffff
const LENGTH_BITS = 16
/** For so many names it is remembered where they stand: in all, and in events of one kind. */
const MOST_ASKED = 8_192
const MOST_OF_ONE = 64
const NAME_BYTES = 64
// so many digits are the greatest number that is certain
const DIGITS = 15
const ZERO = 48
/** The greatest character that takes two bytes in UTF-8. */
const MOST_OF_TWO = 0x7ff

/** Where a value stands that was asked for. */
interface Asked {
  readonly name: string
  /** At which place among the values of the event; -1 where it has none of this name. */
  readonly slot: number
}

/**
 * Reads what the events of a scanner say: where a value begins and how long it is stands in its words, for as long as
 * its bytes are there.
 */
export class Places implements Peek {
  readonly #bytes: CuttableBytes
  readonly #words: Int32Array
  readonly #find: (at: number, tag: number) => number
  readonly #kept: number
  readonly #values: string[] = Array.from({ length: MOST_KEPT }, () => '')
  #known: KnownEvent[] = []
  /** What was asked of each known event, in the order of the first time. */
  #asked: Asked[][] = []
  #askedInAll = 0
  /** Which known event was asked last, what was asked of it, and where among that is what may be asked next. */
  #which = -1
  #list: Asked[] = []
  #step = 0
  /** The event that is read. */
  #event = 0
  #utf8 = true

  /**
   * @param find finds the bytes of a value among those that are kept, or where they are put
   * @param kept where those begin
   */
  constructor(bytes: CuttableBytes, words: Int32Array, find: (at: number, tag: number) => number, kept: number) {
    this.#bytes = bytes
    this.#words = words
    this.#find = find
    this.#kept = kept
  }

  /** Whether one more can be known. */
  get hasRoom(): boolean {
    return this.#known.length < MOST_KNOWN
  }

  /** Adds what events are known as; returns its number. */
  add(known: KnownEvent): number {
    this.#asked.push([])
    return this.#known.push(known)
  }

  forget(): void {
    this.#known = []
    this.#asked = []
    this.#askedInAll = 0
    this.#which = -1
  }

  /** Begins with the events of another chunk. */
  begin(encoding: Encoding): void {
    this.#utf8 = encoding === 'utf8'
  }

  /** Goes to an event of this chunk: all else is asked about this one. */
  at(event: number): this {
    this.#event = event
    return this
  }

  /** Returns what an event is known as. */
  knownOf(event: number): KnownEvent {
    return this.#known[(this.#words[event - 1] as number) - 1] as KnownEvent
  }

  /** What the event is known as. */
  get known(): KnownEvent {
    return this.knownOf(this.#event)
  }

  /** Returns the value in a slot. It costs its own size, whoever keeps it: it is no part of anything. */
  value(slot: number): string {
    return this.#text(this.#words[this.#event + slot] as number)
  }

  /** Returns the name of the header in a slot. */
  name(slot: number): string {
    const name = this.known.names[slot] as string
    if (name !== OF_CHANNEL) return name
    const from = this.#nameStart(slot)
    return this.#meant(from, this.#nameEnd(slot) - from)
  }

  read(name: string, known?: string): string | undefined {
    const place = this.#placeOf(name)
    if (place === NOWHERE) return undefined
    return known !== undefined && this.#says(place, known) ? known : this.#text(place)
  }

  number(name: string): number {
    const place = this.#placeOf(name)
    const length = place & LENGTH
    if (length === 0 || length > DIGITS) return -1
    const from = this.#from(place)
    const bytes = this.#bytes
    let number = 0
    for (let at = from; at < from + length; at++) {
      const digit = (bytes[at] as number) - ZERO
      if (digit < 0 || digit > 9) return -1
      number = number * 10 + digit
    }
    return number
  }

  numberAtEnd(name: string, base: number): number {
    const place = this.#placeOf(name)
    const from = this.#from(place)
    return numberAtEndOf(this.#bytes, from, from + (place & LENGTH), base)
  }

  hash(name: string): number {
    const place = this.#placeOf(name)
    const from = this.#from(place)
    return hashOfBytes(this.#bytes, from, from + (place & LENGTH))
  }

  #from(place: number): number {
    return (this.#words[this.#event - VALUES] as number) + (place >>> LENGTH_BITS)
  }

  #text(place: number): string {
    const length = place & LENGTH
    if (length === 0) return ''
    const at = this.#from(place)
    if (length > TAG_AT) return this.#meant(at, length)
    const tag = this.#utf8 ? length | UTF8 : length
    const found = this.#find(at, tag)
    if (found >= 0) return this.#values[found] as string
    const value = this.#meant(at, length)
    this.#values[~found] = value
    // last of all: what has no tag is not found
    this.#words[(this.#kept + ~found * KEPT_BYTES + TAG_AT) / 4] = tag
    return value
  }

  #meant(at: number, length: number): string {
    const value = this.#bytes.latin1Slice(at, at + length)
    return this.#utf8 ? decodeUtf8(value) : value
  }

  /** Whether a value means a text; in UTF-8 only one with up to two bytes for a character is known again. */
  #says(place: number, text: string): boolean {
    const length = place & LENGTH
    const from = this.#from(place)
    if (length !== text.length) return this.#utf8 && length > text.length && saysInUtf8(this.#bytes, from, length, text)
    const bytes = this.#bytes
    const most = this.#utf8 ? 0x7f : 0xff
    // ids and numbers differ at their ends
    for (let at = length - 1; at >= 0; at--) {
      const byte = bytes[from + at] as number
      if (byte !== text.charCodeAt(at) || byte > most) return false
    }
    return true
  }

  /** Returns where the value of the first header of a name is, in any case of letters. */
  #placeOf(name: string): number {
    const words = this.#words
    const which = (words[this.#event - 1] as number) - 1
    if (which !== this.#which) {
      this.#which = which
      this.#list = this.#asked[which] as Asked[]
      this.#step = 0
    }
    // whoever reads asks the same of each event of a kind, in the same order
    const next = this.#list[this.#step]
    const slot = next !== undefined && next.name === name ? next.slot : this.#slotOf(name)
    this.#step++
    return slot === -1 ? NOWHERE : (words[this.#event + slot] as number)
  }

  /** Looks for a name elsewhere among those that were asked for, and notes one that was not. */
  #slotOf(name: string): number {
    const list = this.#list
    for (let at = 0; at < list.length; at++) {
      const { name: one, slot } = list[at] as Asked
      if (one !== name) continue
      this.#step = at
      return slot
    }
    const lookup = lookupOf(name)
    const asked = lookup.name
    const known = this.#known[this.#which] as KnownEvent
    if (known.ofChannels && isOfChannel(asked)) return this.#slotOfChannel(known, lookup)
    const slot = known.slotOf(asked)
    if (list.length < MOST_OF_ONE && asked.length <= NAME_BYTES) {
      if (this.#askedInAll === MOST_ASKED) this.#forgetAsked()
      this.#askedInAll++
      this.#step = this.#list.push({ name: asked, slot }) - 1
    }
    return slot
  }

  /** Looks for a name that holds that of a channel: one with exactly this name goes before one in another case. */
  #slotOfChannel({ names }: KnownEvent, { name, candidate }: Lookup): number {
    const isPlain = candidate !== undefined
    const wanted = name.toLowerCase()
    let found = -1
    for (let slot = 0; slot < names.length; slot++) {
      if (names[slot] !== OF_CHANNEL) continue
      // a character takes up to three bytes, and two of them take four; a plain name is found by its bytes alone
      const bytes = this.#nameEnd(slot) - this.#nameStart(slot)
      if (bytes < name.length || bytes > (isPlain ? 1 : 3) * name.length) continue
      const one = this.name(slot)
      if (one === name) return slot
      if (found === -1 && one.length === name.length && one.toLowerCase() === wanted) found = slot
    }
    return found
  }

  /** Returns where a name begins that is not known: behind the end of the line before. */
  #nameStart(slot: number): number {
    const before = this.#words[this.#event + slot - 1] as number
    return this.#from(before) + (before & LENGTH) + 2
  }

  /** Returns where such a name ends: in front of ": ". */
  #nameEnd(slot: number): number {
    return this.#from(this.#words[this.#event + slot] as number) - 2
  }

  #forgetAsked(): void {
    for (const list of this.#asked) list.length = 0
    this.#askedInAll = 0
  }
}

/** Whether bytes that are UTF-8 mean a text that is not ASCII. */
function saysInUtf8(bytes: Uint8Array, from: number, length: number, text: string): boolean {
  let at = from
  for (let which = 0; which < text.length; which++) {
    const code = text.charCodeAt(which)
    if (code < 0x80) {
      if (bytes[at++] !== code) return false
    } else if (code > MOST_OF_TWO || bytes[at++] !== (0xc0 | (code >> 6)) || bytes[at++] !== (0x80 | (code & 0x3f))) {
      return false
    }
  }
  return at === from + length
}
