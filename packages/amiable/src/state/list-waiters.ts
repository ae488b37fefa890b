import type { ListedKind } from './kinds.ts'

interface Waiter {
  /** The kinds that it still waits for, and whether their list has begun since. */
  readonly kinds: Map<ListedKind, boolean>
  readonly done: () => void
}

/** Who waits for lists. A list that had begun before somebody asked says nothing to them. */
export class ListWaiters {
  #waiters = new Set<Waiter>()

  /** Resolves when each kind has been listed, refused, or missed. */
  wait(kinds: readonly ListedKind[]): Promise<void> {
    return new Promise((done) => this.#waiters.add({ kinds: new Map(kinds.map((kind) => [kind, false])), done }))
  }

  /** Notes that a list of a kind begins. */
  begun(kind: ListedKind): void {
    for (const { kinds } of this.#waiters) if (kinds.has(kind)) kinds.set(kind, true)
  }

  /** Releases those who waited for a list that is over; with `missed` also for one that never began. */
  over(kind: ListedKind, missed: boolean): void {
    for (const waiter of this.#waiters) {
      const { kinds, done } = waiter
      if (missed || kinds.get(kind) === true) kinds.delete(kind)
      if (kinds.size > 0) continue
      this.#waiters.delete(waiter)
      done()
    }
  }

  end(): void {
    for (const { done } of this.#waiters) done()
    this.#waiters.clear()
  }
}
