import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { connect } from '../../src/index.ts'
import { type EventPattern, expectEvents, like, ManualClock, startServer } from '../../src/testing/index.ts'

test('a matcher takes events of a client, of a recording, and plain objects, by the patterns of expectEvents', async () => {
  await using server = await startServer()
  await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const events = ami.events('UserEvent')
  server.emit('UserEvent', [
    ['UserEvent', 'own'],
    ['N', 1],
    ['N', 2],
  ])
  const event = (await events.next()).value
  assert.ok(event)
  for (const one of [
    event,
    event.toJSON(),
    { Event: 'UserEvent', UserEvent: 'own', N: ['1', '2'] },
    { Event: 'UserEvent', UserEvent: 'own', N: 2 },
  ]) {
    const fitting: Parameters<typeof like>[0][] = [
      'UserEvent',
      { Event: 'UserEvent' },
      { UserEvent: /^o/ },
      { N: 2 },
      { Event: /user/i, N: (value: string) => value === '2' },
      {},
    ]
    for (const pattern of fitting) {
      assert.ok(like(pattern).asymmetricMatch(one), inspect(pattern))
    }
    const others: typeof fitting = ['Hangup', { N: 3 }, { Gone: /./ }, { Event: 'UserEvent', UserEvent: 'other' }]
    for (const pattern of others) {
      assert.ok(!like(pattern).asymmetricMatch(one), inspect(pattern))
    }
  }
  for (const other of [undefined, null, 'UserEvent', 5, () => 1]) assert.ok(!like('UserEvent').asymmetricMatch(other))
})

test('an expression with a memory of its own fits each time', () => {
  const matcher = like({ Channel: /^PJSIP/g })
  for (let n = 0; n < 3; n++) assert.ok(matcher.asymmetricMatch({ Channel: 'PJSIP/1' }))
})

test('a matcher is what the test runners look for, and says what it wants', () => {
  const matcher = like({ Event: 'Hangup', Channel: /^PJSIP/, Cause: 17 })
  assert.equal(matcher.$$typeof, Symbol.for('jest.asymmetricMatcher'))
  assert.equal(matcher.toAsymmetricMatcher(), 'like(Hangup { Channel: /^PJSIP/, Cause: 17 })')
  assert.equal(String(like('Hangup')), 'like(Hangup)')
  for (const wrong of [undefined, null, 5, ['Hangup'], () => true]) {
    assert.throws(() => like(wrong as never), { code: 'AMI_ARGUMENT', argument: 'headers' })
  }
})

test('what a failed expectation prints holds no secret, and one line for each event', async () => {
  await using server = await startServer()
  await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const clock = new ManualClock()
  const patterns: EventPattern[] = [
    { Event: 'VarSet', Variable: 'MY_PASS', Value: 'other-hush' },
    { Event: 'UserEvent', Token: 'other-hush' },
    { Event: 'Dial', Channel: 'PJSIP/2' },
  ]
  const seen = expectEvents(ami, patterns, { within: 1_000, clock, inOrder: false })
  const failed = assert.rejects(seen, (error: Error) => {
    for (const text of [error.message, inspect(error, { depth: 9 }), String(error.stack)])
      assert.doesNotMatch(text, /hush/)
    assert.match(error.message, /nearest: Value: \*\*\*/)
    assert.match(error.message, /nearest: Token: \*\*\*/)
    assert.match(error.message, /nearest: Channel: SIP\/u:\*\*\*@h \[31mred x/)
    return true
  })
  server.emit('VarSet', { Channel: 'PJSIP/1', Variable: 'MY_PASS', Value: 'hush-hush' })
  server.emit('UserEvent', { UserEvent: 'own', Token: 'hush-hush' })
  server.emit('Dial', { Channel: 'SIP/u:hush@h \x1b[31mred\x7f x' })
  await ami.send('Ping')
  await clock.advance(1_000)
  await failed
})
