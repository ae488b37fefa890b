import { LateMap } from '../util/late.ts'

/**
 * The names that the last event of a name had, in their order. The next one nearly always has the same, and a name that
 * is known need not be cut out, hashed and compared again.
 */
export interface Layout {
  readonly names: string[]
  /** How the line of each name begins. */
  readonly needles: string[]
}

// both come from the server: what is longer or more is read without them
const NAME_BYTES = 64
const NAMES = 64
const MOST_BYTES = 262_144

/** The layouts of a client's events, bounded in bytes. */
export class Layouts {
  #byEvent = new LateMap<string, Layout>()
  #bytes = 0

  /** Returns the layout of the events of this name, so far. */
  of(event: string): Layout {
    let layout = this.#byEvent.get(event)
    if (layout === undefined) {
      layout = { names: [], needles: [] }
      this.#count(event)
      if (event.length <= NAME_BYTES) this.#byEvent.set(event, layout)
    }
    return layout
  }

  /** Takes in that the header at this place has this name. */
  learn(layout: Layout, at: number, name: string): void {
    if (at >= NAMES || name.length > NAME_BYTES) return
    this.#count(name)
    layout.names[at] = name
    layout.needles[at] = `${name}: `
  }

  #count(name: string): void {
    this.#bytes += 2 * name.length + NAME_BYTES
    if (this.#bytes <= MOST_BYTES) return
    this.#byEvent.clear()
    this.#bytes = 0
  }
}
