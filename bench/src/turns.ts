import { type Context, openReader } from './context.ts'
import type { Outcome, TurnsJob } from './job.ts'
import { processOn, processorMs } from './processes.ts'

export interface Turn extends Outcome {
  /** Processor time of the Asterisk that answered; no number where it runs elsewhere. */
  readonly asteriskMs: number
}

/** On a machine that has nothing else to do; on a busy one they take longer, and are as many. */
const TURNS_A_SECOND = 20
/** A call that is held ends after a minute. */
const LONGEST = 40_000

/** The turns of one round by reader, or why it has none; turns of the same number lie side by side in time. */
export type Turns = ReadonlyMap<string, readonly Turn[] | Error>

/**
 * Has all readers run at once, each a process of its own that does nothing but in its turn. A turn takes a fraction of
 * a second: what else the machine does falls on neighbours alike, so that their ratio is steadier than their figures.
 */
export const takeTurns = async (context: Context, jobs: readonly TurnsJob[]): Promise<Turns> => {
  const asterisk = context.asterisk && processOn(context.asterisk.port)
  const all = jobs.map((job) => ({ reader: job.reader, process: openReader(job), turns: [] as Turn[] }))
  const found = new Map<string, readonly Turn[] | Error>()
  const awaited = async (one: (typeof all)[number], work: () => Promise<void>): Promise<void> => {
    await work().catch((error: unknown) => {
      found.set(one.reader, error instanceof Error ? error : new Error(String(error)))
    })
  }
  try {
    await Promise.all(all.map((one) => awaited(one, async () => void (await one.process.ready))))
    const able = all.filter(({ reader }) => !found.has(reader))
    const until = performance.now() + LONGEST
    for (let number = 0; number < context.seconds * TURNS_A_SECOND && performance.now() < until; number++) {
      for (let n = 0; n < able.length; n++) {
        // nobody always goes first
        const one = able[(number + n) % able.length]!
        if (!found.has(one.reader))
          await awaited(one, async () => {
            const before = processorMs(asterisk)
            const outcome = await one.process.turn()
            one.turns.push({ ...outcome, asteriskMs: processorMs(asterisk) - before })
          })
      }
    }
  } finally {
    for (const { process } of all) process.end()
  }
  for (const { reader, turns } of all) if (!found.has(reader)) found.set(reader, turns)
  return found
}
