// Whatever a server says, and for however long: what a model keeps has a limit.
import assert from 'node:assert/strict'
import { type SourceEvent, type StateOptions, watch } from '../../../src/state/index.ts'
import { AsyncQueue } from '../../../src/util/async-queue.ts'
import { type Clock, systemClock } from '../../../src/util/clock.ts'
import { type Headers, Message } from './messages.ts'

/** A row of a list: its name and its headers. */
export type Row = readonly [name: string, headers: Headers]

/** A client that says what a test says; without `lists` it never logs in, and with them it answers with their rows. */
export function speaker(options: StateOptions, lists?: Readonly<Record<string, () => Iterable<Row>>>) {
  let serial = 0
  let now = Date.UTC(2026, 0, 1)
  const clock: Clock = { ...systemClock, now: () => now }
  let hear: (event: SourceEvent) => unknown = () => {}
  const answer = async function* (action: string, actionId: string) {
    await new Promise<void>((resolve) => setImmediate(resolve))
    const tell = (name: string, headers: Headers) =>
      hear(new Message(name, headers, { serial: ++serial, epoch: 1, at: now, actionId }))
    let rows = 0
    for (const [name, headers] of lists?.[action]?.() ?? []) {
      rows++
      tell(name, headers)
    }
    tell('', { EventList: 'Complete', ListItems: String(rows) })
    yield* []
  }
  const state = watch(
    {
      name: 'pbx',
      state: lists === undefined ? 'idle' : 'ready',
      on: (_names, handler, { all }) => {
        if (all) hear = handler
        return { id: 'listener-1', remove: () => {} }
      },
      listRaw: (action, _params, { actionId }) => answer(action, actionId),
      sendRaw: () => Promise.resolve({ get: () => undefined }),
      status: () => new AsyncQueue<{ type: string }>(() => {}),
    },
    { audit: false, clock, ...options },
  )
  const say = (name: string, headers: Headers, at = now) => {
    now = at
    hear(new Message(name, { Privilege: 'call,all', ...headers }, { serial: ++serial, epoch: 1, at }))
  }
  return { state, say }
}

/** So many calls over Local channels, each of another number, leave nothing behind but what options keep. */
export async function flood(calls: number): Promise<void> {
  const { state, say } = speaker({ keep: { calls: 100, milliseconds: 120_000 }, limits: { changes: 1_000 } })
  const slow = state.changes({ capacity: 10 })
  const start = Date.UTC(2026, 0, 1)
  for (let n = 0; n < calls; n++) {
    const at = start + n * 10
    const channel = { Uniqueid: `1000000000.${n}`, Linkedid: `1000000000.${n}`, Channel: `Local/${n}@out-${n};1` }
    say('Newchannel', { ...channel, ChannelStateDesc: 'Down' }, at)
    say('DeviceStateChange', { Device: `Local/${n}@out`, State: 'INUSE' }, at)
    say('ConfbridgeJoin', { ...channel, Conference: `room ${n}` }, at)
    say('ConfbridgeLeave', { ...channel, Conference: `room ${n}` }, at)
    say('ConfbridgeEnd', { Conference: `room ${n}` }, at)
    say('ParkedCall', { Parkinglot: 'lot', ParkingSpace: `${n}`, ParkeeUniqueid: channel.Uniqueid }, at)
    say('ParkedCallGiveUp', { Parkinglot: 'lot', ParkingSpace: `${n}`, ParkeeUniqueid: channel.Uniqueid }, at)
    say('Hangup', { ...channel, Cause: '16' }, at)
  }
  const { records, changes } = state.stats()
  for (const [kind, count] of Object.entries(records)) assert.equal(count, 0, kind)
  assert.ok(changes > calls * 5)
  assert.equal(state.calls.ended.length, 100)
  assert.ok(state.since(state.revision)?.length === 0)
  // a loop that never read has one reset, and what came after it
  assert.equal((await slow.next()).value.type, 'reset')
  await state.close()
}
