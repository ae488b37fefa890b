import type { IdleJob, Outcome } from '../job.ts'

/** What one of many idle sessions takes, in bytes. */
export interface IdleMemory {
  /** One of the first thousand of a process: with V8's young generation, which they make grow, and which stays so. */
  readonly ofTheFirst: number
  /** One of a thousand more beside two thousand: what each next one takes. */
  readonly ofTheNext: number
  readonly heap: number
}

const settled = async (): Promise<NodeJS.MemoryUsage> => {
  await new Promise((resolve) => setTimeout(resolve, 500))
  for (let i = 0; i < 3; i++) globalThis.gc?.()
  await new Promise((resolve) => setTimeout(resolve, 200))
  return process.memoryUsage()
}

/** Counts what sessions take that `open` opens, and keeps. The times are those of the first. */
export const idleMemory = async (job: IdleJob, open: (count: number) => Promise<unknown>): Promise<Outcome> => {
  const { clients } = job
  // what is loaded and made once is no session's share
  await open(1)
  const before = await settled()
  const started = performance.now()
  const cpu = process.cpuUsage()
  await open(clients)
  const { user, system } = process.cpuUsage(cpu)
  const wallMs = performance.now() - started
  const first = await settled()
  await open(clients)
  const second = await settled()
  await open(clients)
  const third = await settled()
  const memory: IdleMemory = {
    ofTheFirst: (first.rss - before.rss) / clients,
    ofTheNext: (third.rss - second.rss) / clients,
    heap: (third.heapUsed - before.heapUsed) / (3 * clients),
  }
  return {
    units: clients,
    wallMs,
    cpuMs: (user + system) / 1000,
    rss: [before.rss, first.rss, second.rss, third.rss],
    count: clients,
    sum: 0,
    steady: true,
    extra: { ...memory },
  }
}
