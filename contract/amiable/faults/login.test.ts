import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { describe, test } from 'node:test'
import { type AmiError, type ClientOptions, connect, createClient } from 'amiable'
import { type SimulatedAsterisk, startServer } from 'amiable/testing'
import { Night, within } from './nights/fault-session.ts'
import { record } from './nights/results.ts'

type ServerOptions = Parameters<typeof startServer>[0]

const account = { username: 'frank', secret: 'lean' }

/** What a login that fails is told, and how long it took. */
async function failure(
  kind: string,
  { host, port }: { host: string; port: number },
  options: Partial<ClientOptions> = {},
) {
  const start = performance.now()
  const attempt = connect({ host, port, ...account, reconnect: false, ...options })
  const error: AmiError = await within(
    20_000,
    kind,
    attempt.then(
      () => assert.fail('it logged in'),
      (reason) => reason,
    ),
  )
  record({ kind, where: 'simulator', ms: performance.now() - start })
  return error
}

describe('a login that fails says what kind of failure it was', () => {
  type Case = [
    kind: string,
    fault: (server: SimulatedAsterisk) => unknown,
    code: string,
    text: RegExp,
    timeout?: number,
  ]
  const cases: Case[] = [
    [
      'login refused',
      ({ faults }) => faults.refuseLogin(),
      'AMI_AUTH',
      /: the login of frank was refused: Authentication failed$/,
    ],
    ['login in use', ({ faults }) => faults.refuseLogin('Login Already In Use'), 'AMI_AUTH', /Login Already In Use/],
    [
      'login while shutting down',
      ({ faults }) => faults.refuseLogin('Asterisk is shutting down'),
      'AMI_CONNECT',
      /shutting down/,
    ],
    [
      'login slow',
      ({ faults }) => faults.delayLogin(20_000),
      'AMI_CONNECT',
      /no answer to the login within 1000 ms/,
      1_000,
    ],
    ['accepted, then silence', ({ faults }) => faults.silent(), 'AMI_CONNECT', /no banner within 200 ms/, 200],
    ['no banner', ({ faults }) => faults.noBanner(), 'AMI_CONNECT', /no banner within 200 ms/, 200],
    [
      'another protocol',
      ({ faults }) => faults.banner('SSH-2.0-OpenSSH_9.2\r\n'),
      'AMI_CONNECT',
      /it is no AMI server/,
    ],
    [
      'closed with no byte',
      ({ faults }) => faults.refuseConnection(),
      'AMI_CONNECT',
      /without a word: its authlimit may be reached/,
    ],
    [
      'reset at the login',
      ({ faults }) => faults.reset({ action: 'Login' }),
      'AMI_CONNECT',
      /before the login was over|reset/i,
    ],
  ]
  for (const [kind, fault, code, text, loginTimeout] of cases) {
    test(kind, async () => {
      await using server = await startServer()
      fault(server)
      const error = await failure(kind, server, { loginTimeout })
      assert.equal(error.code, code)
      assert.match(error.message, text)
    })
  }

  test('what is no AMI server is shown by its first bytes', async () => {
    await using server = await startServer()
    server.faults.banner('HTTP/1.1 400 Bad Request\r\n')
    const error = await failure('another protocol', server)
    assert.equal((error.cause as AmiError).code, 'AMI_PROTOCOL')
    assert.match((error.cause as AmiError).message, /HTTP\/1\.1 400/)
  })

  test('a full authlimit closes the next connection with no byte', async () => {
    await using server = await startServer({ authLimit: 1 } satisfies ServerOptions)
    const first = connectTcp(server.port, server.host)
    await once(first, 'data')
    const error = await failure('authlimit reached', server)
    assert.match(error.message, /authlimit may be reached/)
    assert.equal(error.retryable, true)
    first.destroy()
  })

  test('a login that came twice in the challenge is not taken for accepted', async () => {
    await using server = await startServer()
    server.faults.twice({ action: 'Challenge' })
    server.faults.refuseLogin()
    const error = await failure('challenge answered twice', server)
    assert.equal(error.code, 'AMI_AUTH')
    assert.deepEqual(
      server.calls.map(({ name }) => name),
      ['Challenge', 'Login'],
    )
  })

  test('a login in use is tried again and succeeds once the other session is gone', async () => {
    await using server = await startServer({ allowMultipleLogin: false })
    const { host, port } = server
    const first = await connect({ host, port, ...account })
    await using night = new Night({ host, port, ...account })
    const refused = await night.client.connect().catch((error) => error)
    assert.match(refused.message, /Login Already In Use/)
    assert.equal(refused.retryable, true)
    await first.close()
    await night.status('ready', 0)
    await night.hearsItself()
  })

  test('a wrong secret ends the client, unless the policy says otherwise', async () => {
    await using server = await startServer()
    const { host, port } = server
    const client = createClient({ host, port, username: 'frank', secret: 'wrong' })
    await assert.rejects(client.connect(), { code: 'AMI_AUTH' })
    assert.equal((await client.closed).by, 'failed')
    let attempts = 0
    const secret = () => (++attempts < 3 ? 'wrong' : 'lean')
    await using night = new Night({ host, port, username: 'frank', secret, reconnect: () => 5 })
    night.client.connect().catch(() => {})
    await night.status('ready', 0)
    assert.equal(attempts, 3)
  })

  test('nothing but the challenge and the login is written before the server accepts', async () => {
    await using server = await startServer()
    const { host, port } = server
    server.faults.delayLogin(100)
    await using night = new Night({ host, port, ...account })
    night.client.connect().catch(() => {})
    const calls = Array.from({ length: 5 }, () => night.client.send('Ping'))
    await server.waitFor('Login')
    assert.deepEqual(
      server.calls.map(({ name }) => name),
      ['Challenge', 'Login'],
    )
    await Promise.all(calls)
    assert.deepEqual(
      server.calls.slice(2).map(({ name, outcome }) => [name, outcome]),
      Array(5).fill(['Ping', 'executed']),
    )
  })

  test('a policy that throws, or gives nonsense, falls back to the default', async () => {
    for (const reconnect of [() => assert.fail('a bug of the policy'), () => Number.NaN, () => -1]) {
      await using server = await startServer()
      const { host, port } = server
      await using night = await Night.begin({ host, port, ...account, reconnect })
      const from = night.statuses.length
      server.disconnect({ reset: true })
      await night.status('ready', from)
      await night.hearsItself()
    }
  })
})

describe('the end of a session says as much as the wire does', () => {
  test('a server that shuts down has said so', async () => {
    await using server = await startServer()
    await using night = await Night.begin({ host: server.host, port: server.port, ...account })
    await server.shutdown()
    const lost = await night.status('lost', 0)
    assert.match(lost.error.message, /the server said: Shutdown Cleanly/)
  })

  test('a session that was kicked has heard nothing, and the error claims nothing', async () => {
    await using server = await startServer()
    await using night = await Night.begin({ host: server.host, port: server.port, ...account })
    server.disconnect({ user: 'frank' })
    const lost = await night.status('lost', 0)
    assert.match(lost.error.message, /the server ended the connection$/)
    assert.equal(lost.eventsMissing, false)
    await night.status('ready', 2)
  })
})
