// TLS that is broken in the middle: both ends see that the connection is over.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { authority, good } from '../../../../tools/testbed/certificates.ts'
import { Relay } from '../../../../tools/testbed/relay.ts'
import { connect } from '../../src/client/connect.ts'
import { startProxy, startServer } from '../../src/testing/index.ts'

const RECORD = Buffer.concat([Buffer.from([0x17, 3, 3, 0, 0x40]), Buffer.alloc(64)])
const account = { username: 'frank', secret: 'lean', reconnect: false, keepalive: false } as const

test('a simulated server ends a session of which it cannot read a record', async () => {
  await using server = await startServer({ users: { frank: 'lean' }, tls: good })
  await using relay = await Relay.to(server.port)
  const client = await connect({ ...account, port: relay.port, tls: { ca: authority } })
  const { near, far } = await relay.halves
  // the client is not to hear of it, and to end the connection itself
  far.unpipe(near)
  far.write(RECORD)
  while (server.sessions.length > 0) await turn()
  client.destroy()
  near.destroy()
  far.destroy()
})

test('a proxy ends both halves when it cannot read a record of the server', async () => {
  await using server = await startServer({ users: { frank: 'lean' }, tls: good })
  await using relay = await Relay.to(server.port)
  const proxy = await startProxy({ target: { port: relay.port, tls: { ca: authority } } })
  const client = await connect({ ...account, port: proxy.port })
  const { near, far } = await relay.halves
  near.write(RECORD)
  const { error } = await client.closed
  assert.match(error?.message ?? '', /the connection was lost/)
  while (server.sessions.length > 0) await turn()
  await proxy.close()
  far.destroy()
})
