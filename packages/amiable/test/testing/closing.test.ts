import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { authority, expired, good } from '../../../../tools/testbed/certificates.ts'
import { runProgram } from '../../../../tools/testbed/child.ts'
import { RawClient } from '../../../../tools/testbed/raw-client.ts'
import { connect } from '../../src/client/connect.ts'
import { startServer } from '../../src/testing/index.ts'
import { settle } from '../../src/testing/time/settle.ts'

const account = { host: '127.0.0.1', username: 'frank', secret: 'lean', reconnect: false } as const

test('close resolves although a client refused the certificate, and nothing came under it', async () => {
  const server = await startServer({ tls: expired })
  await assert.rejects(connect({ ...account, port: server.port, tls: { ca: authority } }), { code: 'AMI_CONNECT' })
  assert.deepEqual(server.calls, [])
  await server.close()
})

for (const bytes of ['', '\x16\x03\x01', 'Action: Ping\r\n\r\n']) {
  test(`close ends a connection whose handshake stands at ${JSON.stringify(bytes)}`, async () => {
    const server = await startServer({ tls: good })
    const socket = connectTcp(server.port, server.host)
    socket.on('error', () => {})
    const closed = new Promise((resolve) => socket.on('close', resolve))
    await once(socket, 'connect')
    socket.write(bytes)
    socket.resume()
    // the server accepts in order: it has this one as well
    using _ = await RawClient.open(server.port, true)
    await server.close()
    await closed
  })
}

test('over TLS a session may be half open: what is under way still goes out', async () => {
  await using server = await startServer({ tls: good })
  server.faults.splitAt(10)
  using client = await RawClient.open(server.port, true)
  client.send('Action: Login\r\nUsername: frank\r\nSecret: lean\r\nEvents: off\r\n\r\n')
  client.socket.end()
  await client.closed()
  assert.match(client.text, /Authentication accepted\r\n\r\n$/)
})

test('close is for good, also in the middle of a restart', async () => {
  for (const options of [{}, { late: 0 }, { late: 60_000 }, { late: 0, downtime: 60_000 }]) {
    const server = await startServer()
    const restarted = server.restart(options)
    if (options.downtime !== undefined) while (await isListening(server)) await settle()
    await server.close()
    await restarted
    assert.equal(await isListening(server), false)
  }
})

async function isListening({ port, host }: { readonly port: number; readonly host: string }): Promise<boolean> {
  const socket = connectTcp(port, host)
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ECONNREFUSED')
    return false
  } finally {
    socket.destroy()
  }
}

test('a process ends by itself once a server is closed that was refused', async () => {
  const file = fileURLToPath(new URL('../support/closing-child.ts', import.meta.url))
  assert.deepEqual(await runProgram(file), { code: 0, output: 'closed\n' })
})
