// One timer for all that grows older on the page, and the server's clock, which it runs by.
import { signal } from '@preact/signals'

/** The server's time, once a second. */
export const now = signal(Date.now())

// by the clock that nobody can set: one that is moved while the page is open makes nobody wait longer
let ahead = Date.now() - performance.now()
let timer: ReturnType<typeof setTimeout> | undefined

/** Takes the server's clock over; what a frame took on its way is less than what anybody sees. */
export function setServerTime(server: number): void {
  ahead = server - performance.now()
  now.value = serverNow()
}

/** Returns the server's time of this moment. */
export function serverNow(): number {
  return performance.now() + ahead
}

/** So far the two clocks of a computer may drift apart within a second. */
const DRIFT = 3_000

/**
 * Begins to tick, at the full seconds of the server's clock, so that all clocks of a page jump together.
 * @param slept is called when the computer has slept, or its clock was moved
 */
export function startClock(slept: () => void): void {
  stopClock()
  let apart = Date.now() - performance.now()
  const tick = () => {
    const before = apart
    apart = Date.now() - performance.now()
    if (Math.abs(apart - before) > DRIFT) slept()
    now.value = serverNow()
    timer = setTimeout(tick, 1_000 - (serverNow() % 1_000))
  }
  tick()
}

/** Ends the ticking. */
export function stopClock(): void {
  clearTimeout(timer)
}
