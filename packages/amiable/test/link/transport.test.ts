import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { describe, test } from 'node:test'
import { createServer as createTlsServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls'
import { authority, expired, good, otherName } from '../../../../tools/testbed/certificates.ts'
import { PlayedServer, PlayedSession } from '../../../../tools/testbed/played-server.ts'
import { Relay } from '../../../../tools/testbed/relay.ts'
import { connect, createClient } from '../../src/client/connect.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import type { ConnectError } from '../../src/errors.ts'
import { explain } from '../../src/link/transport.ts'
import { deferred } from '../../src/util/deferred.ts'

const account = { username: 'frank', secret: 'lean', host: '127.0.0.1', reconnect: false } as const

async function listen(server: Server): Promise<number> {
  const listening = deferred<void>()
  server.listen(0, '127.0.0.1', () => listening.resolve())
  await listening.promise
  return (server.address() as { port: number }).port
}

/** An AMI server over TLS, for the time of a test. */
async function withTls(
  options: TlsOptions,
  work: (port: number, sockets: TLSSocket[]) => Promise<void>,
): Promise<void> {
  const sockets: TLSSocket[] = []
  const server = createTlsServer(options, (socket) => {
    sockets.push(socket)
    new PlayedSession(socket)
  })
  server.on('tlsClientError', () => {})
  const port = await listen(server)
  try {
    await work(port, sockets)
  } finally {
    for (const socket of sockets) socket.destroy()
    const closed = deferred<void>()
    server.close(() => closed.resolve())
    await closed.promise
  }
}

const failure = async (options: Partial<ClientOptions>) => {
  const error = await connect({ ...account, ...options }).then(
    () => assert.fail('it connected'),
    (error: ConnectError) => error,
  )
  assert.equal(error.code, 'AMI_CONNECT')
  return error
}

describe('over TCP', () => {
  test('a client connects, calls and closes', async () => {
    await using server = await PlayedServer.start()
    await using client = await connect({ ...account, port: server.port })
    assert.equal((await client.sendRaw('Ping')).success, true)
    assert.equal(client.name, `127.0.0.1:${server.port}`)
  })

  test("a name's addresses are tried, whichever the server listens on", async () => {
    await using server = await PlayedServer.start()
    await using client = await connect({ ...account, host: 'localhost', port: server.port })
    assert.equal(client.state, 'ready')
  })

  test('nobody there is AMI_CONNECT, with the error beneath', async () => {
    const server = await PlayedServer.start()
    const { port } = server
    await server[Symbol.asyncDispose]()
    const error = await failure({ port })
    assert.match(error.message, /ECONNREFUSED/)
    assert.equal((error.cause as NodeJS.ErrnoException).code, 'ECONNREFUSED')
  })

  test('a name that does not exist is AMI_CONNECT', async () => {
    const error = await failure({ host: 'no-such-host.invalid', port: 5038 })
    assert.match(error.message, /no-such-host\.invalid/)
  })

  test('a server that accepts and says nothing ends at the login timeout', async () => {
    await using server = await PlayedServer.start(undefined, { banner: '' })
    const error = await failure({ port: server.port, loginTimeout: 30 })
    assert.match(error.message, /no banner within 30 ms/)
  })

  test('a reset is told as what it is, and the next link comes', async () => {
    await using server = await PlayedServer.start()
    await using client = createClient({ ...account, port: server.port, reconnect: () => 1 })
    const statuses = client.status()
    const until = async (type: string) => {
      for (;;) {
        const { value } = await statuses.next()
        if (value?.type === type) return value
      }
    }
    await client.connect()
    server.sessions[0]?.socket.resetAndDestroy()
    const lost = await until('lost')
    assert.equal((lost.error.cause as NodeJS.ErrnoException).code, 'ECONNRESET')
    assert.equal(lost.eventsMissing, true)
    assert.equal((await until('ready')).epoch, 2)
  })
})

describe('over TLS', () => {
  test('a client connects to a server that it can verify, and 500 actions in one turn are all answered', async () => {
    await withTls(good, async (port) => {
      await using client = await connect({ ...account, port, tls: { ca: authority }, maxInFlight: 500 })
      const replies = await Promise.all(Array.from({ length: 500 }, () => client.sendRaw('Ping')))
      assert.equal(replies.filter(({ success }) => success).length, 500)
    })
  })

  test('the session is resumed on the next link', async () => {
    await withTls(good, async (port, sockets) => {
      await using client = await connect({ ...account, port, tls: { ca: authority }, reconnect: () => 1 })
      await client.sendRaw('Ping')
      const next = deferred<void>()
      void (async () => {
        for await (const { type } of client.status()) if (type === 'ready') next.resolve()
      })()
      sockets[0]?.destroy()
      await next.promise
      assert.equal(sockets[1]?.isSessionReused(), true)
    })
  })

  for (const [what, bytes, code] of [
    ['a record that was changed on its way', '\x17\x03\x03\x00\x40', 'DECRYPTION_FAILED_OR_BAD_RECORD_MAC'],
    ['a record that is none', 'HTTP/1.1 502 Bad Gateway\r\n', 'WRONG_VERSION_NUMBER'],
  ] as const) {
    test(`${what} in the middle ends the connection at once, and the next one comes`, async () => {
      await withTls(good, async (port) => {
        await using relay = await Relay.to(port)
        const options = { tls: { ca: authority }, reconnect: () => 1, keepalive: false } as const
        await using client = await connect({ ...account, ...options, port: relay.port })
        const statuses = client.status()
        ;(await relay.halves).near.write(bytes + '\0'.repeat(64), 'latin1')
        const seen: string[] = []
        for await (const status of statuses) {
          seen.push(status.type)
          if (status.type === 'lost') {
            assert.match(
              status.error.message,
              new RegExp(`the connection was lost: TLS failed: [a-z ]+ \\(ERR_SSL_${code}\\)$`),
            )
          }
          if (status.type === 'ready') break
        }
        assert.deepEqual(seen, ['lost', 'waiting', 'connecting', 'ready'])
      })
    })
  }

  for (const [what, certificate, options, pattern] of [
    ['an unknown authority', good, {}, /unknown authority|self-signed/],
    ['another name', otherName, { ca: authority }, /for another name \(ERR_TLS_CERT_ALTNAME_INVALID\)/],
    ['an expired certificate', expired, { ca: authority }, /has expired \(CERT_HAS_EXPIRED\)/],
  ] as const) {
    test(`${what} is refused, in words`, async () => {
      await withTls(certificate, async (port, sockets) => {
        const error = await failure({ port, tls: options })
        assert.match(error.message, pattern)
        for (const socket of sockets) assert.equal(socket.bytesRead, 0)
      })
    })
  }

  test('verification can be turned off', async () => {
    await withTls(expired, async (port) => {
      await using client = await connect({ ...account, port, tls: { rejectUnauthorized: false } })
      assert.equal(client.state, 'ready')
    })
  })

  test('a server that speaks no TLS is told as such', async () => {
    await using server = await PlayedServer.start()
    const error = await failure({ port: server.port, tls: true })
    assert.match(error.message, /does not speak TLS/)
  })

  test('a handshake that never ends does at the connect timeout', async () => {
    const server = createServer(() => {})
    const port = await listen(server as unknown as Server)
    const error = await failure({ port, tls: true, connectTimeout: 30 })
    assert.match(error.message, /no connection within 30 ms/)
    server.close()
  })

  test('a client without TLS at a server with it is no AMI', async () => {
    await withTls(good, async (port) => {
      const error = await failure({ port, loginTimeout: 200 })
      assert.match(error.message, /no banner|no AMI server|ended|closed/)
    })
  })
})

describe('explain', () => {
  test('says what is known of a code, and keeps the code', () => {
    const of = (code: string, message = 'x') => explain(Object.assign(new Error(message), { code }))
    assert.equal(of('CERT_HAS_EXPIRED'), 'the certificate has expired (CERT_HAS_EXPIRED)')
    assert.equal(of('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'), 'connect ECONNREFUSED 127.0.0.1:1')
    assert.equal(of('EWHAT', ''), 'EWHAT')
    const raw = '807CA761AD7F0000:error:0A0000C6:SSL routines:ssl3_get_record:packet length too long:../deps/x.c:379:'
    const long = Object.assign(new Error(raw), {
      code: 'ERR_SSL_PACKET_LENGTH_TOO_LONG',
      reason: 'packet length too long',
    })
    assert.equal(explain(long), 'TLS failed: packet length too long (ERR_SSL_PACKET_LENGTH_TOO_LONG)')
    assert.equal(explain(Object.assign(new Error(raw), { code: 'EPROTO' }), true), 'TLS failed (EPROTO)')
  })

  test('lists every address that was tried', () => {
    assert.equal(explain(new AggregateError([new Error('a'), new Error('b')], '')), 'a, b')
  })

  test('has words for what is no error', () => {
    for (const value of [undefined, null, 'x', new Error('')]) assert.equal(explain(value), 'the socket failed')
  })
})
