import type { Socket } from 'node:net'
import type { IdleJob, Outcome } from '../job.ts'
import { idleMemory } from './idle-memory.ts'
import { rawSocket } from './raw.ts'

/** Bare sockets that have logged in: what Node takes for each, before any client. */
export const bytesIdle = async (job: IdleJob): Promise<Outcome> => {
  const sockets: Socket[] = []
  const one = () => rawSocket(job.target, 'on', () => {})
  return idleMemory(job, async (count) => sockets.push(...(await Promise.all(Array.from({ length: count }, one)))))
}
