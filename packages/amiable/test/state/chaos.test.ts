// A server that says anything in any order: whatever comes, the picture does not contradict itself, and neither do the
// changes that were reported of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Change, Kind, State } from '../../src/state/index.ts'
import { SeededRandom } from '../../src/testing/index.ts'
import { type Row, speaker } from './support/flood.ts'
import type { Headers } from './support/messages.ts'

const SETTLED_WITHIN = 10_000
const SEEDS = 25
const EVENTS = 150

const KINDS: readonly Kind[] = ['calls', 'queues', 'rooms', 'parking', 'agents', 'contacts', 'trunks']
const IDS = ['1', '2', '3', '4', '1', '2', '3', '4', '', '__proto__', '<unknown>', 'x'.repeat(2_000)]
const NUMBERS = ['0', '1', '2', '3', '-1', 'many', '', '1e400', '99999999999']
const WORDS = [
  'Up',
  'Ring',
  'Ringing',
  'Down',
  'basic',
  'agent_hold',
  'Removed',
  'Reachable',
  'Registered',
  'PJSIP',
  '1',
]
const words = (text: string) => text.split(' ')
const ID_HEADERS = words(
  'Uniqueid Linkedid BridgeUniqueid DestUniqueid ParkeeUniqueid LocalOneUniqueid LocalTwoUniqueid UniqueID Channel ' +
    'OrigTransfererUniqueid TransfererUniqueid SpyeeUniqueid SpyerUniqueid Newname Queue Interface Location ' +
    'Conference Parkinglot ParkingSpace Agent AOR URI ObjectName Uri Endpoint Contacts Aor Username Domain ' +
    'ClientUri ServerUri CallerIDNum CallerIDName Application',
)
const NUMBER_HEADERS = words('Position Count BridgeNumChannels Paused Wrapuptime LastCall InCall CallsTaken Wait')
const WORD_HEADERS = words('ChannelStateDesc BridgeType Status ContactStatus ChannelType')
const NAMES = words(
  'Newchannel Newchannel Newchannel Newstate NewCallerid Newexten Rename Hangup Hold DialBegin DialEnd ChanSpyStart ' +
    'LocalBridge BridgeCreate BridgeCreate BridgeEnter BridgeEnter BridgeLeave BridgeDestroy QueueMemberAdded ' +
    'QueueMemberRemoved QueueCallerJoin QueueCallerJoin QueueCallerLeave AgentConnect AgentComplete ConfbridgeStart ' +
    'ConfbridgeJoin ConfbridgeLeave ConfbridgeEnd ParkedCall ParkedCallSwap UnParkedCall AgentLogin AgentLogoff ' +
    'ContactStatus Registry AttendedTransfer BlindTransfer Cdr',
)
const LISTS: Readonly<Record<string, string>> = {
  CoreShowChannels: 'CoreShowChannel',
  BridgeList: 'BridgeListItem',
  BridgeInfo: 'BridgeInfoChannel',
  QueueStatus: 'QueueParams QueueMember QueueEntry',
  ConfbridgeListRooms: 'ConfbridgeListRooms',
  ConfbridgeList: 'ConfbridgeList',
  ParkedCalls: 'ParkedCall',
  Agents: 'Agents',
  PJSIPShowEndpoints: 'EndpointList',
  PJSIPShowContacts: 'ContactList',
  PJSIPShowRegistrationsOutbound: 'OutboundRegistrationDetail',
}

function headersOf(random: SeededRandom): Headers {
  const headers: Record<string, string> = {}
  const groups: [string[], string[]][] = [
    [ID_HEADERS, IDS],
    [NUMBER_HEADERS, NUMBERS],
    [WORD_HEADERS, WORDS],
  ]
  for (const [names, values] of groups) {
    for (const name of names) if (random.chance(0.9)) headers[name] = random.pick(values)
  }
  return headers
}

/** Says what of a picture contradicts the rest of it. */
function contradictions(state: State): string[] {
  const found: string[] = []
  const check = (isSo: boolean, what: string) => {
    if (!isSo) found.push(what)
  }
  for (const { id, call, bridge } of state.channels) {
    check(state.calls.get(call)?.legs.some(({ channel }) => channel === id) === true, `${id} is no leg of ${call}`)
    const place = bridge === undefined ? undefined : state.bridges.get(bridge)
    check(place === undefined || place.channels.includes(id), `${id} is not in ${bridge}`)
  }
  for (const { id, legs } of state.calls) {
    check(legs.length > 0, `${id} has no leg`)
    for (const leg of legs) {
      const { call, state: stands, name, bridge } = state.channels.get(leg.channel) ?? {}
      check(call === id, `${leg.channel} is a leg of ${id} and of ${call}`)
      check(leg.state === stands && leg.name === name && leg.bridge === bridge, `the leg ${leg.channel} differs`)
    }
  }
  const places = new Set<string>()
  for (const { id, channels } of state.bridges) {
    for (const channel of channels) {
      check(!places.has(channel), `${channel} is in two bridges`)
      places.add(channel)
      const said = state.channels.get(channel)
      check(said === undefined || said.bridge === id, `${channel} is in ${id} and in ${said?.bridge}`)
    }
  }
  return found
}

/** Keeps what changes say, and what is wrong with them. */
function replay(state: State) {
  const records = new Map<string, object>()
  const wrong: string[] = []
  state.on('*', (change: Change) => {
    const key = `${change.kind} ${change.key}`
    const last = records.get(key)
    if ((last === undefined) !== (change.type === 'added')) wrong.push(`${key}: ${change.type}`)
    // a queue is another one as well when its members or callers change, which are changes of their own
    if (change.type === 'changed' && change.kind !== 'queue' && change.before !== last) wrong.push(`${key}: before`)
    if ('after' in change) records.set(key, change.after)
    else records.delete(key)
  })
  return { records, wrong }
}

/** Says what of a picture nobody was told. */
function untold(state: State, told: ReadonlyMap<string, object>): string[] {
  const held = Object.values(state.stats().records).reduce((sum, one) => sum + one, 0)
  return [
    ...(told.size === held ? [] : [`${told.size} of ${held}`]),
    ...[...state.channels].filter((one) => told.get(`channel ${one.id}`) !== one).map(({ id }) => `channel ${id}`),
    ...[...state.calls].filter((one) => told.get(`call ${one.id}`) !== one).map(({ id }) => `call ${id}`),
  ]
}

async function chaos(seed: number): Promise<void> {
  const random = new SeededRandom(seed)
  const rows = (names: string) => () =>
    Array.from({ length: random.integer(0, 6) }, (): Row => [random.pick(words(names)), headersOf(random)])
  const lists = Object.fromEntries(Object.entries(LISTS).map(([action, names]) => [action, rows(names)]))
  const limits = random.chance(0.3) ? { channels: 3, devices: 2, queueMembers: 2, changes: 50 } : {}
  const { state, say } = speaker({ kinds: KINDS, limits }, lists)
  const { records, wrong } = replay(state)
  try {
    await state.ready()
    for (let n = 0; n < EVENTS; n++) {
      const name = random.pick(NAMES)
      say(name, headersOf(random), Date.UTC(2026, 0, 1) + n * 10)
      assert.deepEqual(contradictions(state), [], `seed ${seed}, event ${n}, ${name}`)
      if (random.chance(0.02)) await state.refresh()
      if (random.chance(0.02)) await state.audit(random.pick(KINDS))
    }
    await state.audit()
    assert.deepEqual(contradictions(state), [], `seed ${seed}, at the end`)
    assert.deepEqual(wrong, [], `seed ${seed}`)
    // lists go on being asked for, and what one has written is reported when it has settled
    const deadline = performance.now() + SETTLED_WITHIN
    while (untold(state, records).length > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setImmediate(resolve))
      await state.ready()
    }
    assert.deepEqual(untold(state, records), [], `seed ${seed}`)
  } finally {
    await state.close()
  }
}

test(`${SEEDS} servers that say anything in any order make no picture that contradicts itself`, async () => {
  await Promise.all(Array.from({ length: SEEDS }, (_, n) => chaos(n + 1)))
})
