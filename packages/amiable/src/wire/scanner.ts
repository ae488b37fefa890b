import { type CuttableBytes, cuttable, type Encoding, textToBytes } from '../util/text.ts'
import { KnownEvent, namesOf, needleOf, OF_CHANNEL, titleIn } from './known-event.ts'
import { KEPT_BYTES, MOST_KEPT, Places, VALUES } from './places.ts'
import { SCAN_CODE } from './scan-code.ts'

/*
 * A pass over the bytes of a chunk, where the socket has read them, that finds the events whose title and names it has
 * learnt. The names of all known events in their order are a tree: a node says how a line at its place begins, its
 * children how the next one may begin. Where an event may end stand the titles that such events have. The pass compares
 * every name and every title byte for byte. So what it finds is certain, and it stops in front of everything else: the
 * careful reader takes that, and what it reads can be learnt.
 *
 * The memory, from its beginning:
 *
 *   front    the beginning of a message that came with the chunk before, behind a CRLF
 *   inbox    the bytes that a socket reads, and a step more
 *   events   what was found in them: start, end, how many were passed over in front of it, which event; of each value
 *            where it begins, and how long it is
 *   nodes    needle, its length, first child, next sibling, first title or which event; the first one is the root
 *   needles  how lines begin ("Channel: "), and titles with a CR; each once, padded to whole steps
 *   unread   titles that nobody reads, in lists by their length: events of them are passed over as they come
 *   kept     bytes of values that were read lately, each with its tag: `values` has what they mean. To make a string
 *            costs several times what it costs to compare its bytes, and most values come again
 *
 * A server can fill it with names that never come again. It has limits, and where it finds no room too often it begins
 * again.
 */

const STEP = 16
const PAGE = 65_536
/** So many bytes can stand in front of a chunk. */
export const FRONT_BYTES = 2_048
const INBOX = STEP + FRONT_BYTES
/** As much as libuv reads of its own accord. Who reads more at once gives a loop over events() more than it has room for. */
export const INBOX_BYTES = 65_536
const EVENTS = INBOX + INBOX_BYTES + STEP
// an event takes less than twice as much here as its bytes: there is always room
const EVENTS_BYTES = 2 * INBOX_BYTES
const NODES = EVENTS + EVENTS_BYTES
const NODE_BYTES = 24
const MOST_NODES = 4_096
const NEEDLES = NODES + MOST_NODES * NODE_BYTES
const NEEDLES_BYTES = 65_536
const STOPPED = NEEDLES + NEEDLES_BYTES + STEP
const UNREAD = STOPPED + 8
const LISTS = 64
const MOST_UNREAD = 64
const UNREAD_END = UNREAD + LISTS * 4 + MOST_UNREAD * NODE_BYTES
const KEPT = Math.ceil(UNREAD_END / KEPT_BYTES) * KEPT_BYTES
const PAGES = Math.ceil((KEPT + MOST_KEPT * KEPT_BYTES) / PAGE)

// a node's fields and an event's, in words
const CHILD = 2
const SIBLING = 3
const TITLES = 4
const KNOWN = 4
const MOST_SIBLINGS = 32
// when it finds no room for what is new so often, it begins again
const MISSES = 10_000
// to learn in vain costs about as much as to read: so much more of a stream must come for each byte that is looked at
const CREDIT = 256
const MOST_CREDIT = 16_777_216

const CR = 13
const LF = 10
const CAPITAL_E = 69
const NOTHING = new KnownEvent('', [])

/** What all events of one chunk share; `scanner` is there as long as their bytes and places are. */
export interface Scanned {
  scanner?: Scanner | undefined
  /** Takes what it wants of the bytes, where they are still there when others are to come. */
  leave?: (() => void) | undefined
}

// of lib.dom.d.ts, which this package does without
interface Engine {
  Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
  Module: new (code: Uint8Array) => object
  Instance: new (module: object, imports: object) => { readonly exports: Passes }
}

/** Those who read events. */
export interface Audience {
  /** Another object whenever they may read others. */
  readonly members: object
  /** Whether somebody reads events of this title. */
  reads(title: string): boolean
  /** Counts events that were passed over. */
  passed(count: number): void
}

interface Passes {
  scan(from: number, to: number, out: number, most: number): number
  find(at: number, tag: number): number
}

/** Finds known events in bytes that lie in its inbox. */
export class Scanner {
  /** Where the bytes are put. */
  readonly inbox: CuttableBytes
  /** Where they begin. All places are counted from the beginning of the memory. */
  readonly first = INBOX
  /** Whether somebody is at the bytes that lie there. */
  busy = false
  /** Of the event that `next` came to: where its lines begin and end. */
  start = 0
  end = 0
  known: KnownEvent = NOTHING
  /** Under which number its values are found. */
  event = 0
  /** How many were passed over in front of it, or behind the last one. */
  passed = 0
  readonly #words: Int32Array
  readonly #bytes: CuttableBytes
  readonly #passes: Passes
  /** What its events say. */
  readonly places: Places
  #needles = new Map<string, number>()
  #needlesEnd = NEEDLES
  #nodes = 1
  #misses = 0
  #credit = MOST_CREDIT
  #left = 0
  #following = EVENTS / 4
  #chunk: Scanned = {}
  /** Of whom it knows titles that they do not read, how many those are, and how often it has begun with others. */
  #members: object | undefined
  #unread = 0
  #audiences = 0
  /** Whether they were those of the last scan too: to ask clients that are read in turns costs more than it saves. */
  #asks = false

  private constructor(bytes: CuttableBytes, passes: Passes) {
    this.inbox = bytes.subarray(INBOX, INBOX + INBOX_BYTES)
    this.#bytes = bytes
    this.#words = new Int32Array(bytes.buffer)
    this.#passes = passes
    this.places = new Places(bytes, this.#words, (at, tag) => passes.find(at, tag), KEPT)
  }

  /** Makes one; undefined where there is no WebAssembly with SIMD, or no room for its memory. */
  static make(): Scanner | undefined {
    const { WebAssembly: engine } = globalThis as object as { WebAssembly?: Engine }
    if (engine === undefined) return undefined
    try {
      const memory = new engine.Memory({ initial: PAGES, maximum: PAGES })
      const code = textToBytes(atob(SCAN_CODE))
      const map = { eventsEnd: NODES, root: NODES, stopped: STOPPED, kept: KEPT, unread: UNREAD }
      const { exports } = new engine.Instance(new engine.Module(code), { env: { memory }, scan: map })
      const bytes = cuttable(memory.buffer)
      return bytes && new Scanner(bytes, exports)
    } catch {
      return undefined
    }
  }

  /** Up to where the last pass came: what begins there is for the careful reader. */
  get stopped(): number {
    return this.#words[STOPPED / 4] as number
  }

  /** Lets those who read the last chunk take what they want of it, before other bytes are put there. */
  leaveChunk(): void {
    this.#chunk.leave?.()
    this.dropChunk()
  }

  /** Says that other bytes have come where those of the last chunk lay: no place of it is one any more. */
  dropChunk(): void {
    this.#chunk.scanner = undefined
    // whoever keeps an event of it keeps no client
    this.#chunk.leave = undefined
  }

  /** Begins with the bytes that have just been put into the inbox. Those that lay there before are gone. */
  begin(chunk: Scanned, bytes: number, encoding: Encoding): void {
    this.#credit = Math.min(MOST_CREDIT, this.#credit + bytes)
    if (this.#misses >= MISSES) this.#forget()
    this.dropChunk()
    this.#chunk = chunk
    chunk.scanner = this
    this.#left = 0
    this.#following = EVENTS / 4
    this.places.begin(encoding)
    this.#putBlankLine(INBOX)
  }

  /** Puts the end of a blank line where a chunk begins: one stands in front of all that is behind it, too. */
  #putBlankLine(end: number): void {
    this.#bytes[end - 1] = LF
    this.#bytes[end - 2] = CR
  }

  /** Puts the beginning of a message in front of the chunk, and returns where it begins; it may have `FRONT_BYTES`. */
  putInFront(text: string): number {
    const at = INBOX - text.length
    this.#bytes.latin1Write(text, at)
    this.#putBlankLine(at)
    return at
  }

  /** Whether an event can begin there: the answer to an action, which often comes alone, is none. */
  mayKnow(from: number): boolean {
    return this.#bytes[from] === CAPITAL_E
  }

  /**
   * Looks for events from `from` on, among bytes that end at `to`, and returns how many are known, one behind another.
   * Such as have at most `most` bytes are passed over if none of `members` reads them and the last scan was for these.
   */
  scan(from: number, to: number, members?: object, most = 0): number {
    this.#asks = members !== undefined && members === this.#members
    if (members !== undefined && !this.#asks) this.#readAll(members)
    this.#left = this.#passes.scan(from, to, this.#following * 4, this.#asks ? most : 0)
    return this.#left
  }

  /** Goes to the next event that was found, if there is one. */
  next(): boolean {
    const words = this.#words
    if (this.#left === 0) {
      this.passed = words[STOPPED / 4 + 1] as number
      words[STOPPED / 4 + 1] = 0
      return false
    }
    this.#left--
    const at = this.#following
    const known = this.places.knownOf(at + VALUES)
    this.start = words[at] as number
    this.end = words[at + 1] as number
    this.passed = words[at + 2] as number
    this.known = known
    this.event = at + VALUES
    this.#following = at + VALUES + known.names.length
    return true
  }

  /** Asks once whether somebody reads events as the present one: if not, they are passed over from the next scan on. */
  ask(audience: Audience): void {
    const { known } = this
    if (!this.#asks || known.asked === this.#audiences) return
    known.asked = this.#audiences
    if (!audience.reads(known.title)) this.#passOver(known.title)
  }

  #passOver(title: string): void {
    const words = this.#words
    const last = `${title}\r`
    const list = UNREAD / 4 + (last.length & (LISTS - 1))
    if (this.#unread === MOST_UNREAD || this.#among(list, last) !== 0) return
    const node = UNREAD + LISTS * 4 + this.#unread++ * NODE_BYTES
    words.set([this.#needle(last), last.length, 0, words[list] as number, 0, 0], node / 4)
    words[list] = node
  }

  #readAll(members: object | undefined): void {
    this.#members = members
    this.#audiences++
    if (this.#unread === 0) return
    this.#unread = 0
    this.#words.fill(0, UNREAD / 4, UNREAD / 4 + LISTS)
  }

  /** Returns bytes as a byte string of its own. */
  text(from: number, to: number): string {
    return this.#bytes.latin1Slice(from, to)
  }

  /** Returns lines with a CRLF in front of them, as a byte string of their own. */
  linesOf(start: number, end: number): string {
    const bytes = this.#bytes
    // in front of them is nearly always the blank line of the message before them
    const isThere = bytes[start - 1] === LF && bytes[start - 2] === CR
    return isThere ? bytes.latin1Slice(start - 2, end) : ['\r\n', bytes.latin1Slice(start, end)].join('')
  }

  /** Learns an event as `learn` does, as long as that has not been in vain too often for what has come. */
  tryToLearn(lines: string): void {
    if (this.#credit <= 0) return
    const before = this.#nodes
    this.learn(lines)
    // a server may send nothing that can be learnt
    if (this.#nodes === before) this.#credit -= lines.length * CREDIT
  }

  /**
   * Learns an event that the careful reader has read. What the last pass found must have been taken.
   * @param lines its lines, each with its end
   * @returns whether the next event with this title and the same names in the same order is found
   */
  learn(lines: string): boolean {
    const names = namesOf(lines)
    const title = titleIn(lines)
    if (names === undefined || title === undefined) return false
    const words = this.#words
    let node = NODES / 4
    let depth = 0
    for (; depth < names.length; depth++) {
      const child = this.#among(node + CHILD, needleOf(names[depth] as string))
      if (child === 0) break
      node = child
    }
    const last = `${title}\r`
    if (depth === names.length && this.#among(node + TITLES, last) !== 0) return true
    const more = names.slice(depth).map(needleOf)
    if (!this.#hasRoomFor([...more, last]) || this.#isLong(node + (more.length > 0 ? CHILD : TITLES))) {
      this.#misses++
      return false
    }
    for (const needle of more) node = this.#add(node + CHILD, needle)
    words[this.#add(node + TITLES, last) + KNOWN] = this.places.add(new KnownEvent(title, names))
    return true
  }

  #hasRoomFor(needles: readonly string[]): boolean {
    const bytes = needles.reduce((sum, needle) => sum + padded(needle.length), 0)
    return (
      this.places.hasRoom &&
      this.#nodes + needles.length <= MOST_NODES &&
      this.#needlesEnd + bytes <= NEEDLES + NEEDLES_BYTES
    )
  }

  /** Whether a list takes no more: all of it is gone through for what is not there. */
  #isLong(first: number): boolean {
    const words = this.#words
    let length = 0
    for (let node = words[first] as number; node !== 0; node = words[node / 4 + SIBLING] as number) length++
    return length >= MOST_SIBLINGS
  }

  /** Returns the node with this needle in the list that begins at `first`, 0 if there is none; both in words. */
  #among(first: number, text: string): number {
    const words = this.#words
    const needle = this.#needles.get(text)
    if (needle === undefined) return 0
    let node = (words[first] as number) / 4
    while (node !== 0 && words[node] !== needle) node = (words[node + SIBLING] as number) / 4
    return node
  }

  /** Adds it at the end of the list: what came first comes most. */
  #add(first: number, text: string): number {
    const words = this.#words
    let last = first
    while (words[last] !== 0) last = (words[last] as number) / 4 + SIBLING
    const made = NODES + this.#nodes++ * NODE_BYTES
    words[last] = made
    words.set([this.#needle(text), text.length, 0, 0, 0, text === OF_CHANNEL ? -1 : 0], made / 4)
    return made / 4
  }

  #needle(text: string): number {
    const known = this.#needles.get(text)
    if (known !== undefined) return known
    const at = this.#needlesEnd
    this.#bytes.set(textToBytes(text), at)
    this.#needles.set(text, at)
    this.#needlesEnd = at + padded(text.length)
    return at
  }

  #forget(): void {
    this.#readAll(undefined)
    this.places.forget()
    this.#needles.clear()
    this.#needlesEnd = NEEDLES
    this.#words.fill(0, NODES / 4, (NODES + NODE_BYTES) / 4)
    this.#nodes = 1
    this.#misses = 0
  }
}

function padded(length: number): number {
  return Math.ceil(length / STEP) * STEP
}
