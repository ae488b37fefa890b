// The entries of a ring as bytes. An object for each event of a minute takes three times as much memory, and V8 looks at
// all of them again and again.
import type { Entry } from './entry.ts'

/** An entry as a ring gives it back: what it needs of memory beside its data is gone when nobody asks. */
export type KeptEntry = Omit<Entry, 'json'>

const BLOCK = 262_144
// of each entry, in front of its texts
const AT = 0
const HEARD = 8
const BYTES = 16
const LENGTHS = 20
const FLAGS = 36
const TEXTS = 37
const UNIQUE = 1
const HAS_CALL = 2
const HAS_USER_EVENT = 4
const MOST_BYTES_A_LETTER = 3

interface Block {
  readonly bytes: Buffer
  /** Where each entry begins. */
  readonly starts: number[]
  /** Where the next one begins. */
  end: number
  /** The number of its first entry. */
  first: number
}

/** A queue of entries, each with a number. */
export class Packed {
  #blocks: Block[] = []
  /** One that has been read to its end, for what comes. */
  #spare: Block | undefined
  #first = 0
  #end = 0

  /** The number of the oldest entry. */
  get first(): number {
    return this.#first
  }

  /** The number that the next entry gets. */
  get end(): number {
    return this.#end
  }

  push(entry: Entry): void {
    const { event, call = '', hash, userEvent = '', json } = entry
    const texts = event + call + userEvent + hash
    const block = this.#room(TEXTS + texts.length * MOST_BYTES_A_LETTER + Buffer.byteLength(json))
    const { bytes, starts, end } = block
    starts.push(end)
    bytes.writeDoubleLE(entry.at, end + AT)
    bytes.writeDoubleLE(entry.heard, end + HEARD)
    bytes.writeUInt32LE(entry.bytes, end + BYTES)
    const size = bytes.write(texts, end + TEXTS)
    bytes.writeUInt32LE(event.length, end + LENGTHS)
    bytes.writeUInt32LE(call.length, end + LENGTHS + 4)
    bytes.writeUInt32LE(userEvent.length, end + LENGTHS + 8)
    bytes.writeUInt32LE(size, end + LENGTHS + 12)
    const { unique } = entry
    bytes[end + FLAGS] =
      (unique ? UNIQUE : 0) |
      (entry.call === undefined ? 0 : HAS_CALL) |
      (entry.userEvent === undefined ? 0 : HAS_USER_EVENT)
    block.end += TEXTS + size
    block.end += bytes.write(json, block.end)
    this.#end++
  }

  /** Lets the oldest entry go. */
  shift(): void {
    const [block] = this.#blocks
    if (block === undefined) return
    this.#first++
    if (this.#first < block.first + block.starts.length) return
    this.#blocks.shift()
    if (block.bytes.length === BLOCK) this.#spare = block
  }

  get(index: number): KeptEntry {
    const { bytes, start } = this.#find(index)
    const flags = bytes[start + FLAGS] as number
    const [event, call, userEvent] = [0, 4, 8].map((of) => bytes.readUInt32LE(start + LENGTHS + of)) as Lengths
    const texts = bytes.toString('utf8', start + TEXTS, start + TEXTS + bytes.readUInt32LE(start + LENGTHS + 12))
    const behind = event + call
    return {
      event: texts.slice(0, event),
      call: flags & HAS_CALL ? texts.slice(event, behind) : undefined,
      at: bytes.readDoubleLE(start + AT),
      heard: bytes.readDoubleLE(start + HEARD),
      hash: texts.slice(behind + userEvent),
      unique: (flags & UNIQUE) !== 0,
      userEvent: flags & HAS_USER_EVENT ? texts.slice(behind, behind + userEvent) : undefined,
      bytes: bytes.readUInt32LE(start + BYTES),
    }
  }

  /** Returns the headers of an entry as the bytes of JSON. They are right until an entry goes or comes. */
  data(index: number): Uint8Array {
    const { bytes, start, end } = this.#find(index)
    return bytes.subarray(start + TEXTS + bytes.readUInt32LE(start + LENGTHS + 12), end)
  }

  /** Returns when an entry was received, by a clock that nobody sets. */
  heard(index: number): number {
    const { bytes, start } = this.#find(index)
    return bytes.readDoubleLE(start + HEARD)
  }

  /** Returns what an entry counts. */
  bytes(index: number): number {
    const { bytes, start } = this.#find(index)
    return bytes.readUInt32LE(start + BYTES)
  }

  /** Returns a block that has room for so many bytes. */
  #room(bytes: number): Block {
    const last = this.#blocks.at(-1)
    if (last !== undefined && last.end + bytes <= last.bytes.length) return last
    const block = this.#fresh(bytes)
    block.first = this.#end
    this.#blocks.push(block)
    return block
  }

  #fresh(bytes: number): Block {
    const spare = this.#spare
    if (spare === undefined || bytes > BLOCK) {
      return { bytes: Buffer.allocUnsafeSlow(Math.max(BLOCK, bytes)), starts: [], end: 0, first: 0 }
    }
    this.#spare = undefined
    spare.starts.length = 0
    spare.end = 0
    return spare
  }

  #find(index: number): { readonly bytes: Buffer; readonly start: number; readonly end: number } {
    if (!(index >= this.#first && index < this.#end)) throw new RangeError(`the ring has no entry ${index}`)
    const blocks = this.#blocks
    let [low, high] = [0, blocks.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((blocks[middle] as Block).first <= index) low = middle
      else high = middle - 1
    }
    const { bytes, starts, end, first } = blocks[low] as Block
    const start = starts[index - first] as number
    return { bytes, start, end: starts[index - first + 1] ?? end }
  }
}

type Lengths = [event: number, call: number, userEvent: number]
