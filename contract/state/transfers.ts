import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Client, connect } from 'amiable'
import { type State, type Step, watch } from 'amiable/state'
import { until } from '../../tools/servers/asterisk/process.ts'
import { dial } from '../support/calls.ts'
import { nextEvent, optionsFor } from '../support/client.ts'
import type { OurAsterisk } from '../targets.ts'
import { quiet } from './quiet.ts'
import { assertTrue } from './support/assert-true.ts'
import { KINDS } from './support/kinds.ts'
import { untilStatus } from './support/until-status.ts'

const BOUND = 30_000

/** What moves channels from one call to another, and what takes a module away: only a real Asterisk does that. */
export function transfers(target: OurAsterisk): void {
  const { name } = target

  test(`${name}: an attended transfer is one call, whose steps say to whom; the model stays true`, () =>
    withState(target, async (ami, state) => {
      const transferred = steps(state)
      const call = await dial(ami, 'dialtransfer', { until: 'BridgeEnter', sounds: true })
      // its own bridge is the first that two are in; the second is the one in which it asks the other
      const asks = nextEvent(ami, 'BridgeEnter', (event) => event.get('Channel') === call.far)
      await ami.send('Atxfer', { Channel: call.far, Context: 'default', Exten: '201' })
      await asks
      const done = nextEvent(ami, 'AttendedTransfer')
      await ami.send('Hangup', { Channel: call.far })
      const event = await done
      assert.equal(event.get('Result'), 'Success')
      await assertTrue(state, ami, ami, 'transferred')
      const step = await transferred.catch((cause: unknown) => {
        throw new Error(`the call has no step of ${JSON.stringify(event)}`, { cause })
      })
      assert.ok(step.type === 'transfer' && step.kind === 'attended')
      assert.match(step.to ?? '', /^Local\/201@default-/)
    }))

  test(`${name}: calls that are bridged, picked up or parked out of their bridge are told as the lists have them`, () =>
    withState(target, async (ami, state) => {
      const [one, other] = [await dial(ami), await dial(ami)]
      await ami.send('Bridge', { Channel1: one.channel, Channel2: other.channel })
      await assertTrue(state, ami, ami, 'bridged')
      assert.equal(state.channels.get(one.uniqueid)?.bridge, state.channels.get(other.uniqueid)?.bridge)
      const third = await dial(ami, 'dialtransfer', { until: 'BridgeEnter' })
      await ami.send('Park', { Channel: third.far, Timeout: 60_000 })
      await assertTrue(state, ami, ami, 'parked')
      const [parked] = state.parking
      assert.ok(parked)
      const fetch = { Application: 'ParkedCall', Data: `default,${parked.space}`, Async: true }
      const back = nextEvent(ami, 'UnParkedCall')
      await ami.send('Originate', { Channel: 'Local/wait@default/n', ...fetch })
      await back
      await assertTrue(state, ami, ami, 'fetched')
      assert.equal(state.parking.size, 0)
    }))

  for (const [what, take] of Object.entries(TAKERS)) {
    test(`${name}: who waits in a queue and is taken out of it by ${what} waits there no more`, () =>
      withState(target, async (ami, state) => {
        const waits = await dial(ami, 'qempty', { until: 'QueueCallerJoin' })
        const joined = nextEvent(ami, 'QueueCallerJoin')
        const alone = { Channel: 'Local/wait@default/n', Application: 'Queue', Data: 'sales', Async: true }
        await ami.sendRaw('Originate', alone)
        // the second is put there without a dialplan of its own
        const noPbx = (await joined).get('Channel') ?? ''
        await assertTrue(state, ami, ami, 'both wait')
        assert.equal(state.queues.get('sales')?.callers.length, 2)
        for (const channel of [waits.far, noPbx]) {
          const other = await dial(ami)
          await take(ami, channel, other.far)
        }
        await using second = await connect(optionsFor(target))
        await assertTrue(state, ami, second, `taken by ${what}`)
        assert.deepEqual(state.queues.get('sales')?.callers, [])
      }))
  }

  test(`${name}: queues whose module is away are stale, and live again when it is back`, () =>
    withState(target, async (ami, state) => {
      const load = (LoadType: 'load' | 'unload') => ami.send('ModuleLoad', { Module: 'app_queue.so', LoadType })
      const before = state.snapshot().queues
      const becomes = (type: string) =>
        untilStatus(state, `its queues were ${type}`, () => state.queues.freshness.type === type)
      await load('unload')
      try {
        await becomes('stale')
        assert.deepEqual(state.snapshot().queues, before)
        const { freshness } = state.queues
        assert.ok(freshness.type === 'stale' && freshness.why === 'refused')
      } finally {
        await load('load')
      }
      await becomes('live')
      await assertTrue(state, ami, ami, 'loaded again')
    }))

  test(`${name}: statistics of a queue that somebody resets are those of the next list`, () =>
    withState(target, async (ami, state) => {
      // others may have called this queue before
      await ami.send('QueueReset', { Queue: 'support' })
      await state.refresh('queues')
      const connected = nextEvent(ami, 'AgentComplete')
      await dial(ami, 'q')
      await connected
      // apps/app_queue.c:handle_hangup tells of the end first, and counts the call then
      await until('the count of the call', BOUND, async () => {
        const { events } = await ami.send('QueueStatus', { Queue: 'support' })
        return events.some((row) => row.get('CallsTaken') === '1')
      })
      const who = () => state.queues.get('support')?.members.find(({ calls }) => calls > 0)
      assert.equal(who()?.calls, 1)
      await ami.send('QueueReset', { Queue: 'support' })
      await state.refresh('queues')
      assert.equal(who(), undefined)
    }))
}

const TAKERS: Readonly<Record<string, (ami: Client, channel: string, other: string) => Promise<unknown>>> = {
  Bridge: (ami, channel, other) => ami.send('Bridge', { Channel1: channel, Channel2: other }),
  Park: (ami, channel) => ami.send('Park', { Channel: channel, Timeout: 60_000 }),
  Redirect: (ami, channel) =>
    ami.send('Redirect', { Channel: channel, Context: 'default', Exten: 'wait', Priority: 1 }),
}

async function withState(target: OurAsterisk, body: (ami: Client, state: State) => Promise<void>): Promise<void> {
  await using ami = await connect(optionsFor(target))
  await using state = watch(ami, { audit: false, kinds: KINDS })
  await state.ready()
  try {
    await body(ami, state)
  } finally {
    await ami.sendRaw('Hangup', { Channel: '/^Local\\/.*$/' }, { check: false })
    await quiet(ami)
  }
}

/** The first transfer of any call that begins from now on. */
async function steps(state: State): Promise<Extract<Step, { readonly type: 'transfer' }>> {
  const [call] = await new Promise<[string]>((resolve) =>
    state.on('call.added', ({ key }) => resolve([key]), { once: true }),
  )
  const seen: Step[] = []
  for await (const step of state.follow({ call })) {
    if (step.type === 'transfer') return step
    seen.push(step)
  }
  throw new Error(`no transfer came: ${JSON.stringify(seen)}`)
}
