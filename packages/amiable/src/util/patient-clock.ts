import { type Clock, LONGEST_TIMER, type Timer } from './clock.ts'

/** A timer, at one of its stages. */
interface Patience {
  timer: Timer | undefined
  turn: NodeJS.Immediate | undefined
}

// how long a peer gets at most, in milliseconds, because this process stood still
const GRACE = 1_000
// so many turns of the event loop read what lies in a socket, even if more keeps coming
const TURNS = 64

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
    const patience: Patience = { timer: undefined, turn: undefined }
    this.#await(patience, this.#clock.elapsed() + delay, delay, (late) => {
      // to the moment, as the clocks of tests are
      if (late === 0) callback()
      else this.#after(patience, Math.min(late, GRACE), () => this.#read(patience, 0, callback))
    })
    return patience
  }

  clearTimeout(timer: Timer | undefined): void {
    const patience = timer as Patience | undefined
    this.#clock.clearTimeout(patience?.timer)
    clearImmediate(patience?.turn)
  }

  #after(patience: Patience, delay: number, then: () => void): void {
    patience.timer = this.#clock.setTimeout(then, Math.max(delay, 1))
  }

  /** Waits until `due` and returns how late it is then. */
  #await(patience: Patience, due: number, delay: number, then: (late: number) => void): void {
    patience.timer = this.#clock.setTimeout(
      () => {
        const left = due - this.#clock.elapsed()
        if (left > 0) this.#await(patience, due, left, then)
        else then(-left)
      },
      Math.min(delay, LONGEST_TIMER),
    )
  }

  /** Lets the loop read its sockets until nothing more comes. */
  #read(patience: Patience, turns: number, then: () => void): void {
    const before = this.#received()
    patience.turn = setImmediate(() => {
      if (this.#received() === before || turns === TURNS) then()
      else this.#read(patience, turns + 1, then)
    })
  }
}
