import { AHEAD, type Ahead, MOST_AHEAD } from '../../util/peek.ts'
import type { Message } from '../../wire/message.ts'

// so few events are not worth a look
const FEW = 8

/** Has listeners look at the events that wait for them: some at a time, before the first of these is delivered. */
export class AheadListeners {
  #all: Ahead<Message>[] = []
  /** Up to where of the events that wait they have looked. */
  #looked = 0

  add(handler: object): void {
    const look = lookOf(handler)
    if (look !== undefined) this.#all = [...this.#all, look]
  }

  remove(handler: object): void {
    const look = lookOf(handler)
    if (look !== undefined) this.#all = this.#all.toSpliced(this.#all.indexOf(look), 1)
  }

  /** Looks at those from `next` on, if nobody has. */
  look(events: readonly Message[], next: number): void {
    if (next < this.#looked || this.#all.length === 0) return
    const end = Math.min(next + MOST_AHEAD, events.length)
    this.#looked = end
    if (end - next >= FEW) for (const ahead of this.#all) ahead(events, next, end)
  }

  /** Notes that other events wait now, or that they stand elsewhere. */
  moved(): void {
    this.#looked = 0
  }
}

function lookOf(handler: { readonly [AHEAD]?: Ahead<Message> }): Ahead<Message> | undefined {
  // a proxy can answer to every name, with something else each time
  return Object.hasOwn(handler, AHEAD) ? handler[AHEAD] : undefined
}
