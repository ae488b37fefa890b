import type { Target } from '../context/targets.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { type About, explain } from '../errors/explain.ts'
import type { Io } from '../io.ts'
import { report } from '../output/report.ts'

// logins at the same time
const MOST = 16

/**
 * Does the work on every server, at most 16 at a time, and reports each that fails.
 * @returns the exit status: that of the work for one server, 8 where some of several failed
 */
export async function eachServer(
  io: Io,
  targets: readonly Target[],
  { json, ...about }: About & { json: boolean },
  work: (target: Target) => Promise<number>,
): Promise<number> {
  const statuses: number[] = []
  const waiting = [...targets]
  const worker = async () => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      const { name } = target
      const status = await work(target).catch((error: unknown) => {
        // ^C ends the waiting calls: that is no failure of theirs
        if (io.signal.aborted) throw error
        return report(io, { ...explain(error, about), source: name }, json)
      })
      statuses.push(status)
    }
  }
  await Promise.all(Array.from({ length: Math.min(MOST, targets.length) }, worker))
  if (statuses.every((status) => status === EXIT.done)) return EXIT.done
  return targets.length === 1 ? (statuses[0] as number) : EXIT.some
}
