// How many events of each name come, and how many bytes they have.

/** An event, as far as it is counted. */
interface Counted {
  readonly Event: string
  readonly at: number
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** What came of one name, or of all. */
export interface Rate {
  readonly name: string
  /** In a second, over the last seconds. */
  readonly perSecond: number
  readonly bytesPerSecond: number
  /** The last seconds, the oldest first. */
  readonly seconds: readonly number[]
  readonly total: number
  readonly bytes: number
}

interface Name {
  readonly counts: number[]
  readonly sizes: number[]
  total: number
  bytes: number
}

/** Seconds that are shown one by one. */
export const SECONDS = 10
// as many names as Asterisk has, and some; a program may make up as many as it likes
const MOST = 1_000
/** Stands for the names that are too many to count one by one. */
export const OTHERS = 'others'

/** Counts events by the seconds in which they came. */
export class Rates {
  readonly #names = new Map<string, Name>()
  #first: number | undefined
  #second = 0
  #last = 0

  /** Counts an event. Its time never goes back: one that does counts as the latest. */
  take({ Event, at, headers }: Counted): void {
    this.#first ??= at
    this.advance(at)
    let bytes = 2
    for (const [name, value] of headers) bytes += name.length + Buffer.byteLength(value) + 4
    const counted = this.#of(Event)
    counted.total++
    counted.bytes += bytes
    const slot = this.#second % (SECONDS + 1)
    counted.counts[slot] = (counted.counts[slot] ?? 0) + 1
    counted.sizes[slot] = (counted.sizes[slot] ?? 0) + bytes
  }

  /** Goes on to a time: the seconds between had nothing. */
  advance(at: number): void {
    this.#last = Math.max(this.#last, at)
    const second = Math.floor(this.#last / 1_000)
    if (second <= this.#second) return
    const passed = Math.min(second - this.#second, SECONDS + 1)
    for (const { counts, sizes } of this.#names.values()) {
      for (let back = 0; back < passed; back++)
        counts[(second - back) % (SECONDS + 1)] = sizes[(second - back) % (SECONDS + 1)] = 0
    }
    this.#second = second
  }

  /** Milliseconds from the first event to the latest time. */
  get span(): number {
    return this.#first === undefined ? 0 : this.#last - this.#first
  }

  /** Returns what came, the most frequent of the last seconds first, and then by their totals. */
  list(): Rate[] {
    const rates = [...this.#names].map(([name, counted]) => this.#rateOf(name, counted))
    return rates.sort((one, other) => other.perSecond - one.perSecond || other.total - one.total)
  }

  /** Returns all names together. */
  all(): Rate {
    const sum = (pick: (rate: Rate) => number) => this.list().reduce((total, rate) => total + pick(rate), 0)
    const list = this.list()
    return {
      name: 'all',
      perSecond: sum((rate) => rate.perSecond),
      bytesPerSecond: sum((rate) => rate.bytesPerSecond),
      seconds: Array.from({ length: SECONDS }, (_, at) =>
        list.reduce((total, { seconds }) => total + (seconds[at] ?? 0), 0),
      ),
      total: sum((rate) => rate.total),
      bytes: sum((rate) => rate.bytes),
    }
  }

  #of(event: string): Name {
    const known = this.#names.get(event)
    if (known !== undefined) return known
    const name = this.#names.size < MOST ? event : OTHERS
    const made = this.#names.get(name) ?? { counts: [], sizes: [], total: 0, bytes: 0 }
    this.#names.set(name, made)
    return made
  }

  #rateOf(name: string, { counts, sizes, total, bytes }: Name): Rate {
    // the current second is not over yet
    const of = (list: readonly number[], back: number) => list[(this.#second - back + SECONDS + 1) % (SECONDS + 1)] ?? 0
    const seconds = Array.from({ length: SECONDS }, (_, at) => of(counts, SECONDS - at))
    const size = Array.from({ length: SECONDS }, (_, at) => of(sizes, SECONDS - at)).reduce((sum, one) => sum + one, 0)
    // at the beginning there are fewer seconds to look at
    const begun = this.#first === undefined ? this.#second : Math.floor(this.#first / 1_000)
    const span = Math.max(1, Math.min(SECONDS, this.#second - begun))
    const count = seconds.reduce((sum, one) => sum + one, 0)
    return { name, perSecond: count / span, bytesPerSecond: size / span, seconds, total, bytes }
  }
}
