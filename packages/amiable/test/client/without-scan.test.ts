import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'

test('a client says so where there is nothing to scan with, and works', async () => {
  // before the library is there, as under --jitless
  Reflect.deleteProperty(globalThis, 'WebAssembly')
  const { connect, createClient } = await import('../../src/client/connect.ts')
  const { startServer } = await import('../../src/testing/server.ts')
  await using server = await startServer({ users: { frank: 'lean' } })
  const options = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
  assert.doesNotMatch(inspect(createClient(options)), /scan/, 'nothing was read yet')
  await using ami = await connect(options)
  assert.equal((await ami.send('Ping')).Ping, 'Pong')
  assert.match(inspect(ami), / 0 calls in flight, read without the scan \(no WebAssembly, or no room for it\)$/)
})
