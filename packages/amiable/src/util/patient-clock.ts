import { type Clock, LONGEST_TIMER, type Timer } from './clock.ts'

// how long a peer gets at most, in milliseconds, because this process stood still
const GRACE = 1_000
// so many turns of the event loop read what lies in a socket, even if more keeps coming
const TURNS = 64
const nothing = (): void => {}

/**
 * A clock whose timers do not take this process's own standstill for a peer's silence. Node fires what fell due while
 * the loop was blocked, or the process was stopped (SIGSTOP), before it reads the sockets. A timer that fires late here
 * gives the peer as long as it was late, reads what lies in the socket, and only then calls back.
 * It also takes any delay: a timer of Node that is set to more than {@link LONGEST_TIMER} fires at once.
 */
export class PatientClock implements Clock {
  #clock: Clock
  #received: () => number

  /** @param received counts what has been read so far, in whatever unit: as long as it grows there may be more */
  constructor(clock: Clock, received: () => number) {
    this.#clock = clock
    this.#received = received
  }

  now(): number {
    return this.#clock.now()
  }

  elapsed(): number {
    return this.#clock.elapsed()
  }

  setTimeout(callback: () => void, delay: number): Timer {
    return new PatientTimer(this.#clock, this.#received, callback, delay)
  }

  clearTimeout(timer: Timer | undefined): void {
    if (timer instanceof PatientTimer) timer.clear()
  }
}

/** A timer, at one of its stages. */
class PatientTimer {
  #clock: Clock
  #received: () => number
  #callback: () => void
  #due: number
  #timer: Timer | undefined
  #turn: NodeJS.Immediate | undefined

  constructor(clock: Clock, received: () => number, callback: () => void, delay: number) {
    this.#clock = clock
    this.#received = received
    this.#callback = callback
    this.#due = clock.elapsed() + delay
    this.#wait(delay)
  }

  clear(): void {
    // a clock of the caller's can fail to
    this.#callback = nothing
    this.#clock.clearTimeout(this.#timer)
    clearImmediate(this.#turn)
  }

  #wait(delay: number): void {
    this.#timer = this.#clock.setTimeout(() => this.#fired(), Math.min(delay, LONGEST_TIMER))
  }

  #fired(): void {
    const left = this.#due - this.#clock.elapsed()
    if (left > 0) this.#wait(left)
    // to the moment, as the clocks of tests are
    else if (left === 0) this.#callback()
    else this.#timer = this.#clock.setTimeout(() => this.#read(0), Math.max(Math.min(-left, GRACE), 1))
  }

  /** Lets the loop read its sockets until nothing more comes. */
  #read(turns: number): void {
    const before = this.#received()
    this.#turn = setImmediate(() => {
      if (this.#received() === before || turns === TURNS) this.#callback()
      else this.#read(turns + 1)
    })
  }
}
