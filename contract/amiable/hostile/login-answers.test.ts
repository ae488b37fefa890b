// needs: both
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type ClientOptions, connect } from 'amiable'
import { lines, type Play, PlayedServer } from '../../../tools/testbed/played-server.ts'

const BANNER = 'Asterisk Call Manager/11.0.0\r\n'
const success = (id: string) => lines('Response: Success', `ActionID: ${id}`, 'Challenge: 3')

/** How a login ends at a server that says this. */
async function loginTo(play: Play, banner = BANNER, options: Partial<ClientOptions> = {}) {
  await using server = await PlayedServer.start(play, { banner })
  const secret = () => wait(50, 'lean')
  const account = { host: '127.0.0.1', port: server.port, username: 'frank', secret }
  const times = { loginTimeout: 1_000, reconnect: false } as const
  const outcome = await connect({ ...account, ...times, ...options }).then(
    (ami) => {
      ami.destroy()
      return 'connected'
    },
    (error) => error,
  )
  return { outcome, heard: server.sessions[0]?.heard ?? [] }
}

describe('what comes before the Login was written is no answer to it', () => {
  const twice = lines('Response: Success', 'Challenge: 1').repeat(2)
  const silent: Play = () => ''
  const cases: Readonly<Record<string, readonly [play: Play, banner: string, heard: readonly string[]]>> = {
    'two answers to the Challenge': [({ name }) => (name === 'Challenge' ? twice : ''), BANNER, ['Challenge', 'Login']],
    'two answers with its ActionID': [
      ({ name, id }) => (name === 'Challenge' ? success(id).repeat(2) : ''),
      BANNER,
      ['Challenge', 'Login'],
    ],
    'answers right behind the banner': [silent, BANNER + twice, ['Challenge']],
    'answers to names that can be guessed': [silent, BANNER + success('challenge') + success('login'), ['Challenge']],
  }
  for (const [what, [play, banner, heard]] of Object.entries(cases)) {
    test(what, async () => {
      const login = await loginTo(play, banner)
      assert.equal(login.outcome.code, 'AMI_CONNECT')
      assert.deepEqual(login.heard, heard)
    })
  }

  test('answers right behind the banner, with auth: plain', async () => {
    const login = await loginTo(silent, BANNER + twice, { auth: 'plain' })
    assert.equal(login.outcome.code, 'AMI_CONNECT')
    assert.deepEqual(login.heard, ['Login'])
  })
})

test('a stranger cannot answer the questions of the login and of the boot check: their ActionIDs are never the same', async () => {
  const ids: string[] = []
  const play: Play = ({ name, id }) => {
    ids.push(id)
    return name === 'ListCommands' ? lines('Response: Success', `ActionID: ${id}`, 'Ping: a') : undefined
  }
  for (let i = 0; i < 3; i++) assert.equal((await loginTo(play)).outcome, 'connected')
  assert.ok(ids.length >= 9)
  assert.equal(new Set(ids).size, ids.length)
  for (const id of ids) assert.match(id, /^[0-9a-v]{16}$/)
})

test('an answer past the limit is told as such, at once', async () => {
  for (const asked of ['Challenge', 'Login']) {
    const play: Play = ({ name, id }) =>
      name === asked ? lines('Response: Success', `ActionID: ${id}`, `Challenge: ${'1'.repeat(100_000)}`) : undefined
    const { outcome } = await loginTo(play, BANNER, { loginTimeout: 60_000 })
    assert.equal(outcome.code, 'AMI_CONNECT')
    assert.match(outcome.message, /the answer to the login is too long/)
    assert.equal(outcome.cause.code, 'AMI_LIMIT')
  }
})

test('a refusal with a text past the limit is a refusal, at once', async () => {
  const play: Play = ({ name, id }) =>
    name === 'Login' ? lines('Response: Error', `ActionID: ${id}`, `Message: ${'no'.repeat(50_000)}`) : undefined
  const { outcome } = await loginTo(play, BANNER, { loginTimeout: 60_000 })
  assert.deepEqual([outcome.code, outcome.retryable], ['AMI_AUTH', false])
})
