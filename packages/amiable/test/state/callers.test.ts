// What a hurried caller does with a model.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Change, StateOptions, Step } from '../../src/state/index.ts'
import { watch } from '../../src/state/index.ts'
import { ManualClock } from '../../src/testing/index.ts'
import { type Row, speaker } from './support/flood.ts'

const inUse = (device: string) => ({ Device: device, State: 'INUSE' })

test('a listener that a change attaches hears the next change, not that one', async () => {
  const { state, say } = speaker({ kinds: ['devices'] }, {})
  await state.ready()
  const heard: string[] = []
  const again = ({ key }: Change) => {
    heard.push(key)
    state.on('device', again, { once: true })
  }
  state.on('device', again, { once: true })
  say('DeviceStateChange', inUse('SIP/1'))
  say('DeviceStateChange', inUse('SIP/2'))
  assert.deepEqual(heard, ['SIP/1', 'SIP/2'])
  await state.close()
})

test('a handler that closes the model is its last, and closing reports no change', async () => {
  const { state, say } = speaker({ kinds: ['calls'] }, {})
  await state.ready()
  const heard: string[] = []
  state.on('*', ({ kind, type }) => void heard.push(`${kind}.${type}`))
  state.on('channel.added', () => void state.close())
  state.on('channel.added', () => void heard.push('behind the end'))
  say('Newchannel', { Uniqueid: '1', Linkedid: '1', Channel: 'PJSIP/1' })
  assert.deepEqual(heard, ['channel.added'])
  assert.equal(state.freshness.type, 'stale')
  assert.equal(state.channels.size, 1)
})

test('a filter that throws wants nothing, and what it throws stops nothing else', async () => {
  const mine = new Error('mine')
  const thrown: unknown[] = []
  const { queueMicrotask } = globalThis
  // the runner would take what nobody catches for a failure of the test
  globalThis.queueMicrotask = (callback) =>
    queueMicrotask(() => {
      try {
        callback()
      } catch (error) {
        thrown.push(error)
      }
    })
  const device = (name: string) => {
    if (name === 'SIP/bad') throw mine
    return name !== 'SIP/late' || (Promise.resolve(true) as never)
  }
  const { state, say } = speaker({ kinds: ['devices'], filter: { device } }, {})
  await state.ready()
  for (const name of ['SIP/1', 'SIP/bad', 'SIP/late', 'SIP/2']) say('DeviceStateChange', inUse(name))
  assert.deepEqual([...state.devices.keys()], ['SIP/1', 'SIP/2'])
  await state.close()
  globalThis.queueMicrotask = queueMicrotask
  const [first, second, ...others] = thrown
  assert.deepEqual([first, (second as { code?: string }).code, others], [mine, 'AMI_ARGUMENT', []])
})

test('a test that gives a promise is refused, for every promise would be yes', async () => {
  const { state, say } = speaker({ kinds: ['devices'] }, {})
  await state.ready()
  say('DeviceStateChange', inUse('SIP/1'))
  const test = () => Promise.reject(new Error('nobody hears of it'))
  assert.throws(() => state.devices.filter(test as never), { code: 'AMI_ARGUMENT', argument: 'test' })
  await state.close()
})

test('where random throws or is no number, a list that failed is asked for again after a pause all the same', async () => {
  const wrong: (() => unknown)[] = [() => Number.NaN, () => '0.5', () => assert.fail('of the caller')]
  for (const random of wrong) {
    let asked = 0
    const fails = () => {
      asked++
      return assert.fail('refused')
    }
    const clock = new ManualClock()
    const { state } = speaker({ kinds: ['devices'], random: random as never, clock }, { DeviceStateList: fails })
    for (let turn = 0; turn < 40; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
    assert.equal(asked, 1)
    await clock.advance(60_000)
    assert.ok(asked > 1 && asked < 20, `asked ${asked} times in a minute`)
    await state.close()
  }
})

test('follow() ends also where more calls end at once than are kept', async () => {
  let rows: readonly Row[] = []
  const { state, say } = speaker({ kinds: ['calls'], keep: { calls: 1 } }, { CoreShowChannels: () => rows })
  await state.ready()
  for (let n = 0; n < 6; n++) say('Newchannel', { Uniqueid: `${n}`, Linkedid: `${n}`, Channel: `PJSIP/${n}` })
  const steps: Step[] = []
  const followed = (async () => {
    for await (const step of state.follow({ channel: '0' })) steps.push(step)
  })()
  rows = []
  await state.refresh('channels')
  await followed
  const end = steps.at(-1)
  assert.ok(end?.type === 'end' && end.call.id === '0' && end.call.phase === 'ended')
  await state.close()
})

test('wrong arguments are refused by their names', async () => {
  const { state } = speaker({}, {})
  await state.ready()
  const refused = (argument: string, call: () => unknown) =>
    assert.throws(call, { code: 'AMI_ARGUMENT', argument }, argument)
  refused('name', () => state.queues.window(undefined as never, 5))
  refused('span', () => state.queues.window('q', 'week' as never))
  refused('key', () => state.queues.get(5 as never))
  refused('channel', () => state.calls.of(undefined as never))
  refused('revision', () => state.since(5 as never))
  refused('what', () => state.follow({ channel: '1', call: '2' } as never))
  refused('until', () => state.follow({ channel: '1' }, { until: 'soon' as never }))
  const { queues } = state.snapshot()
  assert.deepEqual(queues, [])
  assert.equal(state.queues.window('none', 'today').offered, 0)
  await state.close()
  // a share that is greater lets the next list come before its time
  const options: StateOptions = { audit: { jitter: 2 } }
  refused('audit.jitter', () => watch({ on: () => {}, listRaw: () => {} } as never, options))
})
