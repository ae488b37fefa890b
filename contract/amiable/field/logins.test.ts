// needs: both
// Logins of old installations, of bad nights and of wrong ports.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { AuthError, type ClientOptions, connect, createClient, type Status } from 'amiable'
import { good } from '../../../tools/testbed/certificates.ts'
import { lines, type Play, PlayedServer } from '../../../tools/testbed/played-server.ts'
import { optionsFor } from '../../support/client.ts'
import { withManagerConf } from '../../support/manager-conf.ts'
import { withAsterisk } from '../../targets.ts'

const account = { host: '127.0.0.1', username: 'frank', secret: 'lean' } as const
const refused: Play = ({ name, id }) =>
  name === 'Login' ? lines('Response: Error', `ActionID: ${id}`, 'Message: Authentication failed') : undefined

/** The next status of a type. */
async function next<T extends Status['type']>(statuses: AsyncIterator<Status>, type: T) {
  for (;;) {
    const { value } = await statuses.next()
    if (value?.type === type) return value as Extract<Status, { type: T }>
    assert.ok(value, `the client ended before it said ${type}`)
  }
}

for (const version of [22, 16] as const) {
  withAsterisk(version, (target) => {
    test(`${target.name}: a secret in Latin-1 logs in where encoding says so, with and without a challenge`, () =>
      withManagerConf(
        target,
        '\n[old]\nsecret = pässwörd\nread = all\nwrite = all\n\n[jörg]\nsecret = ä\nread = all\n',
        async () => {
          for (const [username, secret] of [
            ['old', 'pässwörd'],
            ['jörg', 'ä'],
          ] as const) {
            for (const auth of ['md5', 'plain'] as const) {
              await using ami = await connect(optionsFor(target, { username, secret, auth, encoding: 'latin1' }))
              assert.equal((await ami.send('Ping')).Ping, 'Pong')
            }
          }
          await assert.rejects(connect(optionsFor(target, { username: 'old', secret: 'pässwörd' })), {
            code: 'AMI_AUTH',
          })
        },
      ))

    test(`${target.name}: a login that is refused on the way back, because the account is away, works once it is there`, async () => {
      const section = '\n[comesback]\nsecret = lean\nread = all\nwrite = all\n'
      let back = Promise.resolve()
      const secret = () => back.then(() => 'lean')
      const reconnect = { initialDelay: 50, maxDelay: 1_000 }
      // the last attempt is not made before the account is there again, however long that takes
      const options = optionsFor(target, { username: 'comesback', secret, reconnect, loginTimeout: 60_000 })
      let client: Awaited<ReturnType<typeof connect>> | undefined
      await withManagerConf(target, section, async () => {
        client = await connect(options)
      })
      await using ami = client as NonNullable<typeof client>
      const statuses = ami.status()
      // Logoff, by hand: the server ends the connection, and has no such account any more
      await ami.sendRaw('Logoff').catch(() => {})
      for (;;) {
        const { error } = await next(statuses, 'lost')
        if (error.code !== 'AMI_AUTH') continue
        assert.equal(error.retryable, true)
        break
      }
      let isBack = () => {}
      back = new Promise((resolve) => {
        isBack = resolve
      })
      await withManagerConf(target, section, async () => {
        isBack()
        assert.equal((await next(statuses, 'ready')).epoch, 2)
      })
    })
  })
}

describe('a refused login', () => {
  test('after one that worked is tried again, three times and spaced, and then the client ends with it', async () => {
    const logins: number[] = []
    let first = true
    const play: Play = (action, session) => {
      if (action.name !== 'Login') return undefined
      logins.push(performance.now())
      if (!first) return refused(action, session)
      first = false
      return undefined
    }
    await using server = await PlayedServer.start(play)
    await using ami = await connect({
      ...account,
      port: server.port,
      reconnect: { initialDelay: 5, maxDelay: 100, jitter: 0 },
    })
    server.session.socket.end()
    const { by, error } = await ami.closed
    assert.equal(by, 'failed')
    assert.ok(error instanceof AuthError)
    assert.equal(logins.length, 5)
    for (let i = 2; i < 5; i++) assert.ok((logins[i] ?? 0) - (logins[i - 1] ?? 0) > 90)
  })

  test('once, after one that worked, costs nothing but time', async () => {
    let count = 0
    const play: Play = (action, session) =>
      action.name === 'Login' && ++count === 2 ? refused(action, session) : undefined
    await using server = await PlayedServer.start(play)
    await using ami = await connect({ ...account, port: server.port, reconnect: { maxDelay: 50 } })
    const statuses = ami.status()
    const call = ami.send('Getvar', { Variable: 'X' }, { retry: true })
    server.session.socket.end()
    await next(statuses, 'ready')
    await call
    assert.deepEqual([ami.epoch, count], [2, 3])
  })

  test('that is the first is final, and says which server and which user', async () => {
    await using server = await PlayedServer.start(refused)
    const ami = createClient({ ...account, name: 'pbx7', port: server.port })
    await assert.rejects(ami.connect(), (error: Error) => {
      assert.ok(error instanceof AuthError)
      assert.match(error.message, /^pbx7: .*frank.*Authentication failed/)
      return true
    })
    assert.equal((await ami.closed).by, 'failed')
    assert.equal(server.sessions.length, 1)
  })

  test('is whatever the policy of a program makes of it', async () => {
    const asked: [string, boolean][] = []
    let first = true
    const play: Play = (action, session) => {
      if (action.name !== 'Login' || !first) return refused(action, session)
      first = false
      return undefined
    }
    await using server = await PlayedServer.start(play)
    const reconnect: ClientOptions['reconnect'] = (_, cause) => {
      asked.push([cause.code, cause.retryable])
      return asked.length > 5 ? false : 5
    }
    await using ami = await connect({ ...account, port: server.port, reconnect })
    server.session.socket.end()
    await ami.closed
    assert.deepEqual(asked, [
      ['AMI_LOST', true],
      ['AMI_AUTH', true],
      ['AMI_AUTH', true],
      ['AMI_AUTH', true],
      ['AMI_AUTH', false],
      ['AMI_AUTH', false],
    ])
  })
})

describe('a port where no AMI speaks names the likelier causes', () => {
  /** What is said of a port on which a server does this with each connection. */
  async function said(act: (socket: Socket) => void, options: Partial<ClientOptions> = {}): Promise<string> {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      act(socket)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const error = await connect({
      ...account,
      port,
      reconnect: false,
      ...options,
    }).then(
      () => assert.fail(),
      (reason: Error & { code?: string }) => reason,
    )
    for (const socket of sockets) socket.destroy()
    server.close()
    assert.equal(error.code, 'AMI_CONNECT')
    assert.match(error.message, /^[\x20-\x7e]+$/)
    return error.message
  }

  test('TLS, spoken to in plain', async () => {
    await using server = Object.assign(createTlsServer(good), {
      async [Symbol.asyncDispose]() {
        server.close()
      },
    })
    server.on('tlsClientError', () => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const failed = connect({ ...account, port, reconnect: false, loginTimeout: 300 })
    await assert.rejects(failed, {
      code: 'AMI_CONNECT',
      message: /no banner within 300 ms: it may speak TLS \(set tls\)/,
    })
  })

  test('TLS that complains of what is none', async () => {
    assert.match(await said((socket) => socket.end(Buffer.from('15030100020228', 'hex'))), /speaks TLS: set tls/)
  })

  test('a published port of a container with nobody behind it: closed, or reset, at once', async () => {
    const likely = /without a word: .*nobody listens behind the port \(a container.*TLS \(set tls\)/
    assert.match(await said((socket) => socket.end()), likely)
    assert.match(await said((socket) => socket.resetAndDestroy()), likely)
    assert.match(await said((socket) => socket.resetAndDestroy()), /ECONNRESET/)
    const secured = await said((socket) => socket.end(), { tls: true })
    assert.match(secured, /without a word: .*nobody listens behind the port \(a container.*or it speaks no TLS$/)
  })

  test('a web server, one that waits to be asked, and TLS to what speaks none', async () => {
    assert.match(await said((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')), /one of HTTP.*5038/)
    assert.match(await said(() => {}, { loginTimeout: 300 }), /no banner within 300 ms.*no AMI port/)
    const secured = { tls: true, connectTimeout: 300 }
    assert.match(await said(() => {}, secured), /no connection within 300 ms, TLS included/)
  })
})
