import type { Clock, Timer } from '../util/clock.ts'
import { heldWith, type ListedKind } from './kinds.ts'

/** A list that is complete, while events that are older than its rows may still come. */
interface Settling {
  readonly listedAt: number
  until: number
  timer: Timer
  readonly end: () => void
  isEnding: boolean
}

// events that are older than the rows of a list come within a few milliseconds; what they change is reported with it
const SETTLE = 50
const LONGEST = 2_000

/** The lists that settle, each kind by itself. */
export class SettlingLists {
  #clock: Clock
  #lists = new Map<ListedKind, Settling>()
  #waiters: (() => void)[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether any list settles. */
  get active(): boolean {
    return this.#lists.size > 0
  }

  /** Whether a list of this kind must wait: what it changes is held back with another list. */
  blocks(kind: ListedKind): boolean {
    if (this.#lists.size === 0) return false
    const own = heldWith(kind)
    for (const other of this.#lists.keys()) if (heldWith(other).some((record) => own.includes(record))) return true
    return false
  }

  /** @param ended called when the list has settled, or when that is cut short; it calls `over` when all is reported */
  begin(kind: ListedKind, listedAt: number, ended: (over: () => void) => void): void {
    const over = () => {
      this.#lists.delete(kind)
      if (this.active) return
      for (const done of this.#waiters.splice(0)) done()
    }
    const end = () => {
      if (list.isEnding) return
      list.isEnding = true
      this.#clock.clearTimeout(list.timer)
      ended(over)
    }
    const timer = this.#clock.setTimeout(end, SETTLE)
    const list: Settling = { listedAt, until: listedAt + SETTLE, timer, end, isEnding: false }
    this.#lists.set(kind, list)
  }

  /** Notes an event that is older than a row of this kind: events lag, so what settles waits ten times as long. */
  lags(kind: ListedKind): void {
    const list = this.#lists.get(kind)
    if (list === undefined || list.isEnding) return
    const now = this.#clock.elapsed()
    const until = list.listedAt + Math.min(LONGEST, Math.max(SETTLE, (now - list.listedAt) * 10))
    if (until <= list.until) return
    list.until = until
    this.#clock.clearTimeout(list.timer)
    list.timer = this.#clock.setTimeout(list.end, until - now)
  }

  /** Whether a list of this kind settles. */
  has(kind: ListedKind): boolean {
    return this.#lists.has(kind)
  }

  /** Ends all that settles: it is worth nothing any more, or is never looked at again. */
  endAll(): void {
    for (const { end } of [...this.#lists.values()]) end()
  }

  /** Resolves when nothing settles. */
  async settled(): Promise<void> {
    while (this.active) await new Promise<void>((done) => this.#waiters.push(done))
  }
}
