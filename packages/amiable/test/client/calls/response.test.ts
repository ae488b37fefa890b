import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { settle } from '../../../src/testing/time/settle.ts'
import { readyRig } from '../../support/rig.ts'

test('an answer is plain data, and so are its events and its completion', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  const call = client.sendRaw('Status')
  const heard = await peer.next()
  peer.reply(heard, 'Success', 'EventList: start')
  peer.say('Event: Status', 'Channel: SIP/1', `ActionID: ${heard.id}`)
  peer.say('Event: StatusComplete', 'EventList: Complete', `ActionID: ${heard.id}`)
  const ActionID = heard.id
  const reply = await call
  assert.deepEqual(JSON.parse(JSON.stringify(reply)), { Response: 'Success', ActionID, EventList: 'start' })
  assert.deepEqual(JSON.parse(JSON.stringify(reply.events)), [{ Event: 'Status', Channel: 'SIP/1', ActionID }])
  assert.deepEqual(reply.completion?.toJSON(), { Event: 'StatusComplete', EventList: 'Complete', ActionID })
})

test('answers, rows and events are counted in the order of their coming, from 1 and through reconnects', async () => {
  await using rig = await readyRig({ reconnect: () => 100 })
  // FullyBooted was the first
  const { client, peer } = rig
  const heard: number[] = []
  client.on('*', (event) => heard.push(event.serial))
  peer.say('Event: A')
  const call = client.sendRaw('Status')
  const { id } = await peer.next()
  peer.say('Response: Success', 'EventList: start', `ActionID: ${id}`)
  peer.say('Event: Status', 'Channel: SIP/1', `ActionID: ${id}`)
  peer.say('Event: A')
  peer.say('Event: StatusComplete', 'EventList: Complete', `ActionID: ${id}`)
  const reply = await call
  await settle()
  const serials = [reply.serial, reply.events[0]?.serial, reply.completion?.serial]
  assert.deepEqual(
    [heard, serials],
    [
      [2, 5],
      [3, 4, 6],
    ],
  )
  peer.fail()
  await settle()
  rig.clock.tick(100)
  const next = await rig.nextPeer()
  await next.accept()
  next.say('Event: A')
  await settle()
  assert.deepEqual([client.epoch, heard], [2, [2, 5, 7, 8]])
})

test('an answer is one line as a string, with the number of its events', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  const call = client.sendRaw('Status')
  const { id } = await peer.next()
  peer.say('Response: Success', 'EventList: start', `ActionID: ${id}`)
  peer.say('Event: Status', `ActionID: ${id}`)
  peer.say('Event: StatusComplete', 'EventList: Complete', `ActionID: ${id}`)
  const reply = await call
  assert.equal(`${reply}`, 'Response Success #2 of pbx, 1 event')
  assert.match(inspect(reply), /^Response Success #2 of pbx, 1 event \{\s+Response: 'Success',/)
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

test('Pong is a success of Ping alone, and Goodbye of Logoff', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  const answered = async (action: string, title: string) => {
    const call = client.sendRaw(action).then(
      ({ success }) => success,
      ({ code }) => code,
    )
    peer.reply(await peer.next(), title)
    return call
  }
  assert.equal(await answered('ping', 'Pong'), true)
  assert.equal(await answered('Logoff', 'Goodbye'), true)
  for (const [action, title] of [
    ['Hangup', 'Pong'],
    ['Hangup', 'Goodbye'],
    ['Ping', 'Goodbye'],
    ['Logoff', 'pong'],
  ] as const)
    assert.equal(await answered(action, title), 'AMI_REFUSED')
})
