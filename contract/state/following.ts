import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { type AmiEvent, type Client, connect } from 'amiable'
import { type State, type Step, watch } from 'amiable/state'
import { nextEvent, optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'

/** One call from its first channel to its end. */
export function following(target: Target): void {
  const { name } = target

  test(`${name}: follow() tells a dialled call from its first channel to its last hangup`, () =>
    withState(target, async (ami, state) => {
      const steps = await followed(ami, state, 'dial', 'BridgeEnter')
      const types = steps.map(({ type }) => type)
      // one half is hung up while the other still leaves its bridge
      assert.ok(types.includes('unbridged'), `${types}`)
      const order = ['channel', 'dial', 'dial-end', 'bridged', 'hangup', 'end']
      const places = order.map((type) => types.indexOf(type as Step['type']))
      assert.ok(!places.includes(-1), `${types} lacks one of ${order}`)
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
        `${types}`,
      )
      const end = steps.at(-1)
      assert.ok(end?.type === 'end' && end.call.phase === 'ended' && end.call.complete)
      const channels = steps.flatMap((step) => (step.type === 'channel' ? [step.channel.id] : []))
      const hungUp = steps.flatMap((step) => (step.type === 'hangup' ? [step.channel] : []))
      assert.deepEqual(hungUp.toSorted(), channels.toSorted(), 'each channel comes and goes once')
      assert.equal(state.calls.has(end.call.id), false)
      assert.equal(state.calls.ended.at(-1)?.id, end.call.id)
    }))

  test(`${name}: follow() tells how a call waits in a queue and is abandoned`, () =>
    withState(target, async (ami, state) => {
      const steps = await followed(ami, state, 'qempty', 'QueueCallerJoin')
      const queue = steps.flatMap((step) => ('queue' in step ? [`${step.type} ${step.queue}`] : []))
      assert.equal(queue[0], 'queued sales')
      assert.deepEqual(queue.toSorted(), ['abandoned sales', 'left-queue sales', 'queued sales'])
    }))

  test(`${name}: follow() tells of a conference, and of parking`, () =>
    withState(target, async (ami, state) => {
      const room = await followed(ami, state, 'conf', 'ConfbridgeJoin')
      const rooms = room.flatMap((step) => (step.type === 'room' ? [[step.room, step.joined]] : []))
      // a ConfbridgeLeave takes another way than the Hangups and may come behind the last one
      assert.deepEqual(rooms[0], ['100', true])
      const parked = await followed(ami, state, 'park', 'ParkedCall')
      assert.ok(parked.some((step) => step.type === 'parked'))
    }))

  test(`${name}: a call that is over is followed to its end at once, and one that is unknown is waited for`, () =>
    withState(target, async (ami, state) => {
      const id = randomUUID()
      const waits = state.follow({ channel: id })
      const first = waits.next()
      await originate(ami, 'busy', id)
      assert.equal((await first).value?.type, 'channel')
      for await (const _step of waits);
      const after = await stepsOf(state.follow({ call: state.calls.ended.at(-1)?.id ?? '' }))
      assert.deepEqual(
        after.map(({ type }) => type),
        ['end'],
      )
      assert.throws(() => state.follow({} as never), { code: 'AMI_ARGUMENT', argument: 'what' })
    }))

  test(`${name}: an id that lives is refused to a second channel, and comes again once it is dead`, () =>
    withState(target, async (ami, state) => {
      const id = randomUUID()
      const first = stepsOf(state.follow({ channel: id }))
      const answered = nextEvent(ami, 'OriginateResponse', (event) => event.get('Uniqueid') === id)
      await originate(ami, 'wait', id)
      assert.equal((await answered).get('Response'), 'Success')
      const refused = nextEvent(ami, 'OriginateResponse', (event) => event.get('Uniqueid') === id)
      await originate(ami, 'wait', id)
      assert.equal((await refused).get('Response'), 'Failure')
      await ami.sendRaw('Hangup', { Channel: id })
      assert.equal((await first).at(-1)?.type, 'end')
      await originate(ami, 'busy', id)
      while (state.calls.ended.filter((call) => call.id === id).length < 2) await nextChange(state)
      assert.equal(state.channels.size, 0)
    }))

  if (!target.real) return

  test(`${name}: until its records come: follow() ends with the call detail records`, () =>
    withState(target, async (ami, state) => {
      const id = randomUUID()
      const steps = stepsOf(state.follow({ channel: id }, { until: 'cdr' }))
      await originate(ami, 'answered', id)
      const types = (await steps).map(({ type }) => type)
      assert.ok(types.indexOf('cdr') > 0, `${types}`)
      assert.equal(types.at(-1), 'end')
    }))
}

async function withState(target: Target, body: (ami: Client, state: State) => Promise<void>): Promise<void> {
  await using ami = await connect(optionsFor(target))
  await using state = watch(ami, { audit: false })
  await state.ready()
  await body(ami, state)
}

function nextChange(state: State): Promise<void> {
  return new Promise((resolve) => state.on('call.removed', () => resolve(), { once: true }))
}

async function originate(ami: Client, extension: string, id: string): Promise<void> {
  const far = { Channel: `Local/${extension}@default/n`, Application: 'Wait', Data: 20, Async: true }
  await ami.sendRaw('Originate', { ...far, ChannelId: id, OtherChannelId: `${id}-far` })
}

/** The steps of a call that is hung up when `until` has come. */
async function followed(ami: Client, state: State, extension: string, until: string): Promise<Step[]> {
  const id = randomUUID()
  const steps = stepsOf(state.follow({ channel: id }))
  // those of the call before may come late
  const isOurs = (event: AmiEvent) => id === (event.get('Linkedid') ?? event.get('ParkeeLinkedid'))
  const came = nextEvent(ami, until, isOurs)
  await originate(ami, extension, id)
  await came
  await ami.sendRaw('Hangup', { Channel: '/^Local\\/.*$/' }, { check: false })
  return steps
}

async function stepsOf(loop: AsyncIterable<Step>): Promise<Step[]> {
  const steps: Step[] = []
  for await (const step of loop) steps.push(step)
  return steps
}
