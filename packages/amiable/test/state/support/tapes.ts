import { SeededRandom } from '../../../src/testing/time/seeded-random.ts'
import { type Night, night } from './night.ts'

/** Lets the histories of these seeds happen; gives the first that fails. */
export async function firstFailure(
  from: number,
  to: number,
  controls?: Night,
): Promise<{ seed: number; error: Error } | undefined> {
  for (let seed = from; seed <= to; seed++) {
    const random = new SeededRandom(seed)
    const numbers = Array.from({ length: random.integer(60, 400) }, () => random.integer(0, 0xffff))
    try {
      await night(numbers, controls)
    } catch (error) {
      return { seed, error: error as Error }
    }
  }
  return undefined
}
