import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, type Msg } from '@nats-io/transport-node'
import { natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import { GatewayError, request } from '../../src/client/request.ts'

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
  // that the last one was not delivered says nothing about the one before it
  answers = [busy, no, no, no, no, no]
  await fails({ key: 'k', timeout: 500 }, { code: 'GW_UNAVAILABLE', delivered: 'unknown', retryable: true })
})
