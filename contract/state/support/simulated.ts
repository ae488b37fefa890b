import { readFileSync } from 'node:fs'
import { after } from 'node:test'
import { startServer, type UserOptions } from 'amiable/testing'
import type { Target } from '../../targets.ts'

/** A simulated Asterisk whose events are late, as those of a real one are, until the file's tests are over. */
export async function lateSimulator(): Promise<Target> {
  const extensions = new URL('../../../tools/servers/asterisk/etc/extensions.conf', import.meta.url)
  const users: Record<string, UserOptions> = {
    frank: { secret: 'lean' },
    readonly: { secret: 'ro', read: ['call', 'user'], write: ['reporting'] },
    calls: { secret: 'dial', read: ['call'], write: ['call', 'originate'] },
    listener: { secret: 'ear', write: [] },
  }
  const server = await startServer({ users, dialplan: readFileSync(extensions, 'utf8') })
  after(() => server.close())
  // without it no event is late, and the simulator would agree for the wrong reasons
  server.faults.lag()
  return {
    name: 'simulator',
    version: 22,
    real: false,
    full: true,
    host: '127.0.0.1',
    port: server.port,
    username: 'frank',
    secret: 'lean',
    accounts: { frank: 'lean', readonly: 'ro', calls: 'dial', listener: 'ear' },
  }
}
