// How long the page waits before it asks again.

// what 500 browsers may ask of a server that begins, and still each is up to date two seconds after it is there
const QUICK = 1_500
const SLOW = 10_000
// so long a server that was restarted is expected back
const SOON = 120_000

/** Returns the milliseconds to wait after an attempt failed: half of them for certain, the rest by chance. */
export function waitAfter(attempt: number, downFor: number, random: number): number {
  const most = downFor < SOON ? QUICK : SLOW
  const wait = Math.min(most, 400 * 1.6 ** Math.min(attempt, 20))
  return wait / 2 + (wait / 2) * random
}
