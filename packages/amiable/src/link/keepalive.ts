import type { Clock, Timer } from '../util/clock.ts'

/** Says when the client checks with a Ping whether the server still answers. Milliseconds. */
export interface KeepaliveOptions {
  /** After how long without an answer the client sends a Ping. @default 15_000 */
  interval: number
  /**
   * How long the answer to the Ping may take. Each answer or row for a call in front of the Ping starts this time
   * again. @default 5_000
   */
  timeout: number
}

/** The message that is arriving: where it begins in the stream, and how much of it has come. */
export interface Arriving {
  readonly start: number
  readonly bytes: number
}

/** What a {@link Keepalive} asks of the link. */
export interface KeepaliveHost {
  /** Returns when the server last answered a call that still waited, a row of its list included. */
  answered(): number
  arriving(): Arriving
  /** Returns until when the server may be silent because an action that it runs blocks the session; 0 if none does. */
  blockedUntil(): number
  /** Sends a Ping; returns what says whether it, or an action behind it, has been answered. */
  ping(): () => boolean
  /** Reports that the peer is dead. */
  dead(): void
}

// a message that grows by so much while an answer is awaited is worth waiting for: the answer stands behind it
const PROGRESS = 16_384
// for so many timeouts: what grows for longer comes from a peer that does not mean to end it
const MOST_WAITS = 12

/**
 * Finds dead peers. Asterisk sends nothing on its own, so a session that answers nothing is pinged.
 * The answer to a Ping proves that it lives. Anything else can come from a peer that reads nothing any more, and from
 * anybody who makes Asterisk write it. A session runs one action at a time, so the calls in front of the Ping are
 * waited for while they get on, each within its own timeout.
 */
export class Keepalive {
  /** Whether the peer was found dead: what it should have said since its last answer is missing. */
  foundDead = false
  #options: KeepaliveOptions
  #clock: Clock
  #host: KeepaliveHost
  #timer: Timer | undefined
  #pinged: number | undefined
  #isAnswered: (() => boolean) | undefined
  #arriving: Arriving | undefined
  #waits = 0

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
    if (this.#pinged !== undefined && !this.#isAnswered?.()) {
      const deadline = Math.max(this.#pinged, answered, this.#host.blockedUntil()) + timeout
      if (now < deadline) this.#arm(deadline - now)
      else if (this.#grows() && ++this.#waits <= MOST_WAITS) this.#arm(timeout)
      else {
        this.foundDead = true
        this.#host.dead()
      }
      return
    }
    this.#pinged = undefined
    if (now - answered < interval) {
      this.#arm(interval - (now - answered))
      return
    }
    this.#pinged = now
    this.#waits = 0
    this.#grows()
    this.#isAnswered = this.#host.ping()
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

/** Says why a connection is dead: for how long the server has been silent, and has answered nothing; in milliseconds. */
export function whyDead(silence: number, unanswered: number, timeout: number): string {
  return silence >= timeout
    ? `the server has been silent for ${silence} ms`
    : `the server has answered nothing for ${unanswered} ms, not even a Ping, though bytes come from it`
}
