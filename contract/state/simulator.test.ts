import { readFileSync } from 'node:fs'
import { after } from 'node:test'
import { startServer } from 'amiable/testing'
import { truth } from './truth.ts'

const extensions = new URL('../../tools/servers/asterisk/etc/extensions.conf', import.meta.url)
const users = { frank: { secret: 'lean' } }
const server = await startServer({ users, dialplan: readFileSync(extensions, 'utf8') })
after(() => server.close())
// without it no event is late, and the simulator would agree for the wrong reasons
server.faults.lag()
truth(
  {
    name: 'simulator',
    version: 22,
    real: false,
    full: true,
    host: '127.0.0.1',
    port: server.port,
    username: 'frank',
    secret: 'lean',
    accounts: { frank: 'lean' },
  },
  [1, 2, 3, 4, 5],
)
