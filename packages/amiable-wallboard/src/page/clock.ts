// One timer for all that grows older on the page, and the server's clock, which it runs by.
import { signal } from '@preact/signals'

/** The server's time, once a second. */
export const now = signal(Date.now())

let ahead = 0
let timer: ReturnType<typeof setTimeout> | undefined

/** Takes the server's clock over; what a frame took on its way is less than what anybody sees. */
export function setServerTime(server: number, local = Date.now()): void {
  ahead = server - local
  now.value = serverNow()
}

/** Returns the server's time of this moment. */
export function serverNow(): number {
  return Date.now() + ahead
}

/** Begins to tick, at the full seconds of the server's clock, so that all clocks of a page jump together. */
export function startClock(): void {
  stopClock()
  const tick = () => {
    now.value = serverNow()
    timer = setTimeout(tick, 1_000 - (serverNow() % 1_000))
  }
  tick()
}

/** Ends the ticking. */
export function stopClock(): void {
  clearTimeout(timer)
}
