import type { Clock } from '../../util/clock.ts'
import { toWire } from '../protocol/byte-text.ts'
import { categoryOf } from '../protocol/event-classes.ts'
import type { EventWays, Lag } from '../protocol/event-ways.ts'
import { privilegeText } from '../protocol/privileges.ts'
import type { SeededRandom } from '../time/seeded-random.ts'

/** The version of Asterisk that is simulated. */
export type AsteriskVersion = 16 | 22

/** What all parts of the model share. */
export interface CoreOptions {
  readonly clock: Clock
  readonly version: AsteriskVersion
  readonly systemName: string
  readonly channelVars: readonly string[]
  readonly timestamps: boolean
  readonly cdr: boolean
  readonly answerDelay: number
  readonly random: SeededRandom
  readonly ways: EventWays
  readonly lag: Readonly<Lag>
}

/** What each version says of itself. */
export const versions = {
  16: { ami: '5.0.4', asterisk: '16.28.0~dfsg-0+deb11u10' },
  22: { ami: '11.0.0', asterisk: '22.10.1+dfsg+~cs6.17.60671434-1' },
} as const

/** Time, identity and the way out for events. */
export class Core {
  readonly clock: Clock
  readonly version: AsteriskVersion
  readonly systemName: string
  readonly channelVars: readonly string[]
  readonly cdr: boolean
  readonly answerDelay: number
  readonly random: SeededRandom
  readonly bootedAt: number
  reloadedAt: number
  processedCalls = 0
  readonly ways: EventWays
  #lag: Readonly<Lag>
  #timestamps: boolean
  #serial = 0
  #system: string

  constructor(options: CoreOptions) {
    this.clock = options.clock
    this.version = options.version
    this.systemName = toWire(options.systemName)
    this.channelVars = options.channelVars.map(toWire)
    this.cdr = options.cdr
    this.answerDelay = options.answerDelay
    this.random = options.random
    this.bootedAt = options.clock.now()
    this.reloadedAt = this.bootedAt
    this.ways = options.ways
    this.#lag = options.lag
    this.#timestamps = options.timestamps
    this.#system = this.systemName === '' ? '' : `SystemName: ${this.systemName}\r\n`
  }

  /**
   * Raises an event: `Event`, `Privilege`, the common headers, then the body's lines
   * (manager.c:__manager_event_sessions_va).
   */
  emit(name: string, body: string, category = categoryOf(name)): void {
    const stamp = this.#timestamps ? `Timestamp: ${this.timestamp()}\r\n` : ''
    const text = `Event: ${name}\r\nPrivilege: ${privilegeText(category)}\r\n${stamp}${this.#system}${body}\r\n`
    this.ways.send({ name, category, text })
  }

  /**
   * Returns until when what has ended is still listed. Where events are late, lists show some things for a moment after
   * their end was reported.
   */
  lingersUntil(way: keyof Lag): number {
    return this.#lag[way] === 0 ? 0 : this.clock.now() + 2 * this.#lag[way]
  }

  /** Returns seconds with six digits, as `Timestamp:` has them. */
  timestamp(): string {
    const now = this.clock.now()
    return `${Math.floor(now / 1000)}.${String(Math.round((now % 1000) * 1000)).padStart(6, '0')}`
  }

  seconds(): number {
    return Math.floor(this.clock.now() / 1000)
  }

  /** Makes an id as channel_internal_api.c does: system name, second, counter. */
  uniqueId(): string {
    const prefix = this.systemName === '' ? '' : `${this.systemName}-`
    return `${prefix}${this.seconds()}.${this.#serial++}`
  }

  /** Resolves after `ms` milliseconds of the clock. */
  delay(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.setTimeout(resolve, ms))
  }
}
