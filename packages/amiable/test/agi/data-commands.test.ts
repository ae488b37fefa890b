import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oneSession } from './one-session.ts'

test('a place that Asterisk would cut, and a time that it cannot read, are refused before a byte is sent', async () => {
  await using one = await oneSession()
  const { call, peer } = one
  const long = 'x'.repeat(80)
  for (const [argument, wrong] of [
    ['context', () => call.setContext(long)],
    ['exten', () => call.continueAt({ context: 'default', exten: 'é'.repeat(40) })],
    ['priority', () => call.continueAt({ context: 'default', priority: long })],
    ['priority', () => call.setPriority('x'.repeat(20_000))],
    ['timeout', () => call.receiveChar(2_147_483_648)],
    ['timeout', () => call.receiveText(2_147_483_648)],
  ] as const) {
    assert.throws(wrong, { code: 'AMI_ARGUMENT', argument })
  }
  const moved = call.continueAt({ context: long.slice(1), exten: 's', priority: 1 })
  assert.equal(await peer.answer('200 result=0\n'), `SET CONTEXT "${long.slice(1)}"`)
  await peer.answer('200 result=0\n')
  await peer.answer('200 result=0\n')
  await moved
})
