import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attachAgi } from '../../src/agi/index.ts'
import type { Client } from '../../src/client/client.ts'
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
