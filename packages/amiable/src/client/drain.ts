import type { Clock } from '../util/clock.ts'
import type { Calls } from './calls/calls.ts'
import type { Originates } from './originate/originate.ts'

/** How a client or a fleet is closed. */
export interface CloseOptions {
  /** Milliseconds that calls in flight may take; 0 waits for nothing. @default 5_000 */
  readonly timeout?: number | undefined
}

// how long the server may take to say goodbye
const GOODBYE = 1_000

/** Lets the calls in flight finish for at most `timeout` milliseconds, says Logoff, then calls `done`; 0 waits for nothing. */
export function drain(calls: Calls, originates: Originates, clock: Clock, timeout: number, done: () => void): void {
  if (timeout === 0) {
    done()
    return
  }
  let over = false
  const goodbye = () => {
    if (over) return
    over = true
    clock.clearTimeout(timer)
    calls.start('Logoff', undefined, { timeout: GOODBYE }, { resolve: done, reject: done }, { internal: true })
  }
  const timer = clock.setTimeout(goodbye, timeout)
  originates.whenIdle(() => calls.whenIdle(goodbye))
}
