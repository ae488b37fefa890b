import type { Outcome } from '../job.ts'

/** Does so many units of work, and returns how long it took by the clock and by processor time. */
export const measured = async (units: number, work: () => Promise<void>): Promise<Outcome> => {
  const cpu = process.cpuUsage()
  const started = performance.now()
  await work()
  const wallMs = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  const cpuMs = (user + system) / 1000
  return { units, wallMs, cpuMs, rss: [process.memoryUsage.rss()], count: units, sum: 0, steady: true }
}
