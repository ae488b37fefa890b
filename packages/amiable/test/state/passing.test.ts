// Live state keeps no event: what it reads later than the chunk that it came in is copied first.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watch } from '../../src/state/index.ts'
import { settle } from '../../src/testing/time/settle.ts'
import { type Clock, systemClock } from '../../src/util/clock.ts'
import type { Heard, Peer } from '../support/peer.ts'
import { readyRig } from '../support/rig.ts'

const join = (room: number) => [
  ...['Event: ConfbridgeJoin', 'Privilege: call,all', `Conference: ${room}`, `Channel: PJSIP/${room}-00000001`],
  ...[`Uniqueid: 1.${room}`, 'Admin: No'],
]

/** Answers what a model asks until it has asked for a marker: an action whose answer is up to the test. */
async function answered(peer: Peer, action: string): Promise<Heard> {
  for (;;) {
    const heard = await peer.next()
    if (heard.name === action) return heard
    peer.reply(heard)
  }
}

test('an event behind a list that takes longer than a turn is read whole, though its bytes are gone by then', async () => {
  await using rig = await readyRig()
  let now = 0
  // every look at it finds that a slice is over
  const clock: Clock = { ...systemClock, elapsed: () => (now += 20) }
  await using state = watch(rig.client, { kinds: ['rooms'], audit: false, clock })
  const { peer } = rig
  const marked = async () => {
    peer.reply(await answered(peer, 'ConfbridgeListRooms'), 'Error', 'Message: No active conferences.')
    return await answered(peer, 'BridgeList')
  }
  const end = (marker: Heard) => {
    peer.reply(marker, 'Success', 'EventList: start')
    peer.say('Event: BridgeListComplete', `ActionID: ${marker.id}`, 'EventList: Complete', 'ListItems: 0')
  }
  end(await marked())
  await state.ready()
  for (const room of [1, 2, 3]) peer.say(...join(room))
  await settle()
  assert.deepEqual([...state.rooms.keys()], ['1', '2', '3'])

  void state.refresh()
  const marker = await marked()
  await settle()
  // the model goes through the rooms that the list does not name before it reads this one
  peer.say(...join(4))
  await null
  peer.say(...join(5))
  end(marker)
  while (!state.rooms.has('5')) await settle()
  assert.deepEqual(
    [...state.rooms].map(({ name, parties }) => [name, ...parties.map(({ id, channel }) => [id, channel])]),
    [
      ['4', ['1.4', 'PJSIP/4-00000001']],
      ['5', ['1.5', 'PJSIP/5-00000001']],
    ],
  )
})
