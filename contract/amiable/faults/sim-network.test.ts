import { after, describe } from 'node:test'
import { startServer } from 'amiable/testing'
import { networkFaults } from './nights/network.ts'

const server = await startServer()
after(() => server.close())
// ten seconds without an answer: what a synchronous Originate to a phone that rings is to its session
server.handle('Originate', async (_, reply) => {
  await reply.delay(10_000)
})

describe('a bad network before the simulator', () => {
  const { host, port } = server
  networkFaults({
    name: 'simulator',
    host,
    port,
    username: 'frank',
    secret: 'lean',
    blocking: { Channel: 'Local/noanswer@default', Application: 'Wait', Timeout: 20_000 },
  })
})
