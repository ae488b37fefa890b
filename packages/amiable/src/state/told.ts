import { PEEK, type Peekable, PLACES } from '../util/peek.ts'
import type { SIZE } from '../util/size.ts'
import { detached } from '../util/text.ts'
import type { Party } from './records.ts'

/** What a fold reads of an event or a row; an `AmiEvent` is one. */
export interface Told extends Peekable {
  readonly Event: string
  readonly serial: number
  readonly epoch: number
  readonly receivedAt: number
  readonly actionId: string | undefined
  get(name: string): string | undefined
  /** @internal */
  readonly [SIZE]?: number
}

// the longest text that is kept; Asterisk's longest are those that a dialplan gives to its applications
const LONGEST_TEXT = 4_096
/** How long a name can be; all of Asterisk's are far shorter. */
export const LONGEST_NAME = 1_024
// no number of Asterisk's is greater, and as seconds it is still a date
const GREATEST = 100_000_000_000

/**
 * Returns a header's value as it stood on the wire; the value before where it is the same. Whoever stores it stores what
 * {@link kept} makes of it.
 */
export function read(told: Told, name: string, before?: string): string | undefined {
  const places = told[PLACES]
  if (places !== undefined) return places.read(name, before)
  return told[PEEK] === undefined ? told.get(name) : told[PEEK](name, before)
}

/** Returns a header's value, unescaped where Asterisk escapes; empty where there is none. */
export function meant(told: Told, name: string, before?: string): string {
  const value = read(told, name, before) ?? ''
  const all = told as unknown as Record<string, string | undefined>
  return kept(before, value.includes('\\') ? (all[name] ?? value) : value)
}

/** Returns a header's value, as {@link kept}; empty where there is none. */
export function text(told: Told, name: string, before?: string): string {
  return kept(before, read(told, name, before) ?? '')
}

/** Returns a header's value, as {@link kept}, or undefined where Asterisk has nothing to say. */
export function perhaps(told: Told, name: string, before?: string): string | undefined {
  return kept(before, known(read(told, name, before)))
}

/** Returns a header's value, or undefined where Asterisk has nothing to say. */
export function known(value: string | undefined): string | undefined {
  return value === undefined || value === '' || value === '<unknown>' ? undefined : value
}

/** Returns the value before where the new one is equal. One that is too long is cut. */
export function kept<T extends string | undefined>(before: string | undefined, value: T): T {
  if (before === value) return before as T
  if (value === undefined || value.length < 13) return value
  const own = value.length > LONGEST_TEXT ? detached(value.slice(0, LONGEST_TEXT)) : value
  copiedBytes += own.length * 2
  return own as T
}

let copiedBytes = 0

/** Returns how many bytes of texts were taken out of messages since the program began. */
export function copied(): number {
  return copiedBytes
}

// words that many records have: a context, an application, the type of a bridge
const words = new Map<string, string>()
const MOST_WORDS = 1_000
const LONGEST_WORD = 64

/** Returns the value before where the new one is equal, or the one string that all records have for that word. */
export function shared<T extends string | undefined>(before: string | undefined, value: T): T {
  if (before === value) return before as T
  if (value === undefined || value.length > LONGEST_WORD) return kept(before, value)
  const known = words.get(value)
  if (known !== undefined) return known as T
  // it may be a part of a name
  const own = detached(kept(undefined, value))
  if (words.size >= MOST_WORDS) words.clear()
  words.set(own as string, own as string)
  return own as T
}

/** Returns a header's value, as {@link shared}; empty where there is none. */
export function word(told: Told, name: string, before?: string): string {
  return shared(before, read(told, name, before) ?? '')
}

/**
 * Returns a header as a number; 0 for what is none, or greater than any of Asterisk's.
 * @param before what it may be: it is not read as a number again
 */
export function count(told: Told, name: string, before = 0): number {
  const whole = told[PLACES]?.number(name) ?? -1
  if (whole !== -1) return whole <= GREATEST ? whole : 0
  const written = String(before)
  const text = read(told, name, written)
  if (text === written) return before
  const value = Number(text)
  return Math.abs(value) <= GREATEST ? value : 0
}

/**
 * Whether a header says yes, in one of Asterisk's words.
 * @param before what it said: it is looked for first
 */
export function says(told: Told, name: string, before = false): boolean {
  const value = read(told, name, before ? '1' : '0')
  if (value === undefined || value === '0' || value === '1') return value === '1'
  return value.toLowerCase() === 'yes' || value.toLowerCase() === 'true'
}

/** The headers of a caller id. */
export interface PartyHeaders {
  readonly number: string
  readonly name: string
}

export const CALLER: PartyHeaders = { number: 'CallerIDNum', name: 'CallerIDName' }
export const CONNECTED: PartyHeaders = { number: 'ConnectedLineNum', name: 'ConnectedLineName' }
export const PARKEE: PartyHeaders = { number: 'ParkeeCallerIDNum', name: 'ParkeeCallerIDName' }

/** Returns the caller id in these headers, frozen; the one before where it is the same. */
export function partyOf(told: Told, headers: PartyHeaders, before?: Party): Party {
  return Object.freeze(ownPartyOf(told, headers, before))
}

/** Returns the same for a channel, whose parts are frozen when somebody gets it. */
export function ownPartyOf(told: Told, headers: PartyHeaders, before?: Party): Party {
  const number = known(meant(told, headers.number, before?.number))
  const name = known(meant(told, headers.name, before?.name))
  return before !== undefined && before.number === number && before.name === name ? before : { number, name }
}
