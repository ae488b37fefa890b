import { LimitError } from '../errors.ts'
import { Meter } from '../util/meter.ts'
import { decodeUtf8, detached, type Encoding } from '../util/text.ts'
import { Layouts } from './layouts.ts'

// names of events that are longer, or more than so many, are the work of somebody who means no good
const TITLE_BYTES = 64
const TITLES = 1_024
const CLONED = 'a message: clone or post what its toJSON() gives'

/**
 * What all messages of one client have in common, whatever connection they came over. What it keeps of a server's words
 * is limited in bytes, and goes with the client and its messages.
 */
export class Intake {
  /** The `name` of the client. */
  readonly source: string
  /** What the bytes of its values mean. */
  readonly encoding: Encoding
  /** Stands in each message. It equals that of no other client, and the text of the error that it makes of a clone says what to do. */
  readonly mark = Symbol(CLONED)
  /** The bytes that are held for the client, against `limits.held`. */
  readonly held: Meter
  /** The number of the last message. */
  serial = 0
  #layouts: Layouts | undefined
  #titles: Map<string, string> | undefined

  constructor(source: string, encoding: Encoding, held: number) {
    this.source = source
    this.encoding = encoding
    this.held = new Meter(held)
  }

  /** The layouts of events that are read without the scanner. */
  get layouts(): Layouts {
    this.#layouts ??= new Layouts()
    return this.#layouts
  }

  /** Makes the error that ends whatever finds no room among the bytes that are held. */
  pastHeld(what: string): LimitError {
    const { source } = this
    const value = this.held.limit
    const text = `${source}: ${what} found no room within limits.held (${value} bytes for all that is held of a server); raise it if there is memory`
    return new LimitError(text, { source, limit: 'limits.held', value })
  }

  /**
   * Returns the one string for an event's name: it holds no chunk, and whatever is kept by it is found without hashing
   * it again.
   */
  titleOf(slice: string): string {
    const titles = this.#titles ?? new Map<string, string>()
    const known = titles.get(slice)
    if (known !== undefined) return known
    const own = detached(slice)
    const decoded = this.encoding === 'utf8' ? decodeUtf8(own) : own
    if (own.length > TITLE_BYTES) return decoded
    // V8 keeps the name of a property once, with the names in programs: to compare it with those is to compare two places
    const [title = decoded] = Object.keys({ [decoded]: true })
    if (titles.size >= TITLES) titles.clear()
    this.#titles = titles.set(own, title)
    return title
  }
}
