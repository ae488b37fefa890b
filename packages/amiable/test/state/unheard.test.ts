// What nobody hears of is written in place, and calls wait until somebody looks: nobody can tell.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Call } from '../../src/state/index.ts'
import { SeededRandom } from '../../src/testing/index.ts'
import { type Row, speaker } from './support/flood.ts'
import type { Headers } from './support/messages.ts'

const AT = Date.UTC(2026, 0, 1, 12)
const STATES = ['Down', 'Ring', 'Ringing', 'Up', 'Up']

const idOf = (n: number) => `1000000000.${n}`
const channel = (n: number, state: string, more: Headers = {}): Headers => {
  const Linkedid = idOf(n - (n % 2))
  return { Uniqueid: idOf(n), Linkedid, Channel: `PJSIP/${n}-0000000${n}`, ChannelStateDesc: state, ...more }
}
const bridge = (n: number): Headers => ({
  BridgeUniqueid: `b${n}`,
  BridgeType: 'basic',
  BridgeTechnology: 'simple_bridge',
})
const member = (status: number, paused: number): Headers => {
  const times = { LastCall: '0', LoginTime: '0', LastPause: '0', Wrapuptime: '0', CallsTaken: '0', Penalty: '0' }
  const who = { Queue: 'support', MemberName: 'Ann', Interface: 'PJSIP/1', Location: 'PJSIP/1', Name: 'Ann' }
  return { ...who, ...times, Membership: 'dynamic', Status: String(status), Paused: String(paused), InCall: '0' }
}

const LISTS: { readonly [action: string]: () => Row[] } = {
  CoreShowChannels: () => [0, 1, 2].map((n) => ['CoreShowChannel', channel(n, STATES[n + 1] as string)]),
  QueueStatus: () => [
    ['QueueParams', { Queue: 'support', Strategy: 'ringall' }],
    ['QueueMember', member(1, 0)],
  ],
}

/** An event of a seed. */
function event(random: SeededRandom): Row {
  const n = random.integer(0, 5)
  const other = idOf(random.integer(0, 5))
  const state = STATES[random.integer(0, STATES.length - 1)] as string
  const name = `Name of a caller ${random.integer(0, 2)}`
  // now and then a channel goes over to another call, and stays there until it says something else
  const one = channel(n, state, random.integer(0, 19) === 0 ? { Linkedid: other } : {})
  const inside = { ...one, ...bridge(n - (n % 2)) }
  const dial = { ...one, DestUniqueid: other, DialString: name, DialStatus: 'RINGING' }
  const waits = { ...one, Queue: 'support', Position: '1', Count: '1', Interface: 'PJSIP/1' }
  const parked = { Parkinglot: 'lot', ParkingSpace: String(n), ParkeeUniqueid: idOf(n), ParkeeChannel: name }
  const all: Row[] = [
    ['Newstate', one],
    ['Newstate', one],
    ['NewCallerid', { ...one, CallerIDNum: String(n), CallerIDName: name }],
    ['NewConnectedLine', { ...one, ConnectedLineNum: String(n), ConnectedLineName: name }],
    ['Newexten', { ...one, Context: 'default', Exten: String(n), Application: 'Dial', AppData: name }],
    ['Hold', one],
    ['Unhold', one],
    ['BridgeCreate', bridge(n - (n % 2))],
    ['BridgeDestroy', bridge(n - (n % 2))],
    ['BridgeEnter', inside],
    ['BridgeLeave', inside],
    ['Newchannel', channel(n, 'Down')],
    ['Newchannel', one],
    ['Hangup', { ...one, Cause: '16' }],
    ['Rename', { ...one, Newname: `PJSIP/${n}-0000001${n}` }],
    ['DialBegin', dial],
    ['DialState', dial],
    ['DialEnd', dial],
    ['LocalBridge', { LocalOneUniqueid: idOf(n), LocalTwoUniqueid: other }],
    ['QueueCallerJoin', waits],
    ['QueueCallerLeave', { ...waits, Count: '0' }],
    ['AgentConnect', waits],
    ['ConfbridgeJoin', { ...one, Conference: 'room' }],
    ['ConfbridgeLeave', { ...one, Conference: 'room' }],
    ['ParkedCall', parked],
    ['UnParkedCall', parked],
    ['BlindTransfer', { TransfererUniqueid: idOf(n), Result: 'Success', Extension: name }],
    ['Cdr', { UniqueID: idOf(n), Channel: name, Duration: '1' }],
    ['QueueMemberStatus', member(random.integer(0, 6), random.integer(0, 1))],
  ]
  return all[random.integer(0, all.length - 1)] as Row
}

test('a model that nobody heard or looked at shows what one shows that was heard all the time', async () => {
  // they wait for their lists together
  await Promise.all(Array.from({ length: 200 }, (_, seed) => compared(seed)))
})

async function compared(seed: number): Promise<void> {
  const random = new SeededRandom(seed)
  const models = [0, 1].map(() => speaker({ kinds: ['calls', 'queues', 'rooms', 'parking'] }, LISTS))
  for (const { state } of models) await state.ready()
  models[0]?.state.on('*', () => {})
  const had: { readonly records: readonly object[]; readonly was: string }[] = []
  for (let n = 0; n < 60; n++) {
    const [name, headers] = event(random)
    for (const { say } of models) say(name, headers, AT + n * 1_000)
    if (random.integer(0, 9) > 0) continue
    const { state } = models[1] as (typeof models)[number]
    const records = [...state.channels, ...state.bridges, ...state.queues]
    had.push({ records, was: JSON.stringify(records) })
  }
  // a record that somebody has does not change, nor does any part of it
  for (const { records, was } of had) {
    assert.equal(JSON.stringify(records), was, `seed ${seed}`)
    assert.ok(records.every(isFrozen), `seed ${seed}`)
  }
  const [heard, unheard] = models.map(({ state }) => {
    const { channels, bridges, calls, queues, rooms, parking } = state
    return {
      rooms: [...rooms],
      parking: [...parking],
      calls: [...calls],
      ended: calls.ended,
      channels: [...channels],
      bridges: [...bridges],
      queues: [...queues],
    }
  })
  assert.deepEqual(unheard, heard, `seed ${seed}`)
  for (const { state } of models) await state.close()
}

/** Tells the same to a model that is heard and to one that is not, and compares what they show of calls. */
async function callsOf(
  kinds: readonly ('calls' | 'queues')[],
  lists: Row[],
  events: readonly Row[],
): Promise<readonly Call[]> {
  const rows = { CoreShowChannels: () => lists, QueueStatus: () => [['QueueParams', { Queue: 'support' }] as Row] }
  const models = [0, 1].map(() => speaker({ kinds }, rows))
  for (const { state } of models) await state.ready()
  models[0]?.state.on('*', () => {})
  for (const [name, headers] of events) for (const { say } of models) say(name, headers, AT)
  const [heard, unheard] = models.map(({ state }) => [...state.calls])
  assert.deepEqual(unheard, heard)
  for (const { state } of models) await state.close()
  return heard ?? []
}

test('a call with a channel that is up since nobody knows when is not answered by what is heard of that one', async () => {
  const lists: Row[] = [
    ['CoreShowChannel', channel(0, 'Up')],
    ['CoreShowChannel', channel(1, 'Ringing')],
  ]
  const before: Row[] = [
    ['BridgeCreate', bridge(0)],
    // a record of a list is replaced by the first event, and then written in place
    ['NewConnectedLine', channel(0, 'Up', { ConnectedLineNum: '1' })],
    ['BridgeEnter', { ...channel(0, 'Up'), ...bridge(0), BridgeNumChannels: '1' }],
  ]
  for (const last of ['Newstate', 'Newchannel']) {
    for (const state of ['Up', 'Ring']) {
      const [call] = await callsOf(['calls'], lists, [...before, [last, channel(0, state)]])
      assert.equal(call?.phase, 'up')
      assert.equal(call?.answeredAt, undefined, `${last} ${state}`)
    }
  }
})

test('who was connected to a caller that still waits stays, however often the call is made again', async () => {
  const caller = { ...channel(0, 'Up'), Queue: 'support', Position: '1', Count: '1' }
  const [call] = await callsOf(
    ['calls', 'queues'],
    [],
    [
      ['Newchannel', channel(0, 'Up')],
      ['QueueCallerJoin', caller],
      ['AgentConnect', { ...caller, Interface: 'PJSIP/1' }],
      ['NewConnectedLine', channel(0, 'Up', { ConnectedLineNum: '1' })],
      ['NewCallerid', channel(0, 'Up', { CallerIDNum: '7' })],
    ],
  )
  assert.equal(call?.queue?.member, 'PJSIP/1')
})

test('an event between a row and the end of its list is told alike', async () => {
  const one: Headers = { ...channel(0, 'Up'), CallerIDNum: '1', CallerIDName: 'Ann' }
  const other: Headers = { ...one, CallerIDNum: '2', CallerIDName: 'Bob' }
  const inside = (type: string): Headers => ({ ...one, ...bridge(0), BridgeType: type, BridgeNumChannels: '1' })
  const told = async (isHeard: boolean): Promise<unknown[]> => {
    const { state, say } = speaker(
      { kinds: ['channels', 'bridges'] },
      {
        *CoreShowChannels(): Iterable<Row> {
          yield ['CoreShowChannel', one]
          say('NewCallerid', other, AT)
        },
        *BridgeList(): Iterable<Row> {
          yield ['BridgeListItem', inside('basic')]
          say('BridgeEnter', inside('holding'), AT)
        },
        BridgeInfo: () => [['BridgeInfoChannel', one]],
      },
    )
    if (isHeard) state.on('*', () => {})
    say('Newchannel', one, AT)
    say('NewCallerid', { ...one, CallerIDName: 'Eve' }, AT)
    say('NewCallerid', one, AT)
    say('BridgeCreate', inside('basic'), AT)
    say('BridgeEnter', inside('basic'), AT)
    await state.ready()
    const all = [state.channels.get(idOf(0))?.caller, state.bridges.get('b0')?.type]
    await state.close()
    return all
  }
  const heard = await told(true)
  assert.deepEqual(await told(false), heard)
  assert.equal(heard[1], 'holding')
})

function isFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Date) return true
  return Object.isFrozen(value) && Object.values(value).every(isFrozen)
}
