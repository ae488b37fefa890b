import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionError } from '../../../src/errors.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import type { Heard, Peer } from '../../support/peer.ts'
import { readyRig, watch } from '../../support/rig.ts'

const start = (peer: Peer, to: Heard, marker = 'EventList: start') => peer.reply(to, 'Success', marker)
const row = (peer: Peer, to: Heard, name: string, ...lines: string[]) =>
  peer.say(`Event: ${name}`, `ActionID: ${to.id}`, ...lines)
const complete = (peer: Peer, to: Heard, name: string, marker = 'EventList: Complete') =>
  peer.say(`Event: ${name}`, `ActionID: ${to.id}`, marker, 'ListItems: 1')

describe('a list with markers', () => {
  for (const [from, until] of [
    ['EventList: start', 'EventList: Complete'],
    ['EventList: Start', 'EventList: complete'],
    ['Eventlist: START', 'EVENTLIST: COMPLETE'],
    ['EventList: start', 'EventList: cancelled'],
  ] as const) {
    test(`is whole from ${from} to ${until}, whatever its action`, async () => {
      await using rig = await readyRig()
      const { client, peer } = rig
      const call = watch(client.sendRaw('NobodyKnowsThis'))
      const heard = await peer.next()
      start(peer, heard, from)
      row(peer, heard, 'Row', 'N: 1')
      row(peer, heard, 'Row', 'N: 2')
      await settle()
      assert.equal(call.done, false)
      complete(peer, heard, 'NobodyComplete', until)
      await settle()
      const reply = call.value as unknown as { events: { N: string }[]; completion: { Event: string } }
      assert.deepEqual(
        reply.events.map(({ N }) => N),
        ['1', '2'],
      )
      assert.equal(reply.completion.Event, 'NobodyComplete')
      // the one event is the login's FullyBooted
      assert.deepEqual([client.stats().inFlight, client.stats().events], [0, 1])
    })
  }

  test('may have its ActionID at the end of each row', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = client.sendRaw('QueueStatus')
    const heard = await peer.next()
    start(peer, heard)
    peer.say('Event: QueueParams', 'Queue: a', `ActionID: ${heard.id}`)
    complete(peer, heard, 'QueueStatusComplete')
    assert.equal((await call).events.length, 1)
  })

  test('may be empty', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = client.sendRaw('CoreShowChannels')
    const heard = await peer.next()
    start(peer, heard)
    complete(peer, heard, 'CoreShowChannelsComplete')
    assert.deepEqual((await call).events, [])
  })

  test('may be a Success without markers, which is an empty one', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = client.sendRaw('VoicemailUsersList')
    peer.reply(await peer.next(), 'Success', 'Message: There are no voicemail users currently defined.')
    const reply = await call
    assert.deepEqual([reply.success, reply.events.length, reply.completion], [true, 0, undefined])
  })

  test('may fail after its start', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('ShowDialPlan'))
    const heard = await peer.next()
    start(peer, heard)
    row(peer, heard, 'ListDialplan')
    peer.reply(heard, 'Error', 'Message: Did not find extension 1@default')
    // whether the dialplan is there
    peer.reply(await peer.next(), 'Success', 'Value: 1')
    await settle()
    const error = call.error as ActionError<{ message: string; events: unknown[] }>
    assert.equal(error.code, 'AMI_REFUSED')
    assert.equal(error.response.message, 'Did not find extension 1@default')
    assert.equal(error.response.events.length, 1)
    complete(peer, heard, 'ShowDialPlanComplete')
    await settle()
    assert.equal(client.stats().inFlight, 0)
  })

  test('may be refused at once, with a text that ends in a line feed', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('PJSIPShowAors'))
    peer.reply(await peer.next(), 'Error', 'Message: No AORs found\n')
    await settle()
    assert.equal((call.error as ActionError<{ message: string }>).response.message, 'No AORs found')
  })

  test('keeps its rows apart from another of the same kind and from events of the same name', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const heardEvents: string[] = []
    client.on('DeviceStateChange', (event) => heardEvents.push(String(event.get('Device'))))
    const calls = [client.sendRaw('DeviceStateList'), client.sendRaw('DeviceStateList')]
    const lists = [await peer.next(), await peer.next()]
    for (const [i, heard] of lists.entries()) {
      start(peer, heard)
      row(peer, heard, 'DeviceStateChange', `Device: row-${i}`)
      complete(peer, heard, 'DeviceStateListComplete')
      peer.say('Event: DeviceStateChange', `Device: event-${i}`)
    }
    const replies = await Promise.all(calls)
    assert.deepEqual(
      replies.map(({ events }) => events.map(({ Device }) => Device)),
      [['row-0'], ['row-1']],
    )
    await settle()
    assert.deepEqual(heardEvents, ['event-0', 'event-1'])
  })

  test('of more rows than limits.rows ends with that limit, and the rest is dropped quietly', async () => {
    await using rig = await readyRig({ limits: { rows: 3 } })
    const { client, peer } = rig
    const others: unknown[] = []
    client.on('*', (event) => others.push(event))
    const call = watch(client.sendRaw('Status'))
    const heard = await peer.next()
    start(peer, heard)
    for (let i = 0; i < 3; i++) row(peer, heard, 'Status')
    await settle()
    assert.equal(call.done, false)
    for (let i = 0; i < 3; i++) row(peer, heard, 'Status')
    complete(peer, heard, 'StatusComplete')
    await settle()
    assert.equal((call.error as { limit: string }).limit, 'limits.rows')
    assert.equal((call.error as { code: string }).code, 'AMI_LIMIT')
    assert.deepEqual(others, [])
  })

  test('with a row past a limit fails, and the rest of it is nobody’s event', async () => {
    await using rig = await readyRig({ limits: { message: 2_000 } })
    const { client, peer } = rig
    const others: string[] = []
    client.on('*', (event) => others.push(event.Event))
    const call = watch(client.sendRaw('Status'))
    const heard = await peer.next()
    start(peer, heard)
    row(peer, heard, 'Status', `Data: ${'x'.repeat(3_000)}`)
    row(peer, heard, 'Status', 'Channel: SIP/2')
    complete(peer, heard, 'StatusComplete')
    await settle()
    assert.equal((call.error as { limit: string }).limit, 'limits.message')
    assert.deepEqual(others, [])
  })
})

describe('an action that marks no end', () => {
  test('is whole once the Ping behind it is answered', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('FAXStats'))
    const [heard, ping] = [await peer.next(), await peer.next()]
    assert.equal(ping.name, 'Ping')
    peer.reply(heard, 'Success', 'Message: FAXStats event will follow')
    row(peer, heard, 'FAXStats', 'CurrentSessions: 0')
    await settle()
    assert.equal(call.done, false)
    peer.reply(ping)
    await settle()
    assert.equal((call.value as unknown as { events: unknown[] }).events.length, 1)
    assert.equal(client.stats().inFlight, 0)
  })

  test('gets the rows that lost their ActionID', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = client.sendRaw('IAXpeers')
    const [heard, ping] = [await peer.next(), await peer.next()]
    start(peer, heard)
    peer.say('Event: PeerEntry', 'Channeltype: IAX', 'ObjectName: a')
    peer.say('Event: Hangup', 'Channel: SIP/1')
    peer.say('Event: PeerEntry', 'Channeltype: IAX', 'ObjectName: b')
    complete(peer, heard, 'PeerlistComplete')
    peer.reply(ping)
    assert.deepEqual(
      (await call).events.map(({ ObjectName }) => ObjectName),
      ['a', 'b'],
    )
    assert.equal(client.stats().events, 2, 'the Hangup, and the FullyBooted of the login')
  })

  test('leaves rows without ActionID alone once it is over', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = client.sendRaw('IAXpeers')
    const [heard, ping] = [await peer.next(), await peer.next()]
    start(peer, heard)
    complete(peer, heard, 'PeerlistComplete')
    peer.reply(ping)
    await call
    const events: unknown[] = []
    client.on('PeerEntry', (event) => events.push(event))
    peer.say('Event: PeerEntry', 'ObjectName: stray')
    await settle()
    assert.equal(events.length, 1)
  })

  test('may answer with raw lines alone', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = client.sendRaw('IAXnetstats')
    await peer.next()
    peer.send('IAX2/peer-1 12 3\nIAX2/peer-2 1 2\n\r\n')
    peer.reply(await peer.next())
    const reply = await call
    assert.equal(reply.success, true)
    assert.deepEqual(
      reply.headers.map(([line]) => line),
      ['IAX2/peer-1 12 3', 'IAX2/peer-2 1 2'],
    )
    assert.equal(client.stats().faults, 0)
  })

  test('may answer with nothing at all', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = client.sendRaw('IAXnetstats')
    await peer.next()
    peer.send('\r\n')
    peer.reply(await peer.next())
    const reply = await call
    assert.deepEqual([reply.success, reply.headers, reply.events, reply.message], [true, [], [], ''])
  })

  test('may be refused like any other', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('IAXnetstats'))
    peer.reply(await peer.next(), 'Error', 'Message: Permission denied')
    await settle()
    assert.equal((call.error as { code: string }).code, 'AMI_REFUSED')
    peer.reply(await peer.next())
    await settle()
    assert.deepEqual([client.stats().inFlight, client.stats().lateReplies], [0, 0])
  })

  test('may have its rows fused into one message', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = client.sendRaw('SKINNYdevices')
    const heard = await peer.next()
    start(peer, heard)
    const id = `ActionID: ${heard.id}`
    peer.say(
      'Event: DeviceEntry',
      id,
      'DeviceId: 1',
      'Event: DeviceEntry',
      id,
      'DeviceId: 2',
      'Event: DevicelistComplete',
      id,
      'EventList: Complete',
    )
    const reply = await call
    assert.deepEqual(
      reply.events.map(({ DeviceId }) => DeviceId),
      ['1', '2'],
    )
    assert.equal(reply.completion?.Event, 'DevicelistComplete')
  })

  test('WaitEvent ends at its own event', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = client.sendRaw('WaitEvent', { Timeout: 5 })
    const heard = await peer.next()
    peer.reply(heard, 'Success', 'Message: Waiting for Event completed.')
    peer.say('Event: WaitEventComplete', `ActionID: ${heard.id}`)
    assert.equal((await call).completion?.Event, 'WaitEventComplete')
  })

  test('is told apart from what answers nobody', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    peer.send('some garbage\r\n\r\n')
    await settle()
    assert.equal(client.stats().faults, 1)
    assert.equal(client.state, 'ready')
  })
})
