import { eventFacts } from '../catalog/facts.ts'
import type { SourceListener, StateSource } from './source.ts'
import type { Told } from './told.ts'

/** What waits for the rows of a list. */
export interface RowTaker {
  row(told: Told): void
  done(completion: Told): void
}

/**
 * The single listener: rows, completing events and events come as one stream, in the order of the wire. All that a
 * model knows of time follows from that order.
 */
export class WireOrder {
  #listener: SourceListener
  #takers = new Map<string, RowTaker>()
  #marks: { serial: number; pass: () => void }[] = []
  #event: (told: Told) => void
  /** Events that are rows of lists too, also of lists that somebody else asked for. */
  #rows: ReadonlySet<string>

  constructor(source: StateSource, names: readonly string[], event: (told: Told) => void) {
    this.#event = event
    this.#rows = new Set(names.filter((name) => (eventFacts(name)?.listedBy.length ?? 0) > 0))
    this.#listener = source.on(names, (told) => this.#take(told), { all: true })
  }

  /** Waits for the rows of an action. */
  expect(actionId: string, taker: RowTaker): void {
    this.#takers.set(actionId, taker)
  }

  forget(actionId: string): void {
    this.#takers.delete(actionId)
  }

  /** Calls `pass` in front of the first event behind that serial. */
  mark(serial: number, pass: () => void): { remove(): void } {
    const mark = { serial, pass }
    this.#marks.push(mark)
    const remove = () => {
      this.#marks = this.#marks.filter((one) => one !== mark)
    }
    return { remove }
  }

  close(): void {
    this.#listener.remove()
    this.#takers.clear()
    this.#marks = []
  }

  #take(told: Told): void {
    if (this.#marks.length > 0) this.#passMarks(told.serial)
    if (this.#takers.size > 0 || this.#rows.has(told.Event)) {
      const { actionId } = told
      const taker = actionId === undefined ? undefined : this.#takers.get(actionId)
      if (taker !== undefined) {
        const end = told.get('EventList')
        if (end === undefined) taker.row(told)
        else taker.done(told)
        return
      }
      // what is said to everybody names its class; a row never does
      if (this.#rows.has(told.Event) && told.get('Privilege') === undefined) return
    }
    this.#event(told)
  }

  #passMarks(serial: number): void {
    const passed = this.#marks.filter((mark) => mark.serial < serial)
    if (passed.length === 0) return
    this.#marks = this.#marks.filter((mark) => mark.serial >= serial)
    for (const { pass } of passed) pass()
  }
}
