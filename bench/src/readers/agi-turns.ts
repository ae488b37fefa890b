import type { AgiTurnsJob, Outcome } from '../job.ts'
import { median } from '../stats.ts'
import { listen, originate, signal } from './agi-calls.ts'
import type { AgiCall } from './agi-server.ts'
import { measured } from './measured.ts'

/**
 * Takes so many calls of a real Asterisk, and holds them. Resolves, when all are there, with what one turn does: so many
 * NOOPs one after the other on each of them, all of them at once.
 */
export const agiTurns = async (job: AgiTurnsJob): Promise<() => Promise<Outcome>> => {
  const calls: AgiCall[] = []
  const complete = signal()
  const { port } = await listen(job, (call) => {
    if (calls.push(call) === job.sessions) complete.resolve()
    return new Promise(() => {})
  })
  await originate(job, port, job.sessions)
  await complete.promise
  return job.mode === 'latency' ? () => timed(job, calls[0]!) : () => together(job, calls)
}

const together = (job: AgiTurnsJob, calls: readonly AgiCall[]): Promise<Outcome> =>
  measured(job.sessions * job.commands, async () => {
    await Promise.all(
      calls.map(async (call) => {
        for (let n = 0; n < job.commands; n++) await call.noop()
      }),
    )
  })

const timed = async (job: AgiTurnsJob, call: AgiCall): Promise<Outcome> => {
  const times: number[] = []
  const outcome = await measured(job.commands, async () => {
    for (let n = 0; n < job.commands; n++) {
      const from = performance.now()
      await call.noop()
      times.push(performance.now() - from)
    }
  })
  return { ...outcome, extra: { p50: median(times) } }
}
