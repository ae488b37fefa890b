import { readFileSync } from 'node:fs'
import { after } from 'node:test'
import { type SimulatedAsterisk, startServer, type UserOptions } from 'amiable/testing'
import type { Target } from '../../targets.ts'
import type { Draws } from '../load.ts'

/** A simulated Asterisk whose events are late, as those of a real one are, until the file's tests are over. */
export async function lateSimulator(): Promise<Target & { readonly more: Draws }> {
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
  for (const name of PROVIDERS) server.system.registration(name)
  return {
    name: 'simulator',
    version: 22,
    real: false,
    full: true,
    host: '127.0.0.1',
    port: server.port,
    username: 'frank',
    secret: 'lean',
    more: telephones(server),
    accounts: { frank: 'lean', readonly: 'ro', calls: 'dial', listener: 'ear' },
  }
}

const ENDPOINTS = ['ep2', 'ep3', 'ep4']
const PROVIDERS = ['provider', 'other']

/** Telephones that come, go and are not reached, and what those say with whom the server registers. */
function telephones({ system }: SimulatedAsterisk): Draws {
  return (random) => {
    const uri = () => `sip:phone@127.0.0.1:${random.integer(5_061, 5_063)}`
    const contact = async (address: string) =>
      system.contact(random.pick(ENDPOINTS), address, random.pick(['Reachable', 'Unreachable', 'NonQualified']))
    const registration = async () =>
      system.registration(random.pick(PROVIDERS), {
        status: random.pick(['Registered', 'Unregistered', 'Rejected']),
      })
    return [
      [6, () => contact(uri())],
      [3, () => contact('')],
      [4, registration],
    ]
  }
}
