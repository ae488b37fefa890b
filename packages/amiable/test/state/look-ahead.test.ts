// What a model looks at before events come to it changes nothing that it shows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type State, type StateSource, watch } from '../../src/state/index.ts'
import { LookAhead } from '../../src/state/look-ahead.ts'
import type { Bridge, Channel, Member } from '../../src/state/records.ts'
import { makeTables, memberKey } from '../../src/state/table.ts'
import type { Told } from '../../src/state/told.ts'
import { SeededRandom } from '../../src/testing/index.ts'
import { settle } from '../../src/testing/time/settle.ts'
import { AHEAD, type Ahead, MOST_AHEAD, PASSING, PLACES } from '../../src/util/peek.ts'
import { hashOf, numberAtEnd } from '../../src/util/slots.ts'
import type { Heard } from '../support/peer.ts'
import { type Rig, readyRig } from '../support/rig.ts'
import { nothingToScanWith } from '../support/scan.ts'

const CHANNELS = 1_200
const STATES = ['Down', 'Ring', 'Ringing', 'Up'] as const

const idOf = (n: number) => `1795386889.${n}`
const bridgeOf = (n: number) => `4d0e7ae0-8e8c-4a5a-9b9c-${(n >> 1).toString(16).padStart(12, '0')}`
const message = (name: string, ...headers: string[]) => `Event: ${[name, ...headers].join('\r\n')}\r\n\r\n`
const channel = (n: number, text: string, state: string = 'Up') => [
  ...[`Channel: PJSIP/${n}-00000001`, `ChannelStateDesc: ${state}`, `CallerIDNum: ${text}`, `CallerIDName: A ${text}`],
  ...[`ConnectedLineNum: ${text}`, `ConnectedLineName: B ${text}`, 'AccountCode: ', 'Context: default'],
  ...[`Exten: ${text}`, 'Priority: 1', `Uniqueid: ${idOf(n)}`, `Linkedid: ${idOf(n - (n % 2))}`],
]
const bridge = (n: number, channels: number) => [
  ...[`BridgeUniqueid: ${bridgeOf(n)}`, 'BridgeType: multimix', 'BridgeTechnology: softmix'],
  `BridgeNumChannels: ${channels}`,
]

/** An event of a seed; some are about a channel or a bridge that nobody knows. */
function eventOf(random: SeededRandom): string {
  const n = random.integer(0, CHANNELS + 50)
  const text = `10${random.integer(0, 3)}`
  const own = ['Privilege: call,all', ...channel(n, text, STATES[random.integer(0, 3)])]
  const inside = ['Privilege: call,all', ...bridge(n, random.integer(1, 2)), ...channel(n, text)]
  const all = [
    () => message('Newstate', ...own),
    () => message('NewCallerid', ...own),
    () => message('NewConnectedLine', ...own),
    () => message('NewAccountCode', ...own),
    () => message('Newexten', ...own, 'Application: Dial', `AppData: PJSIP/${text},30`),
    () => message('BridgeEnter', ...inside),
    () => message('BridgeLeave', ...inside),
    () => message('Newchannel', ...own),
    () => message('Hangup', ...own, 'Cause: 16', 'Cause-txt: Normal Clearing'),
  ]
  // most channels stay
  const last = random.integer(0, 19) === 0 ? all.length : all.length - 1
  return (all[random.integer(0, last - 1)] as () => string)()
}

/** The rows of what a model lists. */
function rowsOf({ name, get }: Heard): string[][] {
  const all = Array.from({ length: CHANNELS }, (_, n) => n)
  if (name === 'CoreShowChannels') return all.map((n) => channel(n, '1'))
  if (name === 'BridgeList') return all.filter((n) => n % 2 === 0).map((n) => bridge(n, 2))
  const n = Number.parseInt(get('BridgeUniqueid')?.slice(-12) ?? '', 16) * 2
  return [n, n + 1].map((one) => channel(one, '1'))
}
const LISTS: { readonly [action: string]: readonly [row: string, end: string] } = {
  CoreShowChannels: ['CoreShowChannel', 'CoreShowChannelsComplete'],
  BridgeList: ['BridgeListItem', 'BridgeListComplete'],
  BridgeInfo: ['BridgeInfoChannel', 'BridgeInfoComplete'],
}

/** Answers what the models ask. */
async function answer({ peer }: Rig): Promise<never> {
  for (;;) {
    const heard = await peer.next()
    const id = `ActionID: ${heard.id}`
    const list = LISTS[heard.name]
    if (list === undefined) {
      peer.reply(heard)
      continue
    }
    const rows = rowsOf(heard).map((headers) => message(list[0], id, ...headers))
    const end = message(list[1], id, 'EventList: Complete', `ListItems: ${rows.length}`)
    peer.reply(heard, 'Success', 'EventList: start')
    peer.send(rows.join('') + end)
  }
}

/** The client, for a model that looks ahead as it is given here. */
function sourceOf({ client }: Rig, aheadOf: (ahead: Ahead<Told>) => Ahead<Told> | undefined): StateSource {
  const source = client as unknown as StateSource
  return {
    name: source.name,
    get state() {
      return source.state
    },
    on(names, handler, options) {
      const { [AHEAD]: ahead } = handler as { [AHEAD]?: Ahead<Told> }
      const own = (event: Told) => handler(event)
      return source.on(
        names,
        ahead === undefined ? handler : Object.assign(own, { [PASSING]: true, [AHEAD]: aheadOf(ahead) }),
        options,
      )
    },
    listRaw: (...all) => source.listRaw(...all),
    sendRaw: (action) => source.sendRaw(action),
    status: (options) => source.status(options),
  }
}

const shown = ({ channels, bridges, calls }: State) => ({
  channels: [...channels],
  bridges: [...bridges],
  calls: [...calls],
  ended: calls.ended,
})

test('a model that looks ahead shows what one shows that does not', nothingToScanWith, async () => {
  await using rig = await readyRig()
  // nothing is listed again between two events, for time stands still then
  const options = { kinds: ['calls'], audit: false, clock: rig.clock } as const
  let looked = 0
  const counted =
    (ahead: Ahead<Told>): Ahead<Told> =>
    (events, from, end) => {
      ahead(events, from, end)
      looked += end - from
    }
  await using looks = watch(sourceOf(rig, counted), options)
  await using waits = watch(
    sourceOf(rig, () => undefined),
    options,
  )
  void answer(rig)
  let isReady = false
  const ready = Promise.all([looks.ready(), waits.ready()]).then(() => (isReady = true))
  while (!isReady) {
    await settle()
    await rig.clock.advance(100)
  }
  await ready
  looked = 0
  assert.equal([...looks.channels].length, CHANNELS)
  const random = new SeededRandom(7)
  for (let burst = 0; burst < 40; burst++) {
    rig.peer.send(Array.from({ length: random.integer(1, 120) }, () => eventOf(random)).join(''))
    await settle()
    if (burst % 4 === 0) assert.deepEqual(shown(looks), shown(waits), `burst ${burst}`)
  }
  assert.deepEqual(shown(looks), shown(waits))
  assert.ok(looked > 1_000, String(looked))
})

/** A record that notes which of its fields are read. */
function noted<T extends object>(record: T, reads: string[]): T {
  return new Proxy(record, {
    get(target, name) {
      reads.push(String(name))
      return Reflect.get(target, name)
    },
  })
}

const memberOf = (n: number) => `PJSIP/${n}`

/** An event, as far as it is looked at. */
function told(name: string, n: number): Told {
  const values: { readonly [header: string]: string } = {
    Uniqueid: idOf(n),
    BridgeUniqueid: bridgeOf(n),
    Queue: 'support',
    Interface: memberOf(n),
  }
  const places = {
    numberAtEnd: (header: string, base: number) => numberAtEnd(values[header] ?? '', base),
    hash: (header: string) => hashOf(values[header] ?? ''),
  }
  return { Event: name, [PLACES]: places } as unknown as Told
}

function filled(channels: number, reads: string[]) {
  const tables = makeTables()
  for (let n = 0; n < channels; n++) {
    const caller = { number: '1', name: 'A' }
    const one = { id: idOf(n), call: idOf(n), caller, connected: caller, priority: 1, answeredAt: undefined }
    tables.channel.put(idOf(n), noted(one, reads) as unknown as Channel)
    if (n % 2 > 0) continue
    tables.bridge.put(bridgeOf(n), noted({ id: bridgeOf(n), channels: [idOf(n)] }, reads) as unknown as Bridge)
  }
  // a table that has grown has them in their slots when they were asked for
  for (const table of [tables.channel, tables.bridge]) for (const id of table.records.keys()) table.get(id)
  reads.length = 0
  return tables
}

const NAMES = ['Newstate', 'NewCallerid', 'NewConnectedLine', 'Newexten', 'BridgeEnter']
const burst = (count: number) => Array.from({ length: count }, (_, n) => told(NAMES[n % NAMES.length] as string, n))

test('the records of all events are touched before the parts of any', () => {
  const reads: string[] = []
  const { look } = new LookAhead(filled(1_000, reads))
  look(burst(20), 0, 20)
  const firsts = reads.map((name) => (name === 'priority' ? 'record' : name === 'call' ? 'part' : '')).join('')
  assert.equal(firsts, 'record'.repeat(20) + 'part'.repeat(20))
  for (const name of ['caller', 'connected', 'applicationData', 'channels']) assert.ok(reads.includes(name), name)
})

test('the records of all members are touched before the names of any', () => {
  const reads: string[] = []
  const tables = filled(1_000, reads)
  // twice: a table that has grown has them in their slots when they are written again
  for (let n = 0; n < 20; n++) {
    const one = { queue: 'support', interface: memberOf(n % 10), name: '', stateInterface: '', calls: 0 }
    tables.member.put(memberKey('support', memberOf(n % 10)), noted(one, reads) as unknown as Member)
  }
  reads.length = 0
  const { look } = new LookAhead(tables)
  look([...Array.from({ length: 10 }, (_, n) => told('QueueMemberStatus', n)), told('QueueMemberStatus', 77)], 0, 11)
  const order = reads.filter((name) => name === 'calls' || name === 'interface')
  assert.deepEqual(order, [...new Array(10).fill('calls'), ...new Array(10).fill('interface')])
})

test('few channels are not touched, nor what is not asked for, nor more than some at a time', () => {
  const touched = (channels: number, from: number, end: number) => {
    const reads: string[] = []
    const { look } = new LookAhead(filled(channels, reads))
    ;(look as Ahead<Told>)(burst(3 * MOST_AHEAD), from, end)
    return reads.filter((name) => name === 'priority').length
  }
  assert.equal(touched(999, 0, 20), 0)
  assert.equal(touched(1_000, 5, 20), 15)
  assert.equal(touched(1_000, 0, 3 * MOST_AHEAD), MOST_AHEAD)
})

test('what nobody knows, what says nothing of a channel, and what has no bytes any more is passed over', () => {
  const reads: string[] = []
  const { look } = new LookAhead(filled(1_000, reads))
  const gone = { Event: 'Newstate', [PLACES]: undefined } as unknown as Told
  look([told('VarSet', 1), told('BridgeEnter', 1_500), told('Newstate', 1_600), gone], 0, 4)
  assert.deepEqual(reads, [])
})
