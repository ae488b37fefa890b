import type { Known } from './align.ts'
import type { Ring } from './ring.ts'
import type { Last } from './store.ts'

/** The log may be so much ahead of a session. */
const AHEAD = 200

/** What a gateway sees of a log's end: what it is, how long it has been the same, and whether anybody writes. */
export class Movement {
  /** The last message that was seen. */
  last: Last | undefined
  /** Since when it has been known that nobody writes. */
  vacantSince: number | undefined
  #now: () => number
  #movedAt: number
  /** When the first event came that a log that stands still must lack. */
  #unknownSince: number | undefined
  /** The writer said that it ends: its last messages, which may be news yet, do not say that somebody writes. */
  #isFarewell = false

  constructor(now: () => number) {
    this.#now = now
    this.#movedAt = now()
  }

  /** Takes note of the log's end. `own` is the term of the own last writer: its messages are no news. */
  observe(last: Last, own: number | undefined): void {
    const before = this.last
    this.last = last
    if (before?.seq === last.seq && before.log === last.log) return
    this.restart()
    if (before !== undefined && last.message?.term !== own && !this.#isFarewell) this.vacantSince = undefined
    this.#isFarewell = false
    if (last.seq === 0) this.vacantSince ??= this.#now()
  }

  /** Counts from now on: what waited until now has not waited for a writer. */
  restart(): void {
    this.#movedAt = this.#now()
    this.#unknownSince = undefined
  }

  /** Counts from now on that nobody writes, too: nobody could. */
  postpone(): void {
    this.restart()
    if (this.vacantSince !== undefined) this.vacantSince = this.#now()
  }

  /** Takes note of an event. */
  heard(): void {
    if (this.#unknownSince === undefined && this.#now() > this.#movedAt + AHEAD) this.#unknownSince = this.#now()
  }

  /** Returns how long the log has lacked an event of the ring, without a message since then. */
  lacking(known: Known | undefined, ring: Ring): number | undefined {
    if (known === undefined) return this.#unknownSince === undefined ? undefined : this.#now() - this.#unknownSince
    if (known.next >= ring.end) return undefined
    const next = Math.max(known.next, ring.first)
    const heard = next < ring.end ? ring.get(next).heard : this.#movedAt
    return this.#now() - Math.max(heard, this.#movedAt)
  }

  /** Returns how long it has been known that nobody writes. */
  get vacant(): number | undefined {
    return this.vacantSince === undefined ? undefined : this.#now() - this.vacantSince
  }

  /** Takes note that the writer said farewell. */
  noteFarewell(): void {
    this.vacantSince = this.#now()
    this.#isFarewell = true
  }

  /** Takes note that nobody writes. */
  noteVacant(): void {
    this.vacantSince ??= this.#now()
  }
}
