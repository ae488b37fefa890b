import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AgiSession, attachAgi } from '../../src/agi/index.ts'
import type { Client } from '../../src/client/client.ts'
import { LostError } from '../../src/errors.ts'
import { ENVIRONMENT } from './asterisk-peer.ts'
import { FakeClient } from './fake-client.ts'

const ENV = encodeURIComponent(ENVIRONMENT.replace('agi_network: yes\n', ''))

test('a handler that never ends takes no place when its call is gone', async () => {
  const client = new FakeClient()
  const never = attachAgi(client as unknown as Client, () => new Promise(() => {}), { maxSessions: 1, claim: false })
  for (const id of ['2.1', '2.2']) {
    client.emit('AsyncAGIStart', { Uniqueid: id, Env: ENV })
    assert.match(await client.carryOut('200 result=1\n'), /^SET VARIABLE AMIABLE_AGI /)
    assert.equal(never.stats().sessions, 1)
    client.emit('AsyncAGIEnd', { Uniqueid: id })
    client.emit('Hangup', { Uniqueid: id })
    assert.deepEqual([never.sessions(), never.stats().sessions, never.stats().refused], [[], 0, 0])
  }
})

test('a call that has begun over the new link is not taken for one that the gap has cost', async () => {
  const client = new FakeClient()
  const begun: AgiSession[] = []
  const handler = (call: AgiSession) => {
    begun.push(call)
    return call.exec('Wait', [60])
  }
  const attachment = attachAgi(client as unknown as Client, handler, { claim: false })
  client.tell({ type: 'lost', error: new LostError('lost') })
  await new Promise(setImmediate)
  client.emit('AsyncAGIStart', { Uniqueid: '3.1', Env: ENV })
  assert.match(await client.carryOut('200 result=1\n'), /^SET VARIABLE AMIABLE_AGI /)
  assert.equal((await client.next()).params.Command, 'EXEC "Wait" "60"')
  // the list was made while its application ran
  client.tell({ type: 'ready', gap: 10 })
  await new Promise(setImmediate)
  assert.equal(begun[0]?.state, 'live')
  client.emit('AsyncAGIEnd', { Uniqueid: '3.1' })
  client.emit('Hangup', { Uniqueid: '3.1' })
  await attachment.close({ timeout: 0 })
})
