import type { Clock, Timer } from '../../util/clock.ts'
import { LateMap } from '../../util/late.ts'
import type { Call, Outcome } from './call.ts'
import type { Starter } from './modules.ts'

/** The outcome of a call that nobody waits for. */
export const NOBODY: Outcome = { resolve: () => {}, reject: () => {} }

// how long the end of a list is waited for that the answer to the Ping behind it has overtaken, in milliseconds
const OVERTAKEN = 1_000

/**
 * Sends a Ping behind a call, whose answer proves that the call has had all of its own. A gateway or a relay may answer
 * the Ping first, though. So a list whose end the catalog knows gets another Ping a while later. The list is over when
 * no row came between two Pings.
 */
export class Fences {
  #clock: Clock
  #calls: Starter
  /** How many rows each call had that was overtaken, and what sends the next Ping. */
  #overtaken = new LateMap<Call, { readonly rows: number; readonly timer: Timer }>()

  constructor(clock: Clock, calls: Starter) {
    this.#clock = clock
    this.#calls = calls
  }

  /** Sends a Ping behind a call. */
  send(call: Call): void {
    this.#calls.start('Ping', undefined, { timeout: call.timeout }, NOBODY, { internal: true, provesEndOf: call })
  }

  /** Whether the answer to a Ping behind a call ends the call; if not, sends another Ping later. */
  ends(call: Call): boolean {
    const { lacksEnd, rows } = call.assembly
    if (!lacksEnd || this.#overtaken.get(call)?.rows === rows) return true
    this.#overtaken.set(call, { rows, timer: this.#clock.setTimeout(() => this.send(call), OVERTAKEN) })
    return false
  }

  /** Forgets a call that is over. */
  delete(call: Call): void {
    if (this.#overtaken.size === 0) return
    this.#clock.clearTimeout(this.#overtaken.get(call)?.timer)
    this.#overtaken.delete(call)
  }

  /** Forgets all calls. */
  clear(): void {
    for (const { timer } of this.#overtaken.values()) this.#clock.clearTimeout(timer)
    this.#overtaken.clear()
  }
}
