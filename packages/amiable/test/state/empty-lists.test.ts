// What comes in one read behind the answer that a list is empty is younger than that answer.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watch } from '../../src/state/index.ts'
import { settle } from '../../src/testing/time/settle.ts'
import type { Heard, Peer } from '../support/peer.ts'
import { readyRig } from '../support/rig.ts'

async function answered(peer: Peer, action: string): Promise<Heard> {
  for (;;) {
    const heard = await peer.next()
    if (heard.name === action) return heard
    peer.reply(heard)
  }
}

/** Answers a list with these rows. */
async function listed(peer: Peer, action: string, ...rows: readonly (readonly string[])[]): Promise<void> {
  const asked = await answered(peer, action)
  peer.reply(asked, 'Success', 'EventList: start')
  for (const [event = '', ...headers] of rows) peer.say(event, `ActionID: ${asked.id}`, ...headers)
  peer.say(`Event: ${action}Complete`, `ActionID: ${asked.id}`, 'EventList: Complete', `ListItems: ${rows.length}`)
}

const text = (...messages: readonly (readonly string[])[]) =>
  messages.map((lines) => `${lines.join('\r\n')}\r\n\r\n`).join('')

test('a room that begins in the very read that says there is none is there', async () => {
  await using rig = await readyRig()
  await using state = watch(rig.client, { kinds: ['rooms'], audit: false })
  const { peer } = rig
  const asked = await answered(peer, 'ConfbridgeListRooms')
  peer.send(
    text(
      ['Response: Error', `ActionID: ${asked.id}`, 'Message: No active conferences.'],
      ['Event: ConfbridgeStart', 'Privilege: call,all', 'Conference: 100', 'BridgeUniqueid: b1'],
      [
        'Event: ConfbridgeJoin',
        'Privilege: call,all',
        'Conference: 100',
        'Channel: PJSIP/a-1',
        'Uniqueid: 1.1',
        'Admin: No',
      ],
    ),
  )
  await listed(peer, 'BridgeList')
  await listed(peer, 'ConfbridgeList', [
    'Event: ConfbridgeList',
    'Conference: 100',
    'Channel: PJSIP/a-1',
    'Uniqueid: 1.1',
  ])
  await state.ready()
  await settle()
  assert.deepEqual(
    [...state.rooms].map(({ name, parties }) => [name, ...parties.map(({ id }) => id)]),
    [['100', '1.1']],
  )
})
