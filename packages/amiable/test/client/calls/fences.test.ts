import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle } from '../../../src/testing/time/settle.ts'
import type { Heard, Peer } from '../../support/peer.ts'
import { Rig, watch } from '../../support/rig.ts'

/** A rig on a server that marks no list. */
async function oldRig(): Promise<{ rig: Rig; peer: Peer }> {
  const rig = new Rig({ keepalive: false })
  const connected = rig.client.connect()
  const peer = await rig.nextPeer()
  await peer.accept('1.3')
  await connected
  await settle()
  return { rig, peer }
}

function row(peer: Peer, list: Heard, name: string): void {
  peer.say(`Event: ${name}`, `ActionID: ${list.id}`)
}

test('a Ping that overtakes the rows of a list does not end it where the catalog knows its end', async () => {
  const { rig, peer } = await oldRig()
  await using _ = rig
  const call = watch(rig.client.send('QueueStatus'))
  const [list, ping] = [await peer.next(), await peer.next()]
  peer.reply(list, 'Success', 'Message: Queue status will follow')
  row(peer, list, 'QueueParams')
  peer.reply(ping, 'Success', 'Ping: Pong')
  await settle()
  assert.equal(call.done, false)
  row(peer, list, 'QueueMember')
  row(peer, list, 'QueueStatusComplete')
  await settle()
  assert.deepEqual(
    [call.value?.events.map(({ Event }) => Event), call.value?.completion?.Event],
    [['QueueParams', 'QueueMember'], 'QueueStatusComplete'],
  )
  rig.clock.tick(1_000)
  await settle()
  assert.equal(peer.actions.at(-1), ping)
})

test('a list whose end never comes ends when no row has come between two Pings', async () => {
  const { rig, peer } = await oldRig()
  await using _ = rig
  const call = watch(rig.client.send('DBGet', { Family: 'a', Key: 'b' }))
  const list = await peer.next()
  peer.reply(list, 'Success', 'Message: Result will follow')
  peer.reply(await peer.next(), 'Success', 'Ping: Pong')
  await settle()
  rig.clock.tick(1_000)
  await settle()
  row(peer, list, 'DBGetResponse')
  peer.reply(await peer.next(), 'Success', 'Ping: Pong')
  await settle()
  assert.equal(call.done, false)
  rig.clock.tick(1_000)
  await settle()
  peer.reply(await peer.next(), 'Success', 'Ping: Pong')
  await settle()
  assert.deepEqual([call.value?.events.length, call.value?.completion], [1, undefined])
})

test('a list that is given up, or lost, while its end is waited for leaves nothing behind', async () => {
  const { rig, peer } = await oldRig()
  await using _ = rig
  const lost = watch(rig.client.send('QueueStatus'))
  const [list, ping] = [await peer.next(), await peer.next()]
  peer.reply(list)
  peer.reply(ping)
  await settle()
  rig.client.destroy()
  await settle()
  assert.equal((lost.error as { code: string }).code, 'AMI_LOST')
  assert.equal(rig.clock.pending, 0)
})
