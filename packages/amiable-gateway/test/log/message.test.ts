import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AnyMessage, isEvent, readMessage } from '../../src/log/message.ts'

const common = {
  v: 1,
  id: 'pbx1-m3k9-7',
  server: 'pbx1',
  log: 'm3k9',
  seq: 7,
  term: 3,
  run: 'a',
  at: '',
} as const

test('a message with an event is one of Asterisk, and one with a status is the gateway’s', () => {
  const hangup: AnyMessage = { ...common, event: 'Hangup', hash: 'q8sd7f6gA1x', data: { Event: 'Hangup' } }
  assert.equal(isEvent(hangup), true)
  assert.equal(isEvent({ ...common, status: 'fence' }), false)
})

test('what no gateway has written is no message', () => {
  const fence = { ...common, status: 'fence' }
  assert.deepEqual(readMessage(JSON.stringify(fence)), fence)
  const strange = ['', 'null', '1', '[]', '{}', '{', JSON.stringify({ ...fence, seq: '7' })]
  const others = [{ ...fence, v: 2 }, common, { ...common, status: 'beat' }, { ...common, event: 'Hangup' }]
  for (const text of [...strange, ...others.map((one) => JSON.stringify(one))]) {
    assert.equal(readMessage(text), undefined, text)
  }
})
