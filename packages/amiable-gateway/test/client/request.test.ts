import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { connect, type Msg } from '@nats-io/transport-node'
import { natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import { GatewayError, request } from '../../src/client/request.ts'
import { state } from '../../src/client/state.ts'

const skip = (await natsObstacle()) ?? false

test('a request expires, is repeated only under a key, and an error says whether it was delivered', {
  skip,
}, async (t) => {
  const nats = await startNats('2.15')
  const gateway = await connect({ servers: nats.urls })
  const client = await connect({ servers: nats.urls })
  t.after(async () => {
    await Promise.all([gateway.close(), client.close()])
    await nats.close()
  })
  const fails = (query: object, expected: object) =>
    assert.rejects(
      request(client, { server: 'pbx1', class: 'read', action: 'Ping', timeout: 600, ...query }),
      (error) => {
        assert.ok(error instanceof GatewayError, String(error))
        const { code, delivered, retryable } = error
        assert.deepEqual({ code, delivered, retryable }, expected)
        return true
      },
    )
  await fails({}, { code: 'GW_UNAVAILABLE', delivered: 'no', retryable: true })

  const got: Msg[] = []
  let answers: (object | undefined)[] = []
  gateway.subscribe('ami.action.pbx1.>', {
    callback: (_error, message) => {
      got.push(message)
      const answer = answers.shift()
      if (answer) message.respond(JSON.stringify(answer))
    },
  })
  await gateway.flush()
  answers = [{ ok: true, delivered: 'yes' }]
  const before = Date.now()
  assert.equal(
    (await request(client, { server: 'pbx1', class: 'read', action: 'Ping', params: { a: 1 }, caller: 'me' })).ok,
    true,
  )
  const [first] = got
  assert.equal(first?.subject, 'ami.action.pbx1.read.Ping')
  assert.deepEqual(first?.json(), { params: { a: 1 } })
  const expires = Number(first?.headers?.get('Amiable-Expires'))
  assert.ok(expires >= before + 10_000 && expires <= Date.now() + 10_000)
  assert.equal(first?.headers?.get('Amiable-Caller'), 'me')

  // nobody answers: without a key it is asked once
  got.length = 0
  await fails({}, { code: 'GW_NO_ANSWER', delivered: 'unknown', retryable: false })
  assert.equal(got.length, 1)

  const busy = {
    ok: false,
    delivered: 'unknown',
    error: { code: 'GW_IN_PROGRESS', message: 'x', delivered: 'unknown', retryable: true },
  }
  const no = {
    ok: false,
    delivered: 'no',
    error: { code: 'GW_UNAVAILABLE', message: 'x', delivered: 'no', retryable: true },
  }
  got.length = 0
  answers = [busy, { ok: true, delivered: 'yes', replayed: true }]
  const query = { server: 'pbx1', class: 'call', action: 'Originate', timeout: 3_000, key: 'k' }
  assert.equal((await request(client, query)).replayed, true)
  assert.equal(got.length, 2)
  assert.equal(got[0]?.headers?.get('Amiable-Expires'), got[1]?.headers?.get('Amiable-Expires'))
  // a clock that is set back by an hour meanwhile makes nobody wait for an hour
  got.length = 0
  answers = [busy, { ok: true, delivered: 'yes' }]
  const { now } = Date
  t.after(() => {
    Date.now = now
  })
  const asking = request(client, query)
  while (got.length === 0) await turn()
  Date.now = () => now() - 3_600_000
  assert.equal((await asking).ok, true)
  Date.now = now
  assert.ok(Number(got[1]?.headers?.get('Amiable-Timeout')) < 3_000)
  // that the last one was not delivered says nothing about the one before it
  answers = [busy, no, no, no, no, no]
  await fails({ key: 'k', timeout: 500 }, { code: 'GW_UNAVAILABLE', delivered: 'unknown', retryable: true })
})

test('what is wrong is said with its name before anything is sent, and a closed connection says what was', {
  skip,
}, async (t) => {
  const nats = await startNats('2.15')
  t.after(() => nats.close())
  const [gateway, client] = await Promise.all([connect({ servers: nats.urls }), connect({ servers: nats.urls })])
  t.after(() => gateway.close())
  const got: Msg[] = []
  let answer: string | undefined
  gateway.subscribe('ami.action.>', {
    callback: (_error, message) => {
      got.push(message)
      if (answer !== undefined) message.respond(answer)
      else void client.close()
    },
  })
  await gateway.flush()
  const QUERY = { server: 'pbx1', class: 'read', action: 'Ping' }
  const fails = (work: Promise<unknown>, code: string, delivered: string, says: RegExp) =>
    assert.rejects(work, (error) => {
      assert.ok(error instanceof GatewayError, String(error))
      assert.deepEqual([error.code, error.delivered], [code, delivered])
      assert.match(error.message, says)
      return true
    })
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ server: undefined }, /^server is missing/],
    [{ server: '*' }, /^server must be/],
    [{ action: 'Pi ng' }, /^action must be/],
    [{ class: '>' }, /^class must be/],
    [{ prefix: 'a.b' }, /^prefix must be/],
    [{ key: 'a\r\nb' }, /^key must be/],
    [{ caller: 'a\nb' }, /^caller must be/],
    [{ timeout: Number.NaN }, /^timeout must be/],
    [{ params: 'x' }, /^params must be/],
    [{ params: { Count: 1n } }, /^params and variables must be/],
    [{ variables: [] }, /^variables must be/],
    [{ wait: 'answer' }, /^wait must be/],
    [{ keys: 'misspelt' }, /^keys is unknown/],
    [{ toString: 1 }, /^toString is unknown/],
  ]
  for (const [given, says] of wrong) {
    await fails(request(client, { ...QUERY, ...given } as never), 'AMI_ARGUMENT', 'no', says)
  }
  await fails(request(client, null as never), 'AMI_ARGUMENT', 'no', /must be an object, got null/)
  const large = { ...QUERY, params: { Text: 'ü'.repeat(40_000) } }
  await fails(request(client, large), 'GW_TOO_LARGE', 'no', /at most 65536 bytes, got 8/)
  for (const options of [
    { servers: 'pbx1' },
    { servers: ['*'] },
    { prefix: '' },
    { apiPrefix: '>' },
    { server: 'x' },
  ]) {
    const says = new RegExp(`^${Object.keys(options)[0]} (?:must|is unknown)`)
    await fails(state(client, options as never), 'AMI_ARGUMENT', 'no', says)
  }
  assert.equal(got.length, 0)
  for (answer of ['nonsense', 'null', '{}', '{"ok":1}']) {
    await fails(request(client, QUERY), 'GW_NO_ANSWER', 'unknown', /no reply of a gateway/)
  }
  answer = undefined
  await fails(request(client, QUERY), 'GW_NO_ANSWER', 'unknown', /connection closed/)
  await fails(request(client, QUERY), 'GW_UNAVAILABLE', 'no', /nothing was sent/)
  await fails(state(client), 'GW_UNAVAILABLE', 'no', /is closed/)
})
