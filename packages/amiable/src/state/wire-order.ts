import { eventFacts } from '../catalog/facts.ts'
import { AHEAD, type Ahead, PASSING, PEEK } from '../util/peek.ts'
import { SIZE } from '../util/size.ts'
import type { Lane, Work } from './lane.ts'
import type { SourceListener, StateSource } from './source.ts'
import { read, type Told } from './told.ts'

/** What waits for the rows of a list. */
export interface RowTaker {
  row(told: Told): void
  /** Takes the end of the list; returns what is to be done before anything behind it is read. */
  done(completion: Told): Work | undefined
}

/**
 * The single listener: rows, completing events and events come as one stream, in the order of the wire. All that a
 * model knows of time follows from that order.
 */
export class WireOrder {
  #listener: SourceListener
  #lane: Lane
  #takers = new Map<string, RowTaker>()
  #marks: Mark[] = []
  #isClosed = false
  #event: (told: Told) => void
  /** Events that are rows of lists too, also of lists that somebody else asked for. */
  #rows: ReadonlySet<string>

  /**
   * @param lane where what comes waits while a list is written
   * @param ahead looks at events before they come
   */
  constructor(
    source: StateSource,
    names: readonly string[],
    lane: Lane,
    event: (told: Told) => void,
    ahead: Ahead<Told>,
  ) {
    this.#lane = lane
    this.#event = event
    this.#rows = new Set(names.filter((name) => (eventFacts(name)?.listedBy.length ?? 0) > 0))
    const take = Object.assign((told: Told) => this.#take(told), { [PASSING]: true, [AHEAD]: ahead })
    this.#listener = source.on(names, take, { all: true })
  }

  /** Waits for the rows of an action. */
  expect(actionId: string, taker: RowTaker): void {
    this.#takers.set(actionId, taker)
  }

  forget(actionId: string): void {
    this.#takers.delete(actionId)
  }

  /** Calls `pass` in front of the first event behind that serial. */
  mark(serial: number, pass: Mark['pass']): { remove(): void } {
    const mark = { serial, pass }
    this.#marks.push(mark)
    const remove = () => {
      this.#marks = this.#marks.filter((one) => one !== mark)
    }
    return { remove }
  }

  close(): void {
    this.#isClosed = true
    this.#listener.remove()
    this.#takers.clear()
    this.#marks = []
  }

  // a function that holds an event, in here, would be paid for with every event: each has a method of its own
  #take(told: Told): void {
    if (this.#lane.busy) {
      this.#wait(told)
      return
    }
    const work = this.#read(told)
    // what is done first may take longer than the bytes of the event are there
    if (work !== undefined) this.#goOn(work, told[SIZE])
  }

  #wait(told: Told): void {
    this.#lane.run(() => this.#read(told), told[SIZE])
  }

  #goOn(work: Work, bytes: number | undefined): void {
    this.#lane.run(() => work, bytes)
  }

  #read(told: Told): Work | undefined {
    if (this.#isClosed) return undefined
    if (this.#marks.length > 0) {
      const passed = this.#passedBy(told.serial)
      if (passed.length > 0) return this.#pass(passed, told)
    }
    if (this.#takers.size > 0 || this.#rows.has(told.Event)) {
      // `actionId` copies the lines of an event that nobody keeps
      const actionId = told[PEEK] === undefined ? told.actionId : told[PEEK]('ActionID')
      const taker = actionId === undefined ? undefined : this.#takers.get(actionId)
      if (taker !== undefined) {
        if (told.get('EventList') !== undefined) return taker.done(told)
        taker.row(told)
        return undefined
      }
      // what is said to everybody names its class; a row never does
      if (this.#rows.has(told.Event) && read(told, 'Privilege') === undefined) return undefined
    }
    this.#event(told)
    return undefined
  }

  #passedBy(serial: number): readonly Mark[] {
    return this.#marks.filter((mark) => mark.serial < serial)
  }

  *#pass(passed: readonly Mark[], told: Told): Work {
    this.#marks = this.#marks.filter((mark) => !passed.includes(mark))
    for (const { pass } of passed) yield* pass() ?? []
    yield* this.#read(told) ?? []
  }
}

/** A place in the stream. */
interface Mark {
  readonly serial: number
  /** Returns what is to be done before anything behind the place is read. */
  pass(): Work | undefined
}
