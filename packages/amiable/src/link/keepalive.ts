import type { Clock, Timer } from '../util/clock.ts'

/** When a silent line is asked whether it lives; milliseconds. */
export interface KeepaliveOptions {
  /** How long the line may be silent before a Ping goes out. @default 15_000 */
  interval: number
  /** How long the answer may take; a call that rightly blocks the session is allowed for. @default 5_000 */
  timeout: number
}

/** What a {@link Keepalive} asks of the link. */
export interface KeepaliveHost {
  /** When the last bytes came. */
  heard(): number
  /** Until when the server may be silent because an action that it runs blocks the session; 0 if none does. */
  blockedUntil(): number
  ping(): void
  /** The peer is dead. */
  dead(silence: number): void
}

/** Finds dead peers: Asterisk sends nothing on its own, so a silent line is pinged, and one that stays silent is dead. */
export class Keepalive {
  #options: KeepaliveOptions
  #clock: Clock
  #host: KeepaliveHost
  #timer: Timer | undefined
  #pinged: number | undefined

  constructor(options: KeepaliveOptions, clock: Clock, host: KeepaliveHost) {
    this.#options = options
    this.#clock = clock
    this.#host = host
    this.#arm(options.interval)
  }

  /** Stops it for good. */
  stop(): void {
    this.#clock.clearTimeout(this.#timer)
  }

  #arm(delay: number): void {
    this.#timer = this.#clock.setTimeout(() => this.#check(), Math.max(delay, 1))
  }

  #check(): void {
    const { interval, timeout } = this.#options
    const now = this.#clock.elapsed()
    const heard = this.#host.heard()
    if (this.#pinged !== undefined && heard < this.#pinged) {
      const deadline = Math.max(this.#pinged, this.#host.blockedUntil()) + timeout
      if (now >= deadline) this.#host.dead(now - heard)
      else this.#arm(deadline - now)
      return
    }
    this.#pinged = undefined
    const silence = now - heard
    if (silence < interval) {
      this.#arm(interval - silence)
      return
    }
    this.#pinged = now
    this.#host.ping()
    this.#arm(timeout)
  }
}
