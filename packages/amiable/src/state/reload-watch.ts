import { AmiError } from '../errors.ts'
import type { Clock, Timer } from '../util/clock.ts'
import type { StateSource } from './source.ts'

/** What a {@link ReloadWatch} needs. */
export interface ReloadWatchOptions {
  readonly source: StateSource
  readonly clock: Clock
  /** Milliseconds from one look to the next. */
  readonly every: number
  /** Lists what a reload changes: there was one that no event reported. */
  reloaded(): void
}

/**
 * Looks at the time of the last reload. The event Reload is of class system, which few accounts may read, and CoreStatus
 * says the same to those that may report.
 */
export class ReloadWatch {
  #options: ReloadWatchOptions
  #timer: Timer | undefined
  /** Grows with each beginning and each end: what was asked before is worth nothing. */
  #turn = 0
  #last: string | undefined
  #isHeard = false

  constructor(options: ReloadWatchOptions) {
    this.#options = options
  }

  /** Begins with a new login. */
  start(): void {
    this.stop()
    this.#last = undefined
    void this.#look(this.#turn)
  }

  stop(): void {
    this.#turn++
    this.#options.clock.clearTimeout(this.#timer)
  }

  /** Notes that an event reported a reload: the next look finds nothing new. */
  heard(): void {
    this.#isHeard = true
  }

  async #look(turn: number): Promise<void> {
    const { source, clock, every, reloaded } = this.#options
    let time: string | undefined
    try {
      const status = await source.sendRaw('CoreStatus')
      time = `${status.get('CoreReloadDate')} ${status.get('CoreReloadTime')}`
    } catch (error) {
      // an account that may not ask does not ask again before its next login
      if (AmiError.is(error) && error.code === 'AMI_REFUSED') return
    }
    if (turn !== this.#turn) return
    if (time !== undefined) {
      const isNews = this.#last !== undefined && this.#last !== time && !this.#isHeard
      this.#last = time
      this.#isHeard = false
      if (isNews) reloaded()
    }
    this.#timer = clock.setTimeout(() => void this.#look(turn), every)
  }
}
