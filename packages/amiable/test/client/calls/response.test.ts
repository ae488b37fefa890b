import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle } from '../../../src/testing/time/settle.ts'
import { readyRig } from '../../support/rig.ts'

test('an answer is plain data with its events and its completion', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  const call = client.sendRaw('Status')
  const heard = await peer.next()
  peer.reply(heard, 'Success', 'EventList: start')
  peer.say('Event: Status', 'Channel: SIP/1', `ActionID: ${heard.id}`)
  peer.say('Event: StatusComplete', 'EventList: Complete', `ActionID: ${heard.id}`)
  const from = { source: 'pbx', epoch: 1, receivedAt: rig.clock.now() }
  const ActionID = heard.id
  assert.deepEqual(JSON.parse(JSON.stringify(await call)), {
    Response: 'Success',
    ActionID,
    EventList: 'start',
    ...from,
    success: true,
    events: [{ Event: 'Status', Channel: 'SIP/1', ActionID, ...from }],
    completion: { Event: 'StatusComplete', EventList: 'Complete', ActionID, ...from },
  })
})

test('an answer whose headers bear the names of our own members keeps both', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  const call = client.sendRaw('X')
  peer.reply(await peer.next(), 'Success', 'success: false', 'events: none', 'then: 1', '__proto__: 2')
  const reply = await call
  assert.deepEqual(
    [reply.success, reply.events, reply.get('success'), reply.get('events')],
    [true, [], 'false', 'none'],
  )
  assert.equal(reply.get('__proto__'), '2')
})

test('a call is answered between two turns of listeners that take long', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  const order: string[] = []
  const A: string = 'A'
  client.on(A, (event) => {
    const start = performance.now()
    while (performance.now() - start < 30);
    order.push(`event ${event.N}`)
  })
  const reply = client.sendRaw('Ping').then(() => order.push('reply'))
  const heard = await peer.next()
  peer.send(Array.from({ length: 8 }, (_, i) => `Event: A\r\nN: ${i}\r\n\r\n`).join(''))
  setImmediate(() => peer.reply(heard))
  await reply
  assert.ok(order.length < 8, order.join())
  while (order.length < 9) await settle()
  assert.deepEqual(
    order.filter((entry) => entry !== 'reply'),
    Array.from({ length: 8 }, (_, i) => `event ${i}`),
  )
})
