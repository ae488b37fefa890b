// Readers hear each record that a writer sends, and so what the store refuses or never gets.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { LiveServer } from '../../src/client/live-server.ts'
import { StateKeeper } from '../../src/state/keeper.ts'
import { stateKey } from '../../src/state/key.ts'
import type { StateStore, StoredRecord } from '../../src/state/store.ts'
import { until } from './bench.ts'
import { Devices } from './devices.ts'

/** A store whose records a reader hears before they are stored, as those of a bucket. */
class Store implements StateStore {
  readonly maxPayload = 1_000_000
  readonly connected = true
  readonly records = new Map<string, StoredRecord>()
  readonly hear: (name: string, text: string) => void
  /** Called when a reader has heard a record. */
  heard = (_text: string) => {}
  works = true
  /** What records wait for before they are stored. */
  gate = Promise.resolve()
  #revision = 0

  constructor(hear: (name: string, text: string) => void) {
    this.hear = hear
  }

  names = async () => [...this.records.keys()]

  async get(name: string): Promise<StoredRecord | undefined> {
    if (!this.works) throw new Error('no answer')
    return this.records.get(name)
  }

  async put(name: string, text: string, revision: number, gone: boolean): Promise<number> {
    this.hear(name, text)
    this.heard(text)
    if (!name.endsWith('.writer')) await this.gate
    if (!this.works) throw new Error('no answer')
    assert.equal(revision, this.records.get(name)?.revision ?? 0)
    this.records.set(name, { revision: ++this.#revision, text, gone })
    return this.#revision
  }

  async forget(name: string): Promise<void> {
    this.records.delete(name)
  }

  newestTerm = async () => 7
}

/** A writer, and a reader that reads the store where something is missing. */
function arrange(t: TestContext) {
  const devices = new Devices()
  let isMissing = true
  const missing = () => {
    isMissing = true
  }
  const live = new LiveServer('pbx1', { changed: () => {}, missing, now: () => performance.now() })
  const store = new Store((name, text) => live.hear(name, text))
  const keeper = new StateKeeper({
    server: 'pbx1',
    gateway: 'gw-a',
    model: devices.model(),
    kinds: ['devices'],
    store,
    term: () => 7,
    link: () => ({ up: true, version: null }),
  })
  t.after(() => keeper.stop())
  const shown = () => {
    if (isMissing) {
      isMissing = false
      const first = live.reading()
      const records = new Map([...store.records].map(([name, { text }]) => [name, text]))
      if (live.read([...store.records.keys()], records, first && records.get(first))) missing()
    }
    return Object.fromEntries([...live.devices].map(([name, { state }]) => [name, state as string]))
  }
  const settles = async (expected: Record<string, string>) => {
    let last: Record<string, string> = {}
    await until('it is so', () => {
      last = shown()
      return isDeepStrictEqual(last, expected) && live.freshness('devices').type === 'live'
    }).catch(() => assert.deepEqual([live.freshness('devices').type, last], ['live', expected]))
  }
  const isHeard = (expected: Record<string, string>) =>
    until('it is heard', () => JSON.stringify(shown()) === JSON.stringify(expected))
  return { devices, store, keeper, live, settles, isHeard }
}

test('a value that was heard and never stored is replaced, though the store has the true one', async (t) => {
  const { devices, store, keeper, settles, isHeard } = arrange(t)
  devices.change('SIP/a', 'notInUse')
  keeper.start()
  await settles({ 'SIP/a': 'notInUse' })
  store.works = false
  devices.change('SIP/a', 'ringing')
  await isHeard({ 'SIP/a': 'ringing' })
  devices.change('SIP/a', 'notInUse')
  store.works = true
  await settles({ 'SIP/a': 'notInUse' })
})

test('a record that was heard and never stored ends, though nothing deletes it', async (t) => {
  const { devices, store, keeper, settles, isHeard } = arrange(t)
  devices.change('SIP/a', 'notInUse')
  keeper.start()
  await settles({ 'SIP/a': 'notInUse' })
  store.works = false
  devices.change('SIP/b', 'ringing')
  await isHeard({ 'SIP/a': 'notInUse', 'SIP/b': 'ringing' })
  await until('the writer has noticed', () => !keeper.isWriting)
  devices.change('SIP/b', undefined)
  store.works = true
  await settles({ 'SIP/a': 'notInUse' })
})

test('a record whose end was heard and never stored comes back', async (t) => {
  const { devices, store, keeper, settles, isHeard } = arrange(t)
  devices.change('SIP/a', 'notInUse')
  keeper.start()
  await settles({ 'SIP/a': 'notInUse' })
  store.works = false
  devices.change('SIP/a', undefined)
  await isHeard({})
  await until('the writer has noticed', () => !keeper.isWriting)
  devices.change('SIP/a', 'notInUse')
  store.works = true
  await settles({ 'SIP/a': 'notInUse' })
})

test('a record that was heard again behind its end and never stored ends', async (t) => {
  const { devices, store, keeper, settles, isHeard } = arrange(t)
  devices.change('SIP/a', 'notInUse')
  keeper.start()
  await settles({ 'SIP/a': 'notInUse' })
  devices.change('SIP/a', undefined)
  await settles({})
  await until('its end is stored', () => [...store.records.values()].some(({ gone }) => gone))
  store.works = false
  devices.change('SIP/a', 'ringing')
  await isHeard({ 'SIP/a': 'ringing' })
  await until('the writer has noticed', () => !keeper.isWriting)
  devices.change('SIP/a', undefined)
  store.works = true
  await settles({})
})

test('a record that the store has as it was before ends or is replaced', async (t) => {
  const { devices, store, keeper, settles } = arrange(t)
  devices.change('SIP/a', 'notInUse')
  keeper.start()
  await settles({ 'SIP/a': 'notInUse' })
  const backup = new Map(store.records)
  devices.change('SIP/a', 'ringing')
  devices.change('SIP/b', 'ringing')
  await settles({ 'SIP/a': 'ringing', 'SIP/b': 'ringing' })
  await until('all is stored', () => keeper.pending === 0)
  store.works = false
  devices.change('SIP/c', 'ringing')
  await until('the writer has noticed', () => !keeper.isWriting)
  for (const name of store.records.keys()) store.records.delete(name)
  for (const [name, record] of backup) store.records.set(name, record)
  devices.change('SIP/a', 'notInUse')
  devices.change('SIP/b', undefined)
  devices.change('SIP/c', undefined)
  store.works = true
  await settles({ 'SIP/a': 'notInUse' })
})

test('a record that the store loses between two questions is looked for again', async (t) => {
  const { devices, store, keeper, live, settles } = arrange(t)
  devices.change('SIP/a', 'notInUse')
  keeper.start()
  await settles({ 'SIP/a': 'notInUse' })
  const first = live.reading() ?? ''
  const lost = stateKey('pbx1', 'device', 'SIP/a')
  const others = [...store.records].filter(([name]) => name !== lost).map(([name, { text }]) => [name, text] as const)
  assert.equal(live.read([...store.records.keys()], new Map(others), store.records.get(first)?.text), true)
})

/** Holds back what the store is to say of records; returns what lets it go on. */
function hold(store: Store): () => void {
  let open = () => {}
  store.gate = new Promise((resolve) => {
    open = resolve
  })
  return () => {
    store.gate = Promise.resolve()
    open()
  }
}

test('a record that ends before the first of all had room keeps none of its kind from being live', async (t) => {
  const { devices, store, keeper, settles } = arrange(t)
  const names = Array.from({ length: 300 }, (_, n) => `SIP/${n}`)
  for (const name of names) devices.change(name, 'notInUse')
  const open = hold(store)
  keeper.start()
  await until('many wait', () => keeper.pending >= names.length)
  devices.change('SIP/299', undefined)
  open()
  await settles(Object.fromEntries(names.slice(0, -1).map((name) => [name, 'notInUse'])))
})

/** Lets 600 devices ring while the store takes little; resolves with how many did when the writer said live. */
async function ring(t: TestContext, interrupt: (parts: ReturnType<typeof arrange>) => Promise<() => void>) {
  const parts = arrange(t)
  const { devices, store, keeper, live, settles } = parts
  const names = Array.from({ length: 600 }, (_, n) => `SIP/${n}`)
  const all = (state: string) => Object.fromEntries(names.map((name) => [name, state]))
  for (const name of names) devices.change(name, 'notInUse')
  keeper.start()
  await settles(all('notInUse'))
  const goOn = await interrupt(parts)
  const ringing = () => [...live.devices.values()].filter(({ state }) => (state as string) === 'ringing').length
  let whenLive = names.length
  store.heard = (text) => {
    const { term, kinds } = JSON.parse(text)
    const isLive = kinds?.devices.freshness.type === 'live' && kinds.devices.from === term
    if (isLive) whenLive = Math.min(whenLive, ringing())
  }
  const open = hold(store)
  for (const name of names) devices.change(name, 'ringing')
  goOn()
  await until('some are heard', () => ringing() > 0)
  // a few looks of the writer later it still waits for the store
  await sleep(600)
  open()
  await settles(all('ringing'))
  return whenLive
}

test('a new list counts when all that it says is sent', async (t) => {
  const whenLive = await ring(t, async ({ devices, live }) => {
    devices.freshness = { type: 'stale', since: new Date(), why: 'lost' }
    await until('it is stale', () => live.freshness('devices').type === 'stale')
    return () => {
      devices.freshness = { type: 'live', listedAt: new Date() }
    }
  })
  assert.equal(whenLive, 600)
})

test('a gateway that begins to write again in its term says live when all is written', async (t) => {
  const whenLive = await ring(t, async ({ devices, store, keeper }) => {
    store.works = false
    devices.change('SIP/0', 'busy')
    await until('the writer has noticed', () => !keeper.isWriting)
    return () => {
      store.works = true
    }
  })
  assert.equal(whenLive, 600)
})

test('a reader that comes back to records of a writer that is gone says so', () => {
  const live = new LiveServer('pbx1', { changed: () => {}, missing: () => {}, now: () => performance.now() })
  const freshness = { type: 'live', listedAt: new Date().toISOString() }
  const read = (n: number, age: number) => {
    const at = new Date(Date.now() - age).toISOString()
    const kinds = { devices: { freshness, from: 7, leftOut: 0 } }
    const link = { v: 1, server: 'pbx1', kind: 'link', key: '', term: 7, n, at, gateway: 'gw-a', up: true, kinds }
    live.reading()
    live.read(['pbx1.link'], new Map([['pbx1.link', JSON.stringify(link)]]))
    const said = live.freshness('devices')
    return said.type === 'stale' ? said.why : said.type
  }
  assert.equal(read(5, 0), 'live')
  live.gone()
  assert.equal(read(6, 60_000), 'writer')
  live.gone()
  assert.equal(read(7, 0), 'live')
})

test('a record that is heard only when something later has been read is taken, unless it was read as it is now', () => {
  const live = new LiveServer('pbx1', { changed: () => {}, missing: assert.fail, now: () => performance.now() })
  const freshness = { type: 'live', listedAt: new Date().toISOString() }
  const at = new Date().toISOString()
  const kinds = { devices: { freshness, from: 7, leftOut: 0 } }
  const link = (n: number, up: boolean) =>
    JSON.stringify({ v: 1, server: 'pbx1', kind: 'link', key: '', term: 7, n, at, gateway: 'gw-a', up, kinds })
  const device = (key: string, n: number, value?: object) =>
    JSON.stringify({
      v: 1,
      server: 'pbx1',
      kind: 'device',
      key,
      term: 7,
      n,
      at,
      ...(value && { value: { name: key, ...value } }),
    })
  const texts = new Map([
    ['pbx1.link', link(8, true)],
    ['pbx1.a', device('a', 5, { state: 'idle' })],
    ['pbx1.b', device('b', 10, { state: 'busy' })],
    ['pbx1.d', device('d', 4, { state: 'idle' })],
  ])
  live.reading()
  live.read([...texts.keys()], texts)
  const states = () => Object.fromEntries([...live.devices.values()].map(({ name, state }) => [name, state]))
  assert.deepEqual(states(), { a: 'idle', b: 'busy', d: 'idle' })
  live.hear('pbx1.link', link(6, false))
  live.hear('pbx1.a', device('a', 7, { state: 'busy' }))
  live.hear('pbx1.b', device('b', 3, { state: 'idle' }))
  live.hear('pbx1.d', device('d', 9))
  assert.deepEqual(states(), { a: 'busy', b: 'busy' })
  assert.equal(live.up, true)
  live.hear('pbx1.c', device('c', 11, { state: 'idle' }))
  assert.deepEqual(states(), { a: 'busy', b: 'busy', c: 'idle' })
})
