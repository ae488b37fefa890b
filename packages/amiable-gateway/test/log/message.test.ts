import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AnyMessage, isEvent } from '../../src/log/message.ts'

const common = {
  v: 1,
  id: 'pbx1-m3k9-7',
  server: 'pbx1',
  log: 'm3k9',
  seq: 7,
  term: 3,
  count: 2,
  run: 0,
  at: '',
} as const

test('a message with an event is one of Asterisk, and one with a status is the gateway’s', () => {
  const hangup: AnyMessage = { ...common, event: 'Hangup', hash: 'q8sd7f6gA1x', data: { Event: 'Hangup' } }
  assert.equal(isEvent(hangup), true)
  assert.equal(isEvent({ ...common, status: 'beat' }), false)
})
