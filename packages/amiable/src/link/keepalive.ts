import type { Clock, Timer } from '../util/clock.ts'

/** When a server that answers nothing is asked whether it lives; milliseconds. */
export interface KeepaliveOptions {
  /** How long nothing may be answered before a Ping goes out. @default 15_000 */
  interval: number
  /** How long the answer may take; a call that rightly blocks the session is allowed for. @default 5_000 */
  timeout: number
}

/** The message that is arriving: where it begins in the stream, and how much of it has come. */
export interface Arriving {
  readonly start: number
  readonly bytes: number
}

/** What a {@link Keepalive} asks of the link. */
export interface KeepaliveHost {
  /** When the server last answered an action of this client, a row of a list included. */
  answered(): number
  arriving(): Arriving
  /** Until when the server may be silent because an action that it runs blocks the session; 0 if none does. */
  blockedUntil(): number
  ping(): void
  /** The peer is dead. */
  dead(): void
}

// a message that grows by so much while an answer is awaited is worth waiting for: the answer stands behind it
const PROGRESS = 16_384

/**
 * Finds dead peers. Asterisk sends nothing on its own, so a session that answers nothing is pinged. What proves that it
 * lives is an answer: bytes can come from a peer that no longer hears, and from anybody who makes Asterisk write them.
 */
export class Keepalive {
  #options: KeepaliveOptions
  #clock: Clock
  #host: KeepaliveHost
  #timer: Timer | undefined
  #pinged: number | undefined
  #arriving: Arriving | undefined

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
    const answered = this.#host.answered()
    if (this.#pinged !== undefined && answered < this.#pinged) {
      const deadline = Math.max(this.#pinged, this.#host.blockedUntil()) + timeout
      if (now < deadline) this.#arm(deadline - now)
      else if (this.#grows()) this.#arm(timeout)
      else this.#host.dead()
      return
    }
    this.#pinged = undefined
    if (now - answered < interval) {
      this.#arm(interval - (now - answered))
      return
    }
    this.#pinged = now
    this.#grows()
    this.#host.ping()
    this.#arm(timeout)
  }

  /** Whether one message has gone on arriving since this was asked last. */
  #grows(): boolean {
    const before = this.#arriving
    this.#arriving = this.#host.arriving()
    const { start, bytes } = this.#arriving
    return before?.start === start && bytes - before.bytes >= PROGRESS
  }
}
