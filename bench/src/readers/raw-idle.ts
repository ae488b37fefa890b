import type { Socket } from 'node:net'
import type { IdleJob, Outcome } from '../job.ts'
import { rawSocket } from './raw.ts'

/**
 * A thousand bare sockets that have logged in, beside a thousand others: what Node takes for each, before any client. By
 * then V8's young generation, 16 MB that are not a client's, has grown.
 */
export const bytesIdle = async (job: IdleJob): Promise<Outcome> => {
  const settle = async (): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 500))
    for (let i = 0; i < 3; i++) globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 200))
    return process.memoryUsage.rss()
  }
  const sockets: Socket[] = []
  const more = async (): Promise<void> => {
    const open = () => rawSocket(job.target, 'on', () => {})
    sockets.push(...(await Promise.all(Array.from({ length: job.clients }, open))))
  }
  await more()
  const before = await settle()
  const heap = process.memoryUsage().heapUsed
  const started = performance.now()
  const cpu = process.cpuUsage()
  await more()
  const { user, system } = process.cpuUsage(cpu)
  const wallMs = performance.now() - started
  const after = await settle()
  return {
    units: job.clients,
    wallMs,
    cpuMs: (user + system) / 1000,
    rss: [before, after],
    count: job.clients,
    sum: 0,
    steady: true,
    extra: {
      bytesPerClient: (after - before) / job.clients,
      heapPerClient: (process.memoryUsage().heapUsed - heap) / job.clients,
    },
  }
}
