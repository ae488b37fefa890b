import type { Outcome, PingsJob } from '../job.ts'

/** Pings before those that count: V8 has compiled by then what runs for each. */
export const WARM = 20_000

/** `inFlight` loops that each ask again as soon as they are answered: what a program that waits for its answers does. */
export const pingLoop = async (ping: () => Promise<unknown>, { inFlight, total }: PingsJob): Promise<Outcome> => {
  const run = async (count: number): Promise<number> => {
    let left = count
    let answered = 0
    const loop = async (): Promise<void> => {
      while (left-- > 0) {
        await ping()
        answered++
      }
    }
    await Promise.all(Array.from({ length: inFlight }, loop))
    return answered
  }
  await run(Math.max(inFlight, WARM))
  const started = performance.now()
  const cpu = process.cpuUsage()
  const answered = await run(total)
  const wallMs = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  return {
    units: answered,
    wallMs,
    cpuMs: (user + system) / 1000,
    rss: [process.memoryUsage.rss()],
    count: answered,
    sum: 0,
    steady: answered === total,
  }
}
