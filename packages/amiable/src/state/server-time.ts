import type { Clock } from '../util/clock.ts'
import type { StateSource } from './source.ts'

/**
 * Returns the milliseconds by which the server's clock is ahead of this machine's, from the `Timestamp` of a Ping. Half
 * a round trip is its error. Undefined where the server does not say.
 */
export async function serverOffset(source: StateSource, clock: Clock): Promise<number | undefined> {
  const before = clock.now()
  try {
    const pong = await source.sendRaw('Ping')
    const middle = (before + clock.now()) / 2
    const seconds = Number(pong.get('Timestamp'))
    return Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1_000 - middle) : undefined
  } catch {
    return undefined
  }
}
