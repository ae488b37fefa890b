import type { Clock, Timer } from '../util/clock.ts'

/** Says how long work may go on. */
export interface Slice {
  /** Whether the slice is over: work that yields then goes on in the next turn of the loop. */
  readonly over: boolean
}

/** What is done in slices: it yields where a slice is over. */
export type Work<T = void> = Generator<void, T>

/** Something that is done in its turn; what can take long returns its work. */
export type Step = () => Work | undefined

const SLICE = 10
// a server that says more than is read meanwhile: then all is read at once, so that no more of it waits
const MOST = 5_000
const MOST_BYTES = 8_388_608

/**
 * Does one thing after the other, in the order in which they came. What takes longer than a slice goes on in the next
 * turns of the loop; what comes meanwhile waits behind it.
 */
export class Lane implements Slice {
  #clock: Clock
  #waiting: Step[] = []
  /** What those that wait keep in memory; counted until none waits any more. */
  #bytes = 0
  #work: Work | undefined
  #timer: Timer | undefined
  #isRunning = false
  #isHurried = false
  #until = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether something is under way: what comes must wait for its turn. */
  get busy(): boolean {
    return this.#isRunning || this.#timer !== undefined
  }

  get over(): boolean {
    return !this.#isHurried && this.#clock.elapsed() >= this.#until
  }

  /**
   * Does a step now, or behind those that wait.
   * @param bytes what it keeps in memory while it waits
   */
  run(step: Step, bytes = 0): void {
    this.#waiting.push(step)
    this.#bytes += bytes
    if (this.#waiting.length > MOST || this.#bytes > MOST_BYTES) this.flush()
    else if (!this.busy) this.#go()
  }

  /** Does all that waits, without a pause. */
  flush(): void {
    this.#isHurried = true
    if (!this.#isRunning) this.#go()
  }

  get #isLeft(): boolean {
    return this.#work !== undefined || this.#waiting.length > 0
  }

  #go(): void {
    this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isRunning = true
    this.#until = this.#clock.elapsed() + SLICE
    try {
      do {
        this.#work ??= this.#waiting.shift()?.()
        if (this.#work?.next().done === true) this.#work = undefined
      } while (this.#isLeft && !this.over)
    } finally {
      this.#isRunning = false
      if (this.#waiting.length === 0) this.#bytes = 0
      if (this.#isLeft) this.#timer = this.#clock.setTimeout(() => this.#go(), 0)
      else this.#isHurried = false
    }
  }
}

const ENDLESS: Slice = Object.freeze({ over: false })

/** Does work in one step. */
export function atOnce(work: (slice: Slice) => Work): void {
  const { done } = work(ENDLESS).next()
  if (done !== true) throw new Error('work paused within a slice that has no end')
}
