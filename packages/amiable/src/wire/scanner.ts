import { detached, textToBytes } from '../util/text.ts'
import { SCAN_CODE } from './scan-code.ts'

/*
 * A pass over the bytes of a chunk, where the socket has read them, that finds the events whose header names it has
 * learnt. A layout is the names of an event in their order. The names of all layouts are a tree: a node says how a line
 * at its place begins, its children how the next one may begin. The pass compares every name byte for byte. So what it
 * finds is certain, and it stops in front of everything else: the careful reader takes that, and what it reads can be
 * learnt. A layout may have a name again (ChanVariable), but not in two spellings, and none that is not ASCII: so it is
 * the same in every encoding.
 *
 * The memory, from its beginning:
 *
 *   inbox    the bytes that a socket reads, and a step more
 *   events   what the last pass found: start, end, layout, whether it is ASCII, and where each value begins
 *   nodes    needle, its length, first child, next sibling, layout; the first one is the root
 *   needles  how lines begin ("Channel: "), each once, padded to whole steps
 *
 * A server can fill it with names that never come again. It has limits, and after so many misses it begins again.
 */

const STEP = 16
const PAGE = 65_536
export const INBOX_BYTES = 32_768
const EVENTS = INBOX_BYTES + STEP
const EVENTS_BYTES = 65_536
const NODES = EVENTS + EVENTS_BYTES
const NODE_BYTES = 20
const MOST_NODES = 4_096
const NEEDLES = NODES + MOST_NODES * NODE_BYTES
const NEEDLES_BYTES = 65_536
const STOPPED = NEEDLES + NEEDLES_BYTES + STEP
const PAGES = Math.ceil((STOPPED + 4) / PAGE)

// a node's fields and an event's, in words
const CHILD = 2
const SIBLING = 3
const LAYOUT = 4
const VALUES = 4

const NAMES = 64
const NEEDLE_BYTES = 64
const MOST_LAYOUTS = 2_048
const MISSES = 100_000

const FIRST = 'Event: '
const CR = 13
/** What a name may have that is learnt. */
const PRINTABLE = /^[\x20-\x7e]+$/

/** The names of an event in their order, and where each stands. */
export class Layout {
  readonly names: readonly string[]
  /** How long what stands in front of each value is: the name, the colon and the blank. */
  readonly lengths: readonly number[]
  #slots = new Map<string, number>()

  constructor(names: readonly string[]) {
    this.names = names
    this.lengths = names.map((name) => name.length + 2)
    names.forEach((name, slot) => {
      const first = this.#slots.get(name) ?? slot
      this.#slots.set(name, first)
      this.#slots.set(name.toLowerCase(), first)
    })
  }

  /** Returns at which place the first header of this name stands, in any case of letters. */
  slotOf(name: string): number | undefined {
    const slot = this.#slots.get(name)
    if (slot !== undefined) return slot
    const any = this.#slots.get(name.toLowerCase())
    // a letter that becomes ASCII as a small one is as long as what it becomes, or the name is another
    return any !== undefined && this.names[any]?.length === name.length ? any : undefined
  }

  /** Finds where each value begins in the lines of an event of this layout, which begin at `from`. */
  readAgain(lines: string, from = 0): number[] {
    let at = from
    return this.lengths.map((length) => {
      const start = at + length
      at = lines.indexOf('\n', start) + 1
      return start - from
    })
  }
}

// of lib.dom.d.ts, which this package does without
interface Engine {
  Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
  Module: new (code: Uint8Array) => object
  Instance: new (module: object, imports: object) => { readonly exports: { scan(from: number, to: number): number } }
}

/** Finds known events in bytes that lie in its inbox. */
export class Scanner {
  /** Where the bytes are put. */
  readonly inbox: Uint8Array
  /** Of the event that `next` came to: where its lines begin and end in the inbox. */
  start = 0
  end = 0
  layout: Layout
  /** Whether all bytes of the event are ASCII for certain. */
  isAscii = false
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #pass: (from: number, to: number) => number
  #layouts: Layout[] = []
  #needles = new Map<string, number>()
  #needlesEnd = NEEDLES
  #nodes = 1
  #misses = 0
  #left = 0
  #event = 0
  #following = 0

  private constructor(buffer: ArrayBuffer, pass: (from: number, to: number) => number) {
    this.inbox = new Uint8Array(buffer, 0, INBOX_BYTES)
    this.#bytes = new Uint8Array(buffer)
    this.#words = new Int32Array(buffer, 0, PAGES * (PAGE / 4))
    this.#pass = pass
    this.layout = NOTHING
  }

  /** Makes one; undefined where there is no WebAssembly with SIMD, or no room for its memory. */
  static make(): Scanner | undefined {
    const { WebAssembly: engine } = globalThis as { WebAssembly?: Engine }
    if (engine === undefined) return undefined
    try {
      const memory = new engine.Memory({ initial: PAGES, maximum: PAGES })
      const code = textToBytes(atob(SCAN_CODE))
      const map = { events: EVENTS, eventsEnd: NODES, root: NODES, stopped: STOPPED }
      const { exports } = new engine.Instance(new engine.Module(code), { env: { memory }, scan: map })
      return new Scanner(memory.buffer, exports.scan)
    } catch {
      return undefined
    }
  }

  /** Up to where the last pass came: what begins there is for the careful reader. */
  get stopped(): number {
    return this.#words[STOPPED / 4] as number
  }

  /** Looks for events from `from` on, among bytes that end at `to`, and returns how many are known, one behind another. */
  scan(from: number, to: number): number {
    this.#following = EVENTS / 4
    this.#left = this.#pass(from, to)
    return this.#left
  }

  /** Goes to the next event that was found, if there is one. */
  next(): boolean {
    if (this.#left === 0) return false
    this.#left--
    const words = this.#words
    const at = this.#following
    const layout = this.#layouts[(words[at + 2] as number) - 1] as Layout
    this.start = words[at] as number
    this.end = words[at + 1] as number
    this.layout = layout
    this.isAscii = words[at + 3] === 1
    this.#event = at + VALUES
    this.#following = this.#event + layout.names.length
    return true
  }

  /** Returns where the value at this place of the layout begins, from the start of the event. */
  valueStart(slot: number): number {
    return this.#words[this.#event + slot] as number
  }

  /** Returns where it ends. */
  valueEnd(slot: number): number {
    const following = this.layout.lengths[slot + 1]
    if (following === undefined) return this.end - this.start - 2
    return (this.#words[this.#event + slot + 1] as number) - following - 2
  }

  /**
   * Learns the layout of an event that the careful reader has read. What the last pass found must have been taken.
   * @param lines its lines, each with its end
   * @returns whether the next event with the same names in the same order is found
   */
  learn(lines: string): boolean {
    const names = namesOf(lines)
    if (names === undefined) return false
    const words = this.#words
    let node = NODES / 4
    let known = 0
    for (; known < names.length; known++) {
      const child = this.#childOf(node, `${names[known]}: `)
      if (child === 0) break
      node = child
    }
    if (known === names.length && words[node + LAYOUT] !== 0) return true
    const more = names.slice(known)
    if (!this.#hasRoomFor(more)) {
      if (++this.#misses >= MISSES) this.#forget()
      return false
    }
    for (const name of more) node = this.#add(node, `${name}: `)
    words[node + LAYOUT] = this.#layouts.push(new Layout(names))
    return true
  }

  #hasRoomFor(names: readonly string[]): boolean {
    const bytes = names.reduce((sum, name) => sum + padded(name.length + 2), 0)
    return (
      this.#layouts.length < MOST_LAYOUTS &&
      this.#nodes + names.length <= MOST_NODES &&
      this.#needlesEnd + bytes <= NEEDLES + NEEDLES_BYTES
    )
  }

  /** Returns the node of a line that begins so behind this one, 0 if there is none; both in words. */
  #childOf(node: number, text: string): number {
    const words = this.#words
    const needle = this.#needles.get(text)
    if (needle === undefined) return 0
    let child = (words[node + CHILD] as number) / 4
    while (child !== 0 && words[child] !== needle) child = (words[child + SIBLING] as number) / 4
    return child
  }

  /** Adds it behind its siblings: what came first comes most. */
  #add(node: number, text: string): number {
    const words = this.#words
    let last = node + CHILD
    while (words[last] !== 0) last = (words[last] as number) / 4 + SIBLING
    const made = NODES + this.#nodes++ * NODE_BYTES
    words[last] = made
    words.set([this.#needle(text), text.length, 0, 0, 0], made / 4)
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
    this.#layouts = []
    this.#needles.clear()
    this.#needlesEnd = NEEDLES
    this.#words.fill(0, NODES / 4, (NODES + NODE_BYTES) / 4)
    this.#nodes = 1
    this.#misses = 0
    this.#left = 0
  }
}

const NOTHING = new Layout([])

function padded(length: number): number {
  return Math.ceil(length / STEP) * STEP
}

/** Returns the names of an event, if they can be learnt. */
function namesOf(lines: string): string[] | undefined {
  if (!lines.startsWith(FIRST) || !lines.endsWith('\r\n')) return undefined
  const names: string[] = []
  const spellings = new Map<string, string>()
  for (let from = 0; from < lines.length; ) {
    const end = lines.indexOf('\n', from)
    // a line that a bare LF ends is read by other rules
    if (lines.charCodeAt(end - 1) !== CR || names.length === NAMES) return undefined
    // the first ": ", as everywhere; what is longer than a needle has none
    const line = lines.slice(from, Math.min(end, from + NEEDLE_BYTES))
    const name = line.slice(0, Math.max(line.indexOf(': '), 0))
    const small = name.toLowerCase()
    if (!PRINTABLE.test(name) || name in Object.prototype || (spellings.get(small) ?? name) !== name) return undefined
    spellings.set(small, name)
    names.push(detached(name))
    from = end + 1
  }
  return names
}
