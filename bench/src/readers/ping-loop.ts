import type { Outcome, PingsJob, PingTurnsJob } from '../job.ts'
import { measured } from './measured.ts'

/** Pings before those that count: V8 has compiled by then what runs for each. */
const WARM = 20_000

/** Resolves when so many Pings have been answered. */
export type Pings = (count: number) => Promise<void>

/** `inFlight` loops that each ask again as soon as they are answered: what a program that waits for its answers does. */
export const pingsOf =
  (ping: () => Promise<unknown>, inFlight: number): Pings =>
  async (count) => {
    let left = count
    const loop = async (): Promise<void> => {
      while (left-- > 0) await ping()
    }
    await Promise.all(Array.from({ length: inFlight }, loop))
  }

export const timedPings = async (pings: Pings, { inFlight, total }: PingsJob): Promise<Outcome> => {
  await pings(Math.max(inFlight, WARM))
  return measured(total, () => pings(total))
}

/** Resolves, when all is warm, with what one turn does. */
export const pingTurns = async (pings: Pings, { total }: PingTurnsJob): Promise<() => Promise<Outcome>> => {
  await pings(WARM)
  return () => measured(total, () => pings(total))
}
