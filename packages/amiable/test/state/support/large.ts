// Runs in a process with little memory: a server whose every text is as long as a text can be.
import assert from 'node:assert/strict'
import type { StateStatus } from '../../../src/state/index.ts'
import { type Row, speaker } from './flood.ts'
import type { Headers } from './messages.ts'

const RECORDS = 7_000

/** A text that is like no other, and the longest that is kept, of characters that take two bytes. */
let texts = 0
function long(): string {
  return `${++texts}`.padEnd(4_096, '\u4e16')
}

const NAMES = [
  'CallerIDNum',
  'CallerIDName',
  'ConnectedLineNum',
  'ConnectedLineName',
  'AccountCode',
  'Exten',
  'Context',
]

function channel(n: number): Headers {
  const id = `1000000000.${n}`
  const some = Object.fromEntries(NAMES.map((name) => [name, long()]))
  return { ...some, Uniqueid: id, Linkedid: id, Channel: `PJSIP/${n}`, ChannelStateDesc: 'Up' }
}

function* rows(name: string, headers: (n: number) => Headers, records = RECORDS): Iterable<Row> {
  for (let n = 0; n < records; n++) yield [name, headers(n)]
}

const party = (n: number) => ({ Uniqueid: `${n}`, Channel: long(), CallerIDNum: long(), CallerIDName: long() })
const member = (n: number): Headers => ({
  Queue: 'support',
  ...{ Location: `SIP/${n}`, Interface: `SIP/${n}`, Name: long(), MemberName: long(), StateInterface: long() },
})

let isOver = false
const { state, say } = speaker(
  {},
  {
    CoreShowChannels: () => (isOver ? [] : rows('CoreShowChannel', channel)),
    // one at a time: what a server keeps is no part of what is measured. All of them would fill the room of the channels
    *QueueStatus() {
      yield ['QueueParams', { Queue: 'support' }]
      yield* isOver ? rows('QueueMember', member, RECORDS / 2) : rows('QueueMember', member)
    },
  },
)
const limits: StateStatus[] = []
void (async () => {
  for await (const status of state.status()) if (status.type === 'limit') limits.push(status)
})()
await state.ready()
const listed = state.channels.size
assert.ok(listed > 100, `${listed} channels`)
// what is there may be long in one more place, or the next one, or be told as changed ten thousand times
for (const name of ['NewCallerid', 'NewConnectedLine', 'NewAccountCode', 'Newexten', 'Newchannel'])
  for (let n = 0; n < RECORDS; n++) say(name, { ...channel(n), Application: long(), AppData: long() })
for (let n = 0; n < RECORDS; n++) say('NewCallerid', channel(0))
for (let n = 0; n < RECORDS; n++)
  say('DialBegin', { Uniqueid: `1000000000.${n % 50}`, DestUniqueid: `${n}`, DialString: long() })
for (let n = 0; n < RECORDS; n++) say('ConfbridgeJoin', { Conference: `${n % 3}`, ...party(n) })
for (let n = 0; n < RECORDS; n++)
  say('ParkedCall', { Parkinglot: 'lot', ParkingSpace: `${n}`, ParkeeUniqueid: `${n}`, ParkeeChannel: long() })
for (let n = 0; n < RECORDS; n++) say('QueueMemberPause', { ...member(n), Paused: '1', PausedReason: long() })
for (let n = 0; n < RECORDS; n++) say('Cdr', { UniqueID: `1000000000.${n % 50}`, Channel: long(), Destination: long() })
for (let n = 0; n < RECORDS; n++)
  say('BridgeCreate', { BridgeUniqueid: `${n}`, BridgeCreator: long(), BridgeName: long() })
await new Promise<void>((resolve) => setImmediate(resolve))
assert.ok(limits.length > 0, 'nothing was reported')
assert.ok(state.stats().leftOut > RECORDS, `${state.stats().leftOut} left out`)
// what ends makes room
isOver = true
for (let n = 0; n < RECORDS; n++) say('Hangup', channel(n))
await state.refresh('channels')
await state.refresh('queues')
await state.ready()
assert.equal(state.queues.get('support')?.members.length, RECORDS / 2)
say('Newchannel', { Uniqueid: '7', Linkedid: '7', Channel: 'PJSIP/7', ChannelStateDesc: 'Down' })
assert.equal(state.channels.get('7')?.name, 'PJSIP/7')
await state.close()
