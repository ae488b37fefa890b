import type { QueueWindow, States } from 'amiable/state'

const KEEP = 1_000

/** What queues did in their windows, counted at most once a second for all views together. */
export class WindowCache {
  #states: States
  #clock: () => number
  #kept = new Map<string, QueueWindow>()
  #keptAt = 0

  constructor(states: States, clock: () => number = Date.now) {
    this.#states = states
    this.#clock = clock
  }

  of(server: string, queue: string, window: '15' | '60' | 'today'): QueueWindow {
    const now = this.#clock()
    if (now - this.#keptAt >= KEEP || now < this.#keptAt) {
      this.#kept.clear()
      this.#keptAt = now
    }
    const key = `${window}/${server}/${queue}`
    const found =
      this.#kept.get(key) ??
      this.#states.get(server)?.queues.window(queue, window === 'today' ? window : Number(window))
    if (found === undefined) return EMPTY
    this.#kept.set(key, found)
    return found
  }
}

const EMPTY: QueueWindow = {
  offered: 0,
  answered: 0,
  abandoned: 0,
  left: 0,
  answeredInLevel: 0,
  averageWait: 0,
  averageTalk: 0,
  longestWait: 0,
  complete: false,
}
