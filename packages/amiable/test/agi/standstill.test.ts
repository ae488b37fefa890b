// A program that stands still for longer than a deadline allows: what has come meanwhile is not late.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { listenAgi } from '../../src/agi/index.ts'
import { AsteriskPeer, ENVIRONMENT } from './asterisk-peer.ts'
import { oneAsyncSession } from './one-async-session.ts'
import { oneSession } from './one-session.ts'

const SHORT = 50

/** Holds the event loop for longer than any deadline here. */
function standStill(): void {
  for (const end = performance.now() + 3 * SHORT; performance.now() < end; );
}

test('a call that has said what it is, is taken', async () => {
  await using server = await listenAgi(() => {}, { port: 0, environmentTimeout: SHORT })
  using peer = await AsteriskPeer.dial(server.port, '')
  while (server.stats().sessions === 0) await turn()
  peer.send(ENVIRONMENT)
  standStill()
  assert.equal(await peer.next(), undefined)
  assert.deepEqual([server.stats().total, server.stats().refused], [1, 0])
})

test('a command that has been answered is answered, over FastAGI', async () => {
  await using one = await oneSession()
  const read = one.call.getVariable('A', { timeout: SHORT })
  await one.peer.next()
  one.peer.send('200 result=1 (value)\n')
  standStill()
  assert.equal(await read, 'value')
})

test('a command that has been answered is answered, over AsyncAGI', async () => {
  const { client, attachment, call } = await oneAsyncSession('1.1')
  await turn()
  const read = call.getVariable('A', { timeout: SHORT })
  // as what lies in the socket: timers come before it
  setImmediate(() => void client.carryOut('200 result=1 (value)\n'))
  standStill()
  assert.equal(await read, 'value')
  client.emit('AsyncAGIEnd', { Uniqueid: '1.1' })
  client.emit('Hangup', { Uniqueid: '1.1' })
  await attachment.close()
})
