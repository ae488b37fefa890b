// A reader of a NATS that delivers at once and stores later, and of one that does not answer with what is newest.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { NatsConnection } from '@nats-io/nats-core'
import { LiveState } from '../../src/client/state.ts'
import { until } from '../state/bench.ts'

const HEAD = '$KV.AMI_STATE.'
const FRESH = { type: 'live', listedAt: new Date().toISOString() }
const DEVICES = 300

/** A bucket with a link and 300 devices. */
function bucket(lag: number) {
  let n = 0
  let heard: ((error: null, message: object) => void) | undefined
  const counts = { readings: 0, gets: 0 }
  const stored = new Map<string, string>()
  const frame = (kind: string, key: string) => {
    const at = new Date().toISOString()
    return { v: 1, server: 'pbx1', kind, key, term: 7, n: ++n, at }
  }
  const link = () => {
    const kinds = { devices: { freshness: FRESH, from: 7, leftOut: 0 } }
    return JSON.stringify({ ...frame('link', ''), gateway: 'gw-a', up: true, kinds })
  }
  const device = (key: string) => {
    const one = frame('device', key)
    return JSON.stringify({ ...one, value: { name: key, state: `${one.n}` } })
  }
  const deliver = (name: string, text: string) => heard?.(null, { subject: HEAD + name, string: () => text })
  const put = (key: string) => {
    const text = device(key)
    deliver(`pbx1.${key}`, text)
    setTimeout(() => stored.set(`pbx1.${key}`, text), lag)
  }
  stored.set('pbx1.link', link())
  for (let at = 0; at < DEVICES; at++) stored.set(`pbx1.d${at}`, device(`d${at}`))
  const request = async (subject: string) => {
    await sleep(1)
    if (subject.includes('STREAM.INFO')) {
      counts.readings++
      const subjects = Object.fromEntries([...stored.keys()].map((name) => [HEAD + name, 1]))
      return { json: () => ({ state: { subjects } }) }
    }
    counts.gets++
    const text = stored.get(subject.slice(subject.indexOf(HEAD) + HEAD.length))
    return text === undefined ? { headers: { code: 404 } } : { string: () => text }
  }
  const subscribe = (_: string, { callback }: { callback: typeof heard }) => {
    heard = callback
    return { unsubscribe: () => {} }
  }
  const connection = { isClosed: () => false, flush: async () => {}, status: async function* () {}, subscribe, request }
  const open = async (t: TestContext) => {
    const live = await LiveState.open(connection as unknown as NatsConnection, {
      apiPrefix: '$JS.API',
      servers: ['pbx1'],
    })
    t.after(() => live.close())
    return live
  }
  const states = (live: LiveState) =>
    Object.fromEntries([...(live.get('pbx1')?.devices ?? [])].map(([key, { state }]) => [key, state as string]))
  return { counts, stored, device, deliver, put, open, states }
}

test('a reader opens while the store is behind what it hears, and reads it twice', async (t) => {
  const { counts, stored, put, open, states } = bucket(40)
  let at = 0
  const timer = setInterval(() => {
    for (let count = 0; count < 5; count++) put(`d${at++ % DEVICES}`)
  }, 2)
  const live = await open(t)
  await until('it has read again', () => counts.readings >= 2)
  await sleep(2_500)
  clearInterval(timer)
  assert.ok(counts.readings <= 4, `${counts.readings} readings`)
  const all = () => {
    const devices = [...stored].filter(([name]) => name !== 'pbx1.link')
    return Object.fromEntries(devices.map(([name, text]) => [name.slice(5), JSON.parse(text).value.state]))
  }
  await until('it has what is stored', () => isDeepStrictEqual(states(live), all()))
})

test('a reader opens though what it heard last is never stored, and does not read without a pause', async (t) => {
  const { counts, stored, deliver, device, open, states } = bucket(0)
  setTimeout(() => deliver('pbx1.lost', device('lost')), 1)
  const live = await open(t)
  assert.equal(Object.keys(states(live)).length, DEVICES + 1)
  assert.ok(counts.readings <= 3 && counts.gets <= 4 * DEVICES, `${counts.readings} readings, ${counts.gets} gets`)
  assert.equal(stored.has('pbx1.lost'), false)
  await until('it is gone', () => Object.keys(states(live)).length === DEVICES)
})

test('what was written just before a reader listened, and was not stored yet, is read a second later', async (t) => {
  const { counts, stored, device, open, states } = bucket(0)
  const before = stored.get('pbx1.d1') ?? ''
  const text = device('d1')
  const live = await open(t)
  assert.equal(states(live).d1, JSON.parse(before).value.state)
  stored.set('pbx1.d1', text)
  await until('it is read', () => states(live).d1 === JSON.parse(text).value.state)
  assert.equal(counts.readings, 2)
})

test('a store that is far behind is read twice all the same when something was missed', async (t) => {
  const { counts, stored, device, put, open, states } = bucket(700)
  const live = await open(t)
  await until('it has read twice', () => counts.readings === 2)
  // one that nobody hears
  stored.set('pbx1.d2', device('d2'))
  put('d1')
  await until('it has read twice again', () => counts.readings === 4)
  const has = (name: string) => JSON.parse(stored.get(`pbx1.${name}`) ?? '').value.state
  await until('it has all', () => ['d1', 'd2'].every((name) => states(live)[name] === has(name)))
})
