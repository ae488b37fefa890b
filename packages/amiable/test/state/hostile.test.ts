// A server that says what no Asterisk says: names that are none, numbers without sense, texts and lists without an end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Kind, State } from '../../src/state/index.ts'
import { type Row, speaker } from './support/flood.ts'

const ALL: readonly Kind[] = [
  ...(['calls', 'queues', 'rooms', 'parking', 'devices', 'hints'] as const),
  ...(['agents', 'presence', 'endpoints', 'contacts', 'trunks', 'mailboxes'] as const),
]
const many = (count: number, row: (n: number) => Row): Row[] => Array.from({ length: count }, (_, n) => row(n))

function size(state: State): number {
  return Object.values(state.stats().records).reduce((sum, one) => sum + one, 0)
}

test('limits hold for lists too: the newest rows are left out, and those that were there stay', async () => {
  const channel = (n: number): Row => ['CoreShowChannel', { Uniqueid: `${n}`, Channel: `PJSIP/${n}` }]
  let channels = [channel(7), channel(8)]
  const limits = { channels: 3, devices: 3, queueMembers: 3 }
  const { state } = speaker(
    { kinds: ALL, limits },
    {
      CoreShowChannels: () => channels,
      BridgeList: () => many(9, (n) => ['BridgeListItem', { BridgeUniqueid: `${n}` }]),
      BridgeInfo: () => many(9, (n) => ['BridgeInfoChannel', { Uniqueid: `${n}` }]),
      QueueStatus: () => [
        ...many(9, (n): Row => ['QueueParams', { Queue: `${n}` }]),
        ...many(9, (n): Row => ['QueueMember', { Queue: '0', Location: `${n}` }]),
        ...many(9, (n): Row => ['QueueEntry', { Queue: '0', Uniqueid: `${n}`, Position: `${n + 1}` }]),
      ],
      ConfbridgeListRooms: () => many(9, (n) => ['ConfbridgeListRooms', { Conference: `${n}` }]),
      ConfbridgeList: () => many(9, (n) => ['ConfbridgeList', { Conference: '0', Uniqueid: `${n}` }]),
      ParkedCalls: () =>
        many(9, (n) => ['ParkedCall', { Parkinglot: 'l', ParkingSpace: `${n}`, ParkeeUniqueid: `${n}` }]),
      DeviceStateList: () => many(9, (n) => ['DeviceStateChange', { Device: `SIP/${n}` }]),
      ExtensionStateList: () => many(9, (n) => ['ExtensionStatus', { Exten: `${n}`, Context: 'c' }]),
      Agents: () => many(9, (n) => ['Agents', { Agent: `${n}` }]),
      PresenceStateList: () => many(9, (n) => ['PresenceStateChange', { Presentity: `${n}` }]),
      PJSIPShowEndpoints: () => many(9, (n) => ['EndpointList', { ObjectName: `${n}`, Aor: 'a', Contacts: `a/${n}` }]),
      PJSIPShowContacts: () => many(9, (n) => ['ContactList', { ObjectName: `b;@${n}`, Uri: `${n}` }]),
      PJSIPShowRegistrationsOutbound: () => many(9, (n) => ['OutboundRegistrationDetail', { ObjectName: `${n}` }]),
      VoicemailUsersList: () => many(9, (n) => ['VoicemailUserEntry', { VoiceMailbox: `${n}`, VMContext: 'c' }]),
    },
  )
  await state.ready()
  channels = many(9, channel)
  await state.refresh('channels')
  for (const [kind, count] of Object.entries(state.stats().records)) {
    assert.ok(count > 0 && count <= 3, `${count} of ${kind}`)
  }
  assert.deepEqual([...state.channels.keys()], ['7', '8', '0'])
  for (const room of state.rooms) assert.ok(room.parties.length <= 3)
  assert.ok([...state.bridges].flatMap((bridge) => bridge.channels).length <= 3)
  assert.ok(state.stats().leftOut > 50)
  await state.close()
})

test('what a server makes up without end has a limit, whatever it is', async () => {
  const { state, say } = speaker(
    { kinds: ALL, limits: { channels: 50, devices: 50, queueMembers: 50 } },
    {
      QueueStatus: () => [['QueueParams', { Queue: 'q' }]],
    },
  )
  await state.ready()
  say('Newchannel', { Uniqueid: 'x', Linkedid: 'x', Channel: 'PJSIP/x' })
  for (let n = 0; n < 5_000; n++) {
    const channel = { Uniqueid: `${n}`, Linkedid: `${n}`, Channel: `PJSIP/${n}` }
    say('BridgeCreate', { BridgeUniqueid: `${n}` })
    say('BridgeEnter', { ...channel, BridgeUniqueid: '1' })
    say('QueueCallerJoin', { ...channel, Queue: 'q', Position: `${n + 1}`, Count: `${n + 1}` })
    say('QueueCallerJoin', { ...channel, Queue: `made up ${n}`, Position: '1', Count: '1' })
    say('ConfbridgeStart', { Conference: `${n}` })
    say('ConfbridgeJoin', { ...channel, Conference: '1' })
    say('ParkedCall', { Parkinglot: 'lot', ParkingSpace: `${n}`, ParkeeUniqueid: `${n}` })
    say('AgentLogin', { ...channel, Agent: `${n}` })
    say('ContactStatus', { AOR: 'a', URI: `sip:${n}` })
    say('Newstate', { Uniqueid: 'x', Linkedid: `merged ${n}` })
    say('DialBegin', { Uniqueid: 'x', DestUniqueid: `${n}` })
    say('ChanSpyStart', { SpyeeUniqueid: 'x', SpyerUniqueid: `${n}` })
  }
  for (const [kind, count] of Object.entries(state.stats().records)) assert.ok(count <= 50, `${count} of ${kind}`)
  assert.equal(state.rooms.get('1')?.parties.length, 50)
  assert.equal(state.bridges.get('1')?.channels.length, 50)
  assert.equal(state.channels.get('x')?.dialing.length, 1_000)
  assert.equal(state.channels.get('x')?.spiedBy.length, 1_000)
  assert.ok((state.calls.of('x')?.merged.length ?? 0) <= 64)
  await state.close()
})

const EVENTS: readonly Row[] = [
  ['Newchannel', { Uniqueid: '@', Channel: '@' }],
  ['BridgeCreate', { BridgeUniqueid: '@' }],
  ['QueueMemberAdded', { Queue: 'q', Interface: '@' }],
  ['QueueCallerJoin', { Queue: 'q', Uniqueid: '@' }],
  ['ConfbridgeStart', { Conference: '@' }],
  ['ConfbridgeJoin', { Conference: '@', Uniqueid: '@' }],
  ['ParkedCall', { Parkinglot: '@', ParkingSpace: '@', ParkeeUniqueid: '@' }],
  ['DeviceStateChange', { Device: '@' }],
  ['ExtensionStatus', { Exten: '@', Context: '@' }],
  ['AgentLogin', { Agent: '@' }],
  ['PresenceStateChange', { Presentity: '@' }],
  ['ContactStatus', { AOR: '@', URI: '@' }],
]
const named = (headers: Row[1], name: string) =>
  Object.fromEntries(Object.entries(headers).map(([header, value]) => [header, value.replace('@', name)]))

test('what has no name, or one that is longer than any of Asterisk, is no record', async () => {
  const { state, say } = speaker({ kinds: ALL }, { QueueStatus: () => [['QueueParams', { Queue: 'q' }]] })
  await state.ready()
  for (const [event, headers] of EVENTS) {
    say(event, {})
    say(event, named(headers, ''))
    say(event, named(headers, 'n'.repeat(2_000)))
  }
  assert.equal(size(state), 1)
  await state.close()
})

test("names that are those of an object's own members are names like any other", async () => {
  const { state, say } = speaker(
    { kinds: ALL, variables: ['__proto__'] },
    {
      QueueStatus: () => [
        ['QueueParams', { Queue: 'q' }],
        ['QueueParams', { Queue: '__proto__' }],
      ],
    },
  )
  await state.ready()
  for (const name of ['__proto__', 'constructor', 'toString']) {
    for (const [event, headers] of EVENTS) say(event, named(headers, name))
    say('VarSet', { Uniqueid: name, Variable: '__proto__', Value: 'polluted' })
    for (const all of [state.channels, state.bridges, state.calls, state.rooms, state.devices, state.agents]) {
      assert.ok(all.has(name))
      assert.equal(all.has('valueOf'), false)
    }
    assert.ok(Object.hasOwn(state.channels.get(name)?.variables ?? {}, '__proto__'))
  }
  assert.equal(state.queues.get('__PROTO__')?.name, '__proto__')
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
  assert.equal(({} as Record<string, unknown>).polluted, undefined)
  await state.close()
})

test('a text without end is cut, and a million of them take no more than the limits allow', async () => {
  const { state, say } = speaker(
    { kinds: ['calls', 'devices'], limits: { channels: 100, devices: 100, changes: 10 } },
    {},
  )
  await state.ready()
  const text = 'x'.repeat(500_000)
  for (let n = 0; n < 100; n++) {
    say('Newchannel', { Uniqueid: `${n}`, Channel: `PJSIP/${n}`, CallerIDName: text, AccountCode: text, Context: text })
    say('Newexten', { Uniqueid: `${n}`, Application: text, AppData: text })
  }
  const [channel] = state.channels
  assert.equal(channel?.accountCode.length, 4_096)
  assert.ok(JSON.stringify(state.snapshot()).length < 100 * 8 * 4_096)
  await state.close()
})

test('numbers without sense are none: every date is one, nothing spins, and a list that says them again changes nothing', async () => {
  const rows: readonly Row[] = [
    ['QueueParams', { Queue: 'q', Max: '1e400', ServiceLevel: 'Infinity' }],
    [
      'QueueMember',
      { Queue: 'q', Location: 'a', LoginTime: '1e300', LastCall: '99999999999', Wrapuptime: '99999999999' },
    ],
    ['QueueEntry', { Queue: 'q', Uniqueid: '1', Wait: '1e300', Position: '-5' }],
  ]
  const { state, say } = speaker({ kinds: ['queues', 'parking'] }, { QueueStatus: () => rows })
  await state.ready()
  say('ParkedCall', {
    Parkinglot: 'l',
    ParkingSpace: '1',
    ParkeeUniqueid: '1',
    ParkingDuration: '1e300',
    ParkingTimeout: '-1',
  })
  say('QueueCallerJoin', { Queue: 'q', Uniqueid: '2', Position: '-9', Count: 'many' })
  const { revision } = state
  await state.refresh('queues')
  const dates = (value: unknown): Date[] =>
    value instanceof Date ? [value] : typeof value === 'object' && value ? Object.values(value).flatMap(dates) : []
  const all = dates(state.snapshot())
  assert.ok(all.length > 4)
  for (const date of all) assert.ok(!Number.isNaN(date.getTime()))
  assert.deepEqual(
    state.since(revision)?.filter(({ kind }) => kind !== 'caller'),
    [],
  )
  await state.close()
})

test('contacts and AORs without end are read once', async () => {
  const aors = many(30_000, (n) => [`a${n}`, {}]).map(([name]) => name)
  const contacts = many(30_000, (n) => [`b/${n}`, {}]).map(([name]) => name)
  const row: Row = ['EndpointList', { ObjectName: 'e', Aor: aors.join(','), Contacts: contacts.join(',') }]
  const { state } = speaker({ kinds: ['contacts'] }, { PJSIPShowEndpoints: () => [row] })
  const began = process.cpuUsage()
  await state.ready()
  // each with each of the others takes seconds
  assert.ok(process.cpuUsage(began).user < 2_000_000)
  await state.close()
})

test('events in impossible orders change nothing that is not there', async () => {
  const { state, say } = speaker({ kinds: ALL }, {})
  await state.ready()
  const channel = { Uniqueid: '1', Linkedid: '1', Channel: 'PJSIP/1' }
  for (const name of ['Hangup', 'Newstate', 'Newexten', 'Rename', 'Hold', 'DialEnd', 'DialState', 'MixMonitorStop']) {
    say(name, channel)
  }
  for (const name of ['BridgeLeave', 'BridgeEnter', 'BridgeDestroy']) say(name, { ...channel, BridgeUniqueid: 'b' })
  for (const name of ['QueueCallerLeave', 'QueueCallerAbandon', 'AgentConnect', 'AgentComplete', 'QueueMemberPause']) {
    say(name, { ...channel, Queue: 'q', Interface: 'PJSIP/1' })
  }
  for (const name of ['ConfbridgeEnd', 'ConfbridgeLeave', 'ConfbridgeMute', 'ConfbridgeTalking', 'ConfbridgeRecord']) {
    say(name, { ...channel, Conference: 'c' })
  }
  for (const name of ['UnParkedCall', 'ParkedCallGiveUp', 'ParkedCallTimeOut']) {
    say(name, { Parkinglot: 'l', ParkingSpace: '1', ParkeeUniqueid: '1' })
  }
  for (const name of ['AttendedTransfer', 'BlindTransfer', 'Cdr', 'LocalBridge', 'MessageWaiting', 'Registry']) {
    say(name, channel)
  }
  assert.equal(size(state), 0)
  // a channel enters a second bridge, and nobody says that it left the first
  say('Newchannel', channel)
  say('Newchannel', channel)
  for (const bridge of ['b1', 'b2']) {
    say('BridgeCreate', { BridgeUniqueid: bridge })
    say('BridgeEnter', { ...channel, BridgeUniqueid: bridge })
  }
  assert.deepEqual(state.bridges.get('b1')?.channels, [])
  assert.deepEqual(state.bridges.get('b2')?.channels, ['1'])
  assert.equal(state.channels.get('1')?.bridge, 'b2')
  await state.close()
})

test('what left just before the login, and stands in the first list all the same, is gone with the next', async () => {
  let leaving = true
  const channel: Row = ['CoreShowChannel', { Uniqueid: '1', Channel: 'PJSIP/1' }]
  const party: Row = ['ConfbridgeList', { Conference: '100', Uniqueid: '1', Channel: 'PJSIP/1' }]
  const call: Row = ['ParkedCall', { Parkinglot: 'l', ParkingSpace: '1', ParkeeUniqueid: '1' }]
  const { state } = speaker(
    { kinds: ['channels', 'rooms', 'parking'] },
    {
      CoreShowChannels: () => (leaving ? [channel] : []),
      ConfbridgeListRooms: () => [['ConfbridgeListRooms', { Conference: '100' }]],
      ConfbridgeList: () => (leaving ? [party] : []),
      ParkedCalls: () => (leaving ? [call] : []),
    },
  )
  await state.ready()
  assert.equal(state.rooms.get('100')?.parties.length, 1)
  leaving = false
  const changes = state.changes({ filter: ['channel.removed', 'room.changed', 'parked.removed'] })
  for (let n = 0; n < 3; n++) await changes.next()
  assert.deepEqual([state.channels.size, state.rooms.get('100')?.parties, state.parking.size], [0, [], 0])
  await state.close()
})
