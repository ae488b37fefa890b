import type { IdleJob, Outcome } from '../job.ts'
import { rawSocket } from './raw.ts'

/** A thousand bare sockets that have logged in: what Node takes for each, before any client. */
export const bytesIdle = async (job: IdleJob): Promise<Outcome> => {
  const settle = async (): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 500))
    for (let i = 0; i < 3; i++) globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 200))
    return process.memoryUsage.rss()
  }
  const sockets = [await rawSocket(job.target, 'on', () => {})]
  const before = await settle()
  const started = performance.now()
  sockets.push(...(await Promise.all(Array.from({ length: job.clients }, () => rawSocket(job.target, 'on', () => {})))))
  const wallMs = performance.now() - started
  const after = await settle()
  return {
    units: sockets.length - 1,
    wallMs,
    cpuMs: 0,
    rss: [before, after],
    count: sockets.length - 1,
    sum: 0,
    steady: true,
    extra: { bytesPerClient: (after - before) / job.clients },
  }
}
