// What a test writes as a header or as a pattern is checked: a header of `[object Object]` is nobody's wish.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from '../../src/client/connect.ts'
import { expectEvents } from '../../src/testing/expect.ts'
import { like } from '../../src/testing/like.ts'
import { startServer } from '../../src/testing/server.ts'

test('a header that is no value is refused, by its name', async () => {
  await using server = await startServer()
  for (const value of [null, {}, [null], () => {}, Symbol('x')]) {
    assert.throws(() => server.emit('X', { Peer: value } as never), { code: 'AMI_ARGUMENT', argument: 'Peer' })
  }
  assert.throws(() => server.emit('X', [5] as never), { code: 'AMI_ARGUMENT', argument: 'headers' })
  server.emit('X', { A: 1, B: true, C: ['1', 2], D: undefined })
  server.emit('X', [['A', 1]])
})

test('a pattern that is none is refused, by its name', async () => {
  for (const wanted of [null, {}, undefined, true]) {
    assert.throws(() => like({ Cause: wanted } as never), { code: 'AMI_ARGUMENT', argument: 'headers.Cause' })
    const client = createClient({ username: 'frank', secret: 'lean' })
    const patterns = [{ Event: 'Hangup', Cause: wanted }] as never
    assert.throws(() => expectEvents(client, patterns), { code: 'AMI_ARGUMENT', argument: 'patterns[0].Cause' })
    client.destroy()
  }
  assert.equal(like({ Cause: /1\d/ }).asymmetricMatch({ Cause: '16' }), true)
})
