import type { Clock, Timer } from '../../src/util/clock.ts'

interface Alarm {
  readonly due: number
  readonly order: number
  readonly callback: () => void
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  /** What every timer that was ever made was asked for. */
  readonly delays: number[] = []
  #now: number
  #order = 0
  #alarms = new Set<Alarm>()

  constructor(start = 1_000_000) {
    this.#now = start
  }

  /** How many timers have neither fired nor been cleared. */
  get pending(): number {
    return this.#alarms.size
  }

  now(): number {
    return this.#now
  }

  elapsed(): number {
    return this.#now
  }

  setTimeout(callback: () => void, delay: number): Timer {
    this.delays.push(delay)
    const alarm: Alarm = { due: this.#now + delay, order: ++this.#order, callback }
    this.#alarms.add(alarm)
    return alarm
  }

  clearTimeout(timer: Timer | undefined): void {
    if (timer) this.#alarms.delete(timer as Alarm)
  }

  /** Moves time on and fires, in order, what falls due on the way. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (;;) {
      const next = [...this.#alarms]
        .filter((one) => one.due <= end)
        .sort((a, b) => a.due - b.due || a.order - b.order)[0]
      if (!next) break
      this.#now = Math.max(this.#now, next.due)
      this.#alarms.delete(next)
      next.callback()
    }
    this.#now = end
  }
}
