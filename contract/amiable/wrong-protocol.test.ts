import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { test } from 'node:test'
import { type ClientOptions, connect, createClient } from 'amiable'
import { attempt } from '../support/attempt.ts'

const account = { host: '127.0.0.1', username: 'frank', secret: 'lean', reconnect: false } as const

/** What stands where an Asterisk was expected: what it says at once, and what it says to bytes. */
interface Stranger {
  readonly greets?: string
  readonly answers?: string
  readonly closes?: true
}

interface Case extends Stranger {
  readonly says: RegExp
  /** Nothing but time tells: 300 ms, or what its options say. */
  readonly silent?: true
  readonly options?: Partial<ClientOptions>
}

const strangers: Readonly<Record<string, Case>> = {
  'a web server that waits to be asked': { answers: 'HTTP/1.1 400 Bad Request\r\n\r\n', silent: true, says: /banner/ },
  'a web server that complains': {
    greets: 'HTTP/1.1 408 Request Timeout\r\n\r\n',
    closes: true,
    says: /no AMI server/,
  },
  'an SSH server': { greets: 'SSH-2.0-OpenSSH_9.2p1\r\n', says: /no AMI server/ },
  'a mail server': { greets: '220 mail.example ESMTP\r\n', says: /no AMI server/ },
  'a server that never ends its first line': { greets: 'x'.repeat(100_000), says: /no AMI server/ },
  'bytes of all kinds': { greets: '\x16\x03\x01\x00\x05\0\0\0\xff\xfe\n', says: /no AMI server/ },
  'a banner that never comes': { silent: true, says: /no banner within 300 ms/ },
  'half a banner and nothing after': { greets: 'Asterisk Call Man', silent: true, says: /no banner within 300 ms/ },
  'a banner, and no answer to the login': {
    greets: 'Asterisk Call Manager/11.0.0\r\n',
    silent: true,
    options: { loginTimeout: 1_000 },
    says: /no answer to the login within 1000 ms/,
  },
  'a server that closes at once': { closes: true, says: /closed the connection without a word/ },
  'a banner and a close': {
    greets: 'Asterisk Call Manager/11.0.0\r\n',
    closes: true,
    says: /before the login was over/,
  },
  'a TLS handshake that nobody answers': {
    options: { tls: true, connectTimeout: 300 },
    silent: true,
    says: /no connection within 300 ms/,
  },
  'TLS asked of a server that greets in plain': {
    greets: 'Asterisk Call Manager/11.0.0\r\n',
    options: { tls: true },
    says: /does not speak TLS/,
  },
}

for (const [what, { says, silent, options, ...stranger }] of Object.entries(strangers)) {
  test(`${what} is AMI_CONNECT in words, in time`, async () => {
    await using port = await listening(stranger)
    const started = performance.now()
    const times = silent && { loginTimeout: 300 }
    await assert.rejects(connect({ ...account, port: port.number, ...times, ...options }), {
      code: 'AMI_CONNECT',
      message: says,
      retryable: true,
    })
    const took = performance.now() - started
    assert.ok(took < 6_000, `it took ${took} ms`)
    if (silent) assert.ok(took > 290, `it gave up after ${took} ms`)
    assert.equal(await port.abandoned(), true)
  })
}

test('a stranger is told as what it is: the cause is AMI_PROTOCOL with its first bytes', async () => {
  await using port = await listening({ greets: 'SSH-2.0-OpenSSH_9.2p1\r\n' })
  await assert.rejects(connect({ ...account, port: port.number }), (error: Error) => {
    const cause = error.cause as { code: string; bytes: Uint8Array }
    assert.equal(cause.code, 'AMI_PROTOCOL')
    assert.equal(Buffer.from(cause.bytes).toString(), 'SSH-2.0-OpenSSH_9.2p1')
    return true
  })
})

test('a port where nobody listens is AMI_CONNECT at once', async () => {
  await assert.rejects(connect({ ...account, port: await closedPort() }), {
    code: 'AMI_CONNECT',
    message: /ECONNREFUSED/,
  })
})

test('a name that does not exist is AMI_CONNECT', () =>
  assert.rejects(connect({ ...account, host: 'no-such-host.invalid' }), { code: 'AMI_CONNECT' }))

test('a server that is no AMI is tried again where the policy says so, until it is closed', async () => {
  await using port = await listening({ greets: 'SSH-2.0-OpenSSH_9.2p1\r\n' })
  await using client = createClient({ ...account, port: port.number, reconnect: { initialDelay: 5, maxDelay: 10 } })
  const attempts: number[] = []
  void client.connect().catch(() => {})
  for await (const status of client.status()) {
    if (status.type === 'waiting') attempts.push(status.attempt)
    if (attempts.length === 3) break
  }
  assert.deepEqual(attempts, [1, 2, 3])
})

// each in a process of its own, which must end by itself
const processes: Readonly<Record<string, Stranger>> = {
  'a banner that never comes': {},
  'a server that is no AMI': { greets: 'SSH-2.0-OpenSSH_9.2p1\r\n' },
  'a server that answers no login': { greets: 'Asterisk Call Manager/11.0.0\r\n' },
}
for (const [what, stranger] of Object.entries(processes)) {
  test(`${what} does not hold the process open`, async () => {
    await using port = await listening(stranger)
    const { code } = await attempt({ ...account, port: port.number, loginTimeout: 300 })
    assert.equal(code, 'AMI_CONNECT')
  })
}

test('a wrong port does not hold the process open', async () => {
  const { code } = await attempt({ ...account, port: await closedPort() })
  assert.equal(code, 'AMI_CONNECT')
})

interface Port extends AsyncDisposable {
  readonly number: number
  /** Resolves with true once every connection has been closed from the other side. */
  abandoned(): Promise<boolean>
}

async function listening({ greets, answers, closes }: Stranger): Promise<Port> {
  const sockets = new Set<Socket>()
  const gone: Promise<unknown>[] = []
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    gone.push(new Promise((resolve) => socket.on('close', resolve)))
    socket.on('error', () => {})
    if (greets) socket.write(greets, 'latin1')
    if (closes) socket.end()
    socket.on('data', () => answers && socket.end(answers))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    number: (server.address() as AddressInfo).port,
    abandoned: () => Promise.all(gone).then(() => gone.length > 0),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function closedPort(): Promise<number> {
  await using port = await listening({})
  return port.number
}
