import { isSecretName, isTelltale } from '../../util/secret-names.ts'
import { secretArgument, startOfArgument } from './applications.ts'
import { decodePercent, encodePercent, isPercentEncoded } from './percent.ts'
import { findSecretsOfOptions } from './program-options.ts'
import { backslashesBefore, endOfQuoted } from './quotes.ts'
import { findPasswordsOfUrls } from './url-passwords.ts'

/** What stands in a secret's place. */
export const HIDDEN = '***'

/** Takes a part that is to go, and what stands in its place. */
export type Hide = (from: number, to: number, put: string) => void

/** A caller's own rule: what stands in the place of a value under a name; `undefined` leaves it to the other rules. */
export type OwnRule = (name: string, value: string) => string | undefined

/** How a text is read. */
export interface Reading {
  /** Commas part variables, as in the `Variable` header of an action. */
  readonly list?: boolean
  readonly own?: OwnRule | undefined
}

const [LF, CR, TAB, SPACE, QUOTE, APOSTROPHE, SLASH, COLON] = [10, 13, 9, 32, 34, 39, 47, 58]
const [AND, OPEN, CLOSE, COMMA, SEMICOLON, LESS, EQUALS, MORE] = [38, 40, 41, 44, 59, 60, 61, 62]
const [ASK, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [63, 92, 123, 125, 91, 93]
const delimits = new Uint8Array(256)
for (const one of ',;|&?!@"\'()[]{}<>`') delimits[one.charCodeAt(0)] = 1
// encodings within encodings
const DEPTH = 3
// so many words before a colon are its name
const WORDS = 4
// a function with its arguments that is longer is no name
const LONGEST_CALL = 256

const schemes = /^\s*(?:Bearer\s+(?=\S{6})|Basic\s+(?=[\w+/=-]{8,}\s*$)|Digest\s+(?=\w+\s*=))/i
const naming = /^(?:variable|var|name|key|field|param|parameter|header|option|setting|column|property)$/i
const carrying = /^(?:value|val|data|content)$/i

/**
 * Finds the secrets in a text by the names beside them: `name=value`, `name: value` and their kind, quoted or not, in
 * JSON, in markup, in URLs, in dialplan and in what is percent-encoded. The time it takes grows as the text does.
 */
export function findSecrets(text: string, from: number, to: number, hide: Hide, reading: Reading = {}): void {
  find(text, from, to, hide, reading, 0)
}

function find(text: string, from: number, to: number, hide: Hide, reading: Reading, depth: number): void {
  new Scan(text, from, to, hide, reading).run()
  for (const look of [findPasswordsOfUrls, findSecretsOfOptions]) {
    look(text, from, to, (start, end) => hide(start, end, HIDDEN))
  }
  const part = text.slice(from, to)
  if (depth === DEPTH || !isPercentEncoded(part)) return
  const { text: decoded, places } = decodePercent(part)
  const place = (at: number): number => from + (places[at] ?? 0)
  find(
    decoded,
    0,
    decoded.length,
    (start, end, put) => hide(place(start), place(end), encodePercent(put)),
    {},
    depth + 1,
  )
}

/** The values of an object of JSON that say a name and a value apart. */
interface Apart {
  named: boolean
  value: readonly [from: number, to: number] | undefined
}

class Scan {
  #text: string
  #at: number
  #from: number
  #to: number
  #hide: Hide
  #reading: Reading
  /** Where what may be a name begins, and what stands before it. */
  #start: number
  #before = 0
  #quote = -1
  #earlierQuote = -1
  /** The quote that opened the string that this is in; -1 outside. */
  #open = -1
  /** Where the calls begin that are open, and the one that was closed last. */
  #calls: number[] = []
  #call = -1
  #depth = 0
  #apart = new Map<number, Apart>()
  /** Up to where the caller's rule was asked. */
  #owned = 0

  constructor(text: string, from: number, to: number, hide: Hide, reading: Reading) {
    this.#text = text
    this.#at = this.#start = this.#from = from
    this.#to = to
    this.#hide = hide
    this.#reading = reading
  }

  run(): void {
    const scheme = schemes.exec(this.#text.slice(this.#from, this.#to))
    if (scheme !== null) {
      this.#hide(this.#from + scheme[0].length, this.#to, HIDDEN)
      return
    }
    for (; this.#at < this.#to; this.#at++) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === COLON || code === EQUALS) this.#separator(code)
      else if (delimits[code & 0xff] === 1) this.#delimiter(code)
      else if (code === LF || code === CR) this.#begin(this.#at + 1, code)
      else if (code === BACKSLASH && /[nrtfvb]/.test(this.#text.charAt(this.#at + 1))) {
        this.#at++
        this.#begin(this.#at + 1, LF)
      }
    }
  }

  #begin(at: number, before: number): void {
    this.#start = at
    this.#before = before
  }

  /** Goes on behind a part that was looked at. */
  #goOn(at: number, before: number): void {
    this.#at = at - 1
    this.#begin(at, before)
  }

  #delimiter(code: number): void {
    const at = this.#at
    if (code === QUOTE || code === APOSTROPHE) {
      this.#earlierQuote = this.#quote
      this.#quote = at
      if (code === QUOTE) this.#openOrClose(at)
    } else if (code === OPEN) {
      const argument = secretArgument(this.#lastWord())
      if (argument !== undefined) {
        const end = this.#closing(at)
        const start = startOfArgument(this.#text, at + 1, end, argument)
        if (start < end) this.#hide(start, end, HIDDEN)
        this.#goOn(end, code)
        return
      }
      this.#calls.push(this.#start)
    } else if (code === CLOSE) this.#call = this.#calls.pop() ?? -1
    else if (code === OPEN_BRACE) this.#depth++
    else if (code === CLOSE_BRACE) this.#apart.delete(this.#depth--)
    else if (code === MORE && this.#before === LESS) {
      const name = this.#text.slice(this.#start, at).trim().split(/\s/, 1)[0] ?? ''
      if (!name.startsWith('/') && isSecretName(name)) {
        const end = this.#until(at + 1, (one) => one === LESS)
        this.#put(at + 1, end)
        this.#goOn(end, code)
        return
      }
    }
    this.#begin(at + 1, code)
  }

  #separator(code: number): void {
    const at = this.#at
    const next = this.#text.charCodeAt(at + 1)
    if (code === COLON && next === SLASH && this.#text.charCodeAt(at + 2) === SLASH) {
      this.#at += 2
      this.#begin(at + 3, SLASH)
      return
    }
    const behind = next === EQUALS || next === MORE ? at + 2 : at + 1
    const { name, quoted } = this.#name()
    const value = this.#until(behind, (one) => one !== SPACE && one !== TAB)
    if (name !== '') {
      if (isSecretName(name)) {
        const end = this.#secret(value, code, quoted)
        this.#goOn(end, 0)
        return
      }
      if (quoted && this.#pair(name, value)) return
      if (!quoted && this.#start >= this.#owned && this.#ownRule(name, value)) return
    }
    this.#at = behind - 1
    this.#begin(behind, code)
  }

  /** Asks the caller's rule about the first name, and about each one of a list. */
  #ownRule(name: string, value: number): boolean {
    const { own, list } = this.#reading
    if (own === undefined) return false
    const end = list === true ? this.#endInList(value) : this.#to
    this.#owned = end
    const put = own(name, this.#text.slice(value, end))
    if (put === undefined) return false
    this.#hide(value, end, put)
    this.#goOn(end, 0)
    return true
  }

  /** Returns the name in front of a separator: within quotes, a function with its arguments, or the last few words. */
  #name(): { name: string; quoted: boolean } {
    const text = this.#text
    const end = this.#at
    const plain = text.slice(this.#start, end).trim()
    if (plain !== '') return { name: lastWords(plain), quoted: false }
    if (this.#before === CLOSE && this.#call !== -1 && end - this.#call <= LONGEST_CALL) {
      return { name: text.slice(this.#call, end).trim(), quoted: false }
    }
    if ((this.#before !== QUOTE && this.#before !== APOSTROPHE) || this.#earlierQuote === -1) {
      return { name: '', quoted: false }
    }
    const inside = text.slice(this.#earlierQuote + 1, this.#quote).replace(/(?<!\\)\\+$/, '')
    return { name: inside.includes('\\u') ? withoutUnicodeEscapes(inside) : inside, quoted: true }
  }

  #lastWord(): string {
    return /[\w.]*$/.exec(this.#text.slice(Math.max(this.#start, this.#at - 20), this.#at))?.[0] ?? ''
  }

  /** Hides a secret that begins at a place; gives where it ends. */
  #secret(start: number, separator: number, quoted: boolean): number {
    const opening = this.#quoteAt(start)
    if (opening !== undefined) {
      const end = endOfQuoted(this.#text, opening, this.#from, this.#to)
      const after = this.#until(end, (one) => one !== BACKSLASH)
      const behind = this.#text.charCodeAt(after + 1)
      const closed = after + 1 >= this.#to || behind <= SPACE || delimits[behind & 0xff] === 1
      if (closed) {
        this.#put(opening + 1, end)
        return Math.min(after + 1, this.#to)
      }
    }
    if (quoted && separator === COLON) {
      const code = this.#text.charCodeAt(start)
      if (code === OPEN_BRACE || code === OPEN_BRACKET) return this.#hideAllIn(start)
      const end = this.#until(start, endsScalar)
      this.#put(start, end, this.#asString())
      return end
    }
    const end = this.#endOfPlain(start)
    this.#put(start, end)
    return end
  }

  #openOrClose(at: number): void {
    if (this.#open === -1) this.#open = at
    else if (this.#backslashes(at) === this.#backslashes(this.#open)) this.#open = -1
  }

  /** Whether this is in a string of JSON, or of what is written like it, so that a secret ends where the string does. */
  #isInString(): boolean {
    let before = this.#open - this.#backslashes(this.#open) - 1
    while (before >= this.#from && this.#text.charCodeAt(before) === SPACE) before--
    return this.#open !== -1 && before >= this.#from && ':=,[{('.includes(this.#text.charAt(before))
  }

  #endOfPlain(start: number): number {
    if (this.#reading.list === true) return this.#endInList(start)
    if (this.#before === ASK || this.#before === AND) {
      return this.#until(start, (one) => one === AND || one <= SPACE || isQuoteOrMarkup(one))
    }
    if (this.#before === SEMICOLON) return this.#until(start, (one) => one === SEMICOLON || isQuoteOrMarkup(one))
    if (this.#isInString()) return endOfQuoted(this.#text, this.#open, this.#from, this.#to)
    return this.#until(start, (one) => one === LF || one === CR)
  }

  /**
   * Returns the comma behind which the next variable begins: one that is neither escaped, quoted nor within
   * parentheses.
   */
  #endInList(start: number): number {
    let quoted = false
    let parentheses = 0
    for (let i = start; i < this.#to; i++) {
      const code = this.#text.charCodeAt(i)
      if (code === BACKSLASH) i++
      else if (code === QUOTE) quoted = !quoted
      else if (code === OPEN) parentheses++
      else if (code === CLOSE) parentheses--
      else if (code === COMMA && !quoted && parentheses <= 0) {
        nextVariable.lastIndex = i
        if (nextVariable.test(this.#text)) return i
      }
    }
    return this.#to
  }

  /** Reads JSON: a value that a caller's rule takes, or a name and a value that stand apart in an object. */
  #pair(name: string, start: number): boolean {
    const opening = this.#quoteAt(start)
    if (opening === undefined) return false
    const end = endOfQuoted(this.#text, opening, this.#from, this.#to)
    const value = this.#text.slice(opening + 1, end)
    const put = this.#reading.own?.(name, value)
    if (put !== undefined) {
      this.#hide(opening + 1, end, put)
      this.#goOn(this.#until(end, (one) => one !== BACKSLASH) + 1, 0)
      return true
    }
    const isNaming = naming.test(name)
    if (!isNaming && !carrying.test(name)) return false
    const apart: Apart = this.#apart.get(this.#depth) ?? { named: false, value: undefined }
    this.#apart.set(this.#depth, apart)
    if (isNaming) apart.named ||= isSecretName(value)
    else apart.value = [opening + 1, end]
    if (apart.named && apart.value !== undefined) this.#put(...apart.value)
    return false
  }

  /** Hides every value within the braces or brackets that begin at a place; returns where they end. */
  #hideAllIn(start: number): number {
    let depth = 0
    let i = start
    while (i < this.#to) {
      const code = this.#text.charCodeAt(i)
      const opening = this.#quoteAt(i)
      if (opening !== undefined) {
        const end = endOfQuoted(this.#text, opening, this.#from, this.#to)
        i = this.#until(end, (one) => one !== BACKSLASH) + 1
        const after = this.#until(i, (one) => one > SPACE)
        if (this.#text.charCodeAt(after) !== COLON) this.#put(opening + 1, end)
        continue
      }
      if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        if (--depth === 0) return i + 1
      } else if (code !== COLON && !endsScalar(code)) {
        const end = this.#until(i, (one) => one === COLON || endsScalar(one))
        this.#put(i, end, this.#asString())
        i = end
        continue
      }
      i++
    }
    return this.#to
  }

  /** Returns where a quote is, if one begins at a place, behind backslashes or not. */
  #quoteAt(start: number): number | undefined {
    const at = this.#until(start, (one) => one !== BACKSLASH)
    if (at >= this.#to) return undefined
    const code = this.#text.charCodeAt(at)
    return code === QUOTE || (code === APOSTROPHE && at === start) ? at : undefined
  }

  #backslashes(at: number): number {
    return backslashesBefore(this.#text, at, this.#from)
  }

  /** Returns what hides a value as a string of JSON, quoted as the name in front of it is. */
  #asString(): string {
    const quote = `${'\\'.repeat(this.#backslashes(this.#quote))}"`
    return `${quote}${HIDDEN}${quote}`
  }

  #closing(opening: number): number {
    let depth = 0
    return this.#until(opening, (code) => {
      if (code === OPEN) depth++
      return code === CLOSE && --depth === 0
    })
  }

  #until(from: number, ends: (code: number) => boolean): number {
    let at = from
    while (at < this.#to && !ends(this.#text.charCodeAt(at))) at++
    return at
  }

  #put(from: number, to: number, put = HIDDEN): void {
    if (to > from && !(to - from < 10 && isTelltale(this.#text.slice(from, to)))) this.#hide(from, to, put)
  }
}

const nextVariable = /,\s*[^\s,=]{1,80}=/y

function endsScalar(code: number): boolean {
  return code <= SPACE || code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET
}

function isQuoteOrMarkup(code: number): boolean {
  return code === QUOTE || code === APOSTROPHE || code === LESS || code === MORE
}

function lastWords(text: string): string {
  let at = text.length
  for (let left = WORDS; left > 0 && at > 0; left--) at = text.lastIndexOf(' ', at - 1)
  return text.slice(Math.max(at, 0) + (at > 0 ? 1 : 0))
}

function withoutUnicodeEscapes(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
