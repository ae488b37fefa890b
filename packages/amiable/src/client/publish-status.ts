import { publish } from '../diagnostics.ts'
import type { Status } from '../link/status.ts'

/** Publishes what happens to a link on its diagnostics channel, where it has one. */
export function publishStatus(source: string, status: Status): void {
  switch (status.type) {
    case 'connecting':
      publish('ami:connect', () => ({ source, attempt: status.attempt }))
      break
    case 'ready':
      publish('ami:login', () => ({ source, epoch: status.epoch, version: status.version }))
      break
    case 'lost':
      publish('ami:lost', () => ({ source, error: status.error, rejected: status.rejected }))
      break
    case 'waiting':
      publish('ami:reconnect', () => ({ source, delay: status.delay, attempt: status.attempt }))
      break
  }
}
