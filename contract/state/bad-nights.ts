import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addEventFilter, type Client, connect, createClient } from 'amiable'
import { type Change, type Kind, type StateStatus, watch } from 'amiable/state'
import { dial } from '../support/calls.ts'
import { nextEvent, optionsFor } from '../support/client.ts'
import type { OurAsterisk, Target } from '../targets.ts'
import { quiet } from './quiet.ts'
import { assertTrue } from './support/assert-true.ts'
import { KINDS } from './support/kinds.ts'
import { Relay } from './support/relay.ts'
import { untilStatus } from './support/until-status.ts'

// a row of each list that a model asks for
const ROWS: readonly [kind: Kind, row: string][] = [
  ['channels', 'Event: CoreShowChannel\r\n'],
  ['channels', 'Event: CoreShowChannelsComplete\r\n'],
  ['bridges', 'Event: BridgeListItem\r\n'],
  ['bridges', 'Event: BridgeInfoChannel\r\n'],
  ['queues', 'Event: QueueMember\r\n'],
  ['queues', 'Event: QueueEntry\r\n'],
  ['rooms', 'Event: ConfbridgeListRooms\r\n'],
  ['rooms', 'Event: ConfbridgeList\r\n'],
  ['parking', 'Event: ParkedCall\r\n'],
  ['devices', 'Event: DeviceStateListComplete\r\n'],
  ['hints', 'Event: ExtensionStateListComplete\r\n'],
]
const SCENE: readonly [extension: string, until: string][] = [
  ['wait', 'Newchannel'],
  ['bridgewait', 'BridgeEnter'],
  ['conf', 'ConfbridgeJoin'],
  ['park', 'ParkedCall'],
  ['qempty', 'QueueCallerJoin'],
]

/** What goes wrong while a model lists: readers keep the last truth, and nothing is reported that did not change. */
export function badNights(target: Target): void {
  const { name } = target

  test(`${name}: a connection that is reset inside each list costs readers nothing, and reports no change`, async () => {
    await using driver = await connect(optionsFor(target))
    await using relay = await Relay.start(target.host, target.port)
    const own = { host: '127.0.0.1', port: relay.port, reconnect: { initialDelay: 10, maxDelay: 50 } }
    await using client = createClient({ ...optionsFor(target), ...own })
    await using state = watch(client, { audit: false, kinds: KINDS })
    try {
      for (const [extension, until] of SCENE) {
        // the simulator has no BridgeWait
        if (target.real || extension !== 'bridgewait') await begin(driver, extension, until)
      }
      await quiet(driver)
      await client.connect()
      await state.ready()
      await assertTrue(state, client, driver, 'before')
      const changes: Change[] = []
      state.on(
        ['channel.removed', 'bridge', 'caller', 'room', 'parked', 'hint', 'member'],
        (one) => void changes.push(one),
      )
      const { size } = state.channels
      for (const [kind, row] of ROWS) {
        const { strikes } = relay
        relay.resetAt(row)
        await state.refresh(kind)
        assert.equal(relay.strikes, strikes + 1, `${kind} was not listed`)
        assert.equal(state.channels.size, size)
        await live(state)
      }
      await assertTrue(state, client, driver, 'after')
      assert.deepEqual(changes, [])
    } finally {
      await clear(driver)
    }
  })

  test(`${name}: a client that drops events makes its model stale, and a list makes it true`, async () => {
    await using driver = await connect(optionsFor(target))
    await using client = await connect({ ...optionsFor(target), maxBacklog: 200 })
    await using state = watch(client, { audit: false, kinds: KINDS })
    await state.ready()
    const stale = statusOf(state, 'stale')
    // a listener that holds up the loop: events wait, and past 200 they are dropped
    let held = 0
    client.on('Newchannel', () => {
      const until = performance.now() + 120
      while (held < 10 && performance.now() < until);
      held++
    })
    try {
      // a busy server may say less than that in the time
      for (let batch = 0; batch < 5 && client.stats().dropped === 0; batch++) {
        held = 0
        await Promise.all(Array.from({ length: 40 }, () => begin(driver, 'wait', 'Newchannel')))
      }
      assert.equal(((await stale) as { why?: string }).why, 'dropped')
      await assertTrue(state, client, driver, 'after the drops')
      assert.ok(client.stats().dropped > 0)
    } finally {
      await clear(driver)
    }
  })

  test(`${name}: what an event filter of the server keeps away is found by an audit, and corrected`, async () => {
    await using driver = await connect(optionsFor(target))
    await using client = await connect(optionsFor(target))
    await using state = watch(client, { audit: false, kinds: KINDS })
    await state.ready()
    // a late QueueMemberStatus of what was there before would tell the pause too
    for (const event of ['QueueMemberPause', 'QueueMemberStatus'])
      await addEventFilter(client, { action: 'exclude', event })
    const drift = statusOf(state, 'drift')
    // where the test fails before it is awaited, the picture ends, and that must not be told in place of the failure
    drift.catch(() => {})
    const member = { Queue: 'support', Interface: 'Local/busy@default/n' }
    const told = nextEvent(driver, 'QueueMemberPause')
    await driver.send('QueuePause', { ...member, Paused: true, Reason: 'unheard' })
    try {
      await told
      await quiet(client)
      assert.equal(state.queues.get('support')?.members.find(isBusy)?.paused, undefined)
      const found = await state.audit('queues')
      assert.deepEqual(
        found.map(({ key, fields }) => [key, fields]),
        [['support/local/busy@default/n', ['paused']]],
      )
      assert.equal((await drift).type, 'drift')
      assert.equal(state.queues.get('support')?.members.find(isBusy)?.paused?.reason, 'unheard')
      assert.deepEqual(await state.audit('queues'), [])
    } finally {
      await driver.send('QueuePause', { ...member, Paused: false })
    }
  })
}

/** What comes in one read behind an answer is younger than that answer. */
export function largeReads(target: Target): void {
  test(`${target.name}: a room that begins in the very read that says there is none is in the picture`, async () => {
    await using driver = await connect(optionsFor(target))
    await using relay = await Relay.start(target.host, target.port)
    await using client = await connect({ ...optionsFor(target), host: '127.0.0.1', port: relay.port })
    await using state = watch(client, { kinds: ['rooms'], audit: false })
    await state.ready()
    try {
      relay.hold()
      const refreshed = state.refresh('rooms')
      await relay.heldText('No active conferences')
      await begin(driver, 'conf', 'ConfbridgeJoin')
      await relay.heldText('Event: ConfbridgeJoin')
      relay.release()
      await refreshed
      await quiet(client)
      assert.equal(state.rooms.get('100')?.parties.length, 1)
    } finally {
      await clear(driver)
    }
  })
}

/** A server that is restarted: what it had is gone unseen, and what it has is listed when it has booted. */
export function restarts(target: OurAsterisk): void {
  test(`${target.name}: after a restart what vanished is reported as unseen, and the model is true`, async () => {
    // a server that has died in place of a restart is tried for a minute
    const reconnect = (attempt: number) => attempt <= 300 && 200
    // longer than a busy machine keeps a whole test waiting: nothing but the restart ends a connection
    const own = { reconnect, keepalive: { interval: 1_000, timeout: 10_000 } }
    await using driver = await connect({ ...optionsFor(target), ...own })
    await using client = await connect({ ...optionsFor(target), ...own })
    await using state = watch(client, { audit: false, kinds: KINDS })
    await state.ready()
    for (const [extension, until] of SCENE) await begin(driver, extension, until)
    await quiet(client)
    const before = [...state.channels.keys()]
    assert.ok(before.length > 4)
    const gone = new Map<string, boolean>()
    state.on('channel.removed', ({ key, unseen }) => void gone.set(key, unseen))
    await target.server.restart('now')
    await live(state)
    await driver.connect()
    await assertTrue(state, client, driver, 'after the restart')
    assert.deepEqual([...gone.keys()].toSorted(), before.toSorted())
    // those that it hung up before it went were seen
    assert.ok([...gone.values()].every((unseen) => typeof unseen === 'boolean'))
    assert.equal(state.calls.size, 0)
  })
}

const isBusy = (member: { readonly interface: string }) => member.interface === 'Local/busy@default/n'

async function begin(driver: Client, extension: string, until: string): Promise<void> {
  const came = nextEvent(driver, until)
  await dial(driver, extension)
  await came
}

async function clear(driver: Client): Promise<void> {
  await driver.sendRaw('Hangup', { Channel: '/^Local\\/.*$/' }, { check: false })
  await quiet(driver)
}

/** Resolves when every kind is live, whatever was lost meanwhile. */
function live(state: ReturnType<typeof watch>): Promise<void> {
  return untilStatus(state, 'it was live', () => state.freshness.type === 'live')
}

async function statusOf(state: ReturnType<typeof watch>, type: StateStatus['type']): Promise<StateStatus> {
  for await (const status of state.status()) if (status.type === type) return status
  throw new Error(`no ${type} came`)
}
