import type { LoginsJob, Outcome } from '../job.ts'

/** One login after the other, each to the answer of its first Ping; a tenth of them warms up. */
export const loginLoop = async (login: () => Promise<unknown>, { total }: LoginsJob): Promise<Outcome> => {
  for (let n = 0; n < total / 10; n++) await login()
  const started = performance.now()
  const cpu = process.cpuUsage()
  let count = 0
  for (; count < total; count++) await login()
  const wallMs = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  const cpuMs = (user + system) / 1000
  return { units: total, wallMs, cpuMs, rss: [process.memoryUsage.rss()], count, sum: 0, steady: true }
}
