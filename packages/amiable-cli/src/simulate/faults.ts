// Faults of a simulated server, each said as it begins.
import { type SimulatedAsterisk, scheduleFaults } from 'amiable/testing'
import type { Io } from '../io.ts'
import { spell } from '../output/time.ts'
import type { FaultPlan } from './fault-options.ts'

// how often faults are reported, in milliseconds
const LOOK = 200

/** Makes faults until the function that it returns is called. */
export function startFaults(io: Io, server: SimulatedAsterisk, { seed, every, only }: FaultPlan): () => void {
  const pair = (from: number, to: number): [number, number] => [Math.round(from), Math.round(to)]
  const schedule = scheduleFaults(server, {
    seed,
    every: pair(every / 2, every * 1.5),
    lasting: pair(every / 10, every / 4),
    verbs: only,
  })
  let said = 0
  const timer = setInterval(() => {
    for (const { verb, for: time } of schedule.log.slice(said)) io.err.offer(`fault: ${verb} for ${spell(time)}`)
    said = schedule.log.length
  }, LOOK)
  return () => {
    clearInterval(timer)
    schedule.stop()
  }
}
