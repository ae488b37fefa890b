import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { connect, createClient, type Status } from 'amiable'
import { isCareful } from '../../../tools/testbed/careful.ts'
import { attempt } from '../../support/attempt.ts'
import { nextEvent, optionsFor, withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

const auths = ['md5', 'plain'] as const

/** Who gets in, who does not, and what is told of it. */
export function login(target: Target): void {
  const { name } = target
  for (const auth of auths) {
    test(`${name}: a right secret logs in (${auth})`, () =>
      withClient(
        target,
        async (ami) => {
          assert.equal(ami.state, 'ready')
          assert.equal((await ami.send('Ping')).Ping, 'Pong')
        },
        { auth },
      ))

    test(`${name}: a wrong secret is refused with AMI_AUTH, and the client is over (${auth})`, async () => {
      const client = createClient(optionsFor(target, { auth, secret: 'wrong' }))
      await assert.rejects(client.connect(), { code: 'AMI_AUTH', message: /Authentication failed/, retryable: false })
      const { by, error } = await client.closed
      assert.equal(by, 'failed')
      assert.equal((error as { code?: string }).code, 'AMI_AUTH')
      assert.equal(client.state, 'closed')
    })

    test(`${name}: nobody's name is refused like a wrong secret (${auth})`, () =>
      assert.rejects(connect(optionsFor(target, { auth, username: 'nobody' })), {
        code: 'AMI_AUTH',
        message: /Authentication failed/,
      }))
  }

  test(`${name}: a client reads by the scan, but for a run that is to be without it`, () =>
    withClient(target, async (ami) => assert.equal(inspect(ami).includes('read without the scan'), isCareful())))

  test(`${name}: a refused login does not hold the process open`, async () => {
    const outcome = await attempt(optionsFor(target, { secret: 'wrong' }))
    assert.equal(outcome.code, 'AMI_AUTH')
  })

  test(`${name}: a refused login is not tried again, though reconnecting is on`, async () => {
    const client = createClient({ ...optionsFor(target), secret: 'wrong', reconnect: {} })
    const told: string[] = []
    const watching = (async () => {
      for await (const { type } of client.status()) told.push(type)
    })()
    await assert.rejects(client.connect(), { code: 'AMI_AUTH' })
    await watching
    assert.deepEqual(told, ['connecting', 'lost', 'closed'])
  })

  test(`${name}: a secret may be a function, asked at the login`, async () => {
    let asked = 0
    const secret = async () => {
      asked++
      return target.secret
    }
    await withClient(target, async () => assert.equal(asked, 1), { secret })
  })

  // manager.c:authenticate compares with strcasecmp
  test(`${name}: a user's name is taken in any case of letters`, () =>
    withClient(target, async (ami) => assert.equal((await ami.send('Ping')).Ping, 'Pong'), {
      username: target.username.toUpperCase(),
    }))

  test(`${name}: the banner's AMI version is kept`, () =>
    withClient(target, async (ami) => {
      assert.match(ami.version, /^\d+\.\d+(?:\.\d+)?$/)
      if (target.version >= 15) assert.equal(Number(ami.version.split('.')[0]), target.version - 11)
    }))

  test(`${name}: status() tells that the server has booted, after ready`, async () => {
    assert.deepEqual(await statuses(target, {}, 'booted'), ['connecting', 'ready', 'booted'])
  })

  test(`${name}: FullyBooted is an event like others`, async () => {
    await using client = createClient(optionsFor(target))
    const booted = nextEvent(client, 'FullyBooted')
    await client.connect()
    assert.equal((await booted).Event, 'FullyBooted')
  })

  test(`${name}: with events off nothing says that it has booted, and ready comes all the same`, async () => {
    assert.deepEqual(await statuses(target, { events: 'off' }), ['connecting', 'ready', 'closed'])
  })

  if (!target.full) return

  // FullyBooted is of the class system (manager.c:action_login asks for it)
  test(`${name}: an account without the class system is ready without FullyBooted`, async () => {
    assert.deepEqual(await statuses(target, { account: 'nosystem' }), ['connecting', 'ready', 'closed'])
  })

  // manager.c:authenticate tells an address that the account's ACL refuses nothing else
  test(`${name}: the right secret from the wrong address is refused with AMI_AUTH`, () =>
    assert.rejects(connect(optionsFor(target, { account: 'denied' })), { code: 'AMI_AUTH' }))
}

/** What status() tells from the connecting on: up to one of that type, else to a close that follows a Ping. */
async function statuses(
  target: Target,
  options: Parameters<typeof optionsFor>[1],
  upTo?: Status['type'],
): Promise<Status['type'][]> {
  await using client = createClient(optionsFor(target, options))
  const told: Status['type'][] = []
  const iteration = client.status()
  await client.connect()
  // the Ping's answer comes after whatever the login caused: what has not come by then never comes
  await client.send('Ping')
  if (upTo === undefined) await client.close()
  for await (const { type } of iteration) {
    told.push(type)
    if (type === upTo) break
  }
  return told
}
