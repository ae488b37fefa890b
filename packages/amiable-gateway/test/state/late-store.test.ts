// Two gateways and a reader of one live state, while NATS stores late what it has delivered: in the end all agree.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SeededRandom } from 'amiable/testing'
import { LiveServer } from '../../src/client/live-server.ts'
import { StateKeeper } from '../../src/state/keeper.ts'
import { RevisionError, type StateStore, type StoredRecord } from '../../src/state/store.ts'
import { Devices } from './devices.ts'

const SIDE_BY_SIDE = 40
const ACK_TIMEOUT = 150
// for so long it must be so, and so long it may take: longer than the writer says nothing
const QUIET = 700
const PATIENCE = 20_000
const NAMES = Array.from({ length: 30 }, (_, n) => `SIP/${n}`)

/** Delivers what is published at once, and stores it in its order some time later. */
class Nats {
  readonly records = new Map<string, StoredRecord>()
  /** How long a few records wait in front of the store. */
  lag = 0
  readonly #deliver: (name: string, text: string) => void
  readonly #random: SeededRandom
  readonly #waiting: (() => void)[] = []
  #isStoring = false
  #revision = 0

  constructor(deliver: (name: string, text: string) => void, random: SeededRandom) {
    this.#deliver = deliver
    this.#random = random
  }

  publish(name: string, record: Omit<StoredRecord, 'revision'>, expected: number): Promise<number> {
    this.#deliver(name, record.text)
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        if ((this.records.get(name)?.revision ?? 0) !== expected) reject(new RevisionError(name))
        else {
          this.records.set(name, { ...record, revision: ++this.#revision })
          resolve(this.#revision)
        }
      })
      if (!this.#isStoring) void this.#store()
    })
  }

  async #store(): Promise<void> {
    this.#isStoring = true
    while (this.#waiting.length > 0) {
      if (this.lag > 0) await sleep(this.lag)
      for (const store of this.#waiting.splice(0, this.#random.integer(1, 20))) store()
    }
    this.#isStoring = false
  }
}

/** A gateway's way to NATS; one that is killed gets no answer. */
class Connection implements StateStore {
  readonly maxPayload = 1_000_000
  readonly connected = true
  isDead = false
  readonly #nats: Nats
  readonly #random: SeededRandom

  constructor(nats: Nats, random: SeededRandom) {
    this.#nats = nats
    this.#random = random
  }

  names = () => this.#answer(() => [...this.#nats.records.keys()])
  get = (name: string) => this.#answer(() => this.#nats.records.get(name))
  forget = async () => {}
  newestTerm = async () => undefined

  put(name: string, text: string, revision: number, gone: boolean): Promise<number> {
    if (this.isDead) return new Promise(() => {})
    const late = sleep(ACK_TIMEOUT).then(() => {
      throw new Error('timeout')
    })
    return Promise.race([this.#nats.publish(name, { text, gone }, revision), late])
  }

  async #answer<T>(read: () => T): Promise<T> {
    await sleep(this.#random.integer(0, 3))
    if (this.isDead) return new Promise(() => {})
    return read()
  }
}

/** A reader that looks again and again whether something is missing. */
function readerOf(nats: Nats, random: SeededRandom, heard: (hear: LiveServer['hear']) => void) {
  let isMissing = true
  let isReading = false
  const missing = () => {
    isMissing = true
  }
  const live = new LiveServer('pbx1', { changed: () => {}, missing, now: () => performance.now() })
  heard((name, text) => live.hear(name, text))
  const read = async () => {
    isMissing = false
    isReading = true
    const first = live.reading()
    await sleep(random.integer(0, 4))
    const fence = first === undefined ? undefined : nats.records.get(first)?.text
    await sleep(random.integer(0, 4))
    const names = [...nats.records.keys()]
    await sleep(random.integer(0, 4))
    const records = new Map(names.map((name) => [name, nats.records.get(name)?.text ?? '']))
    await sleep(random.integer(0, 4))
    if (live.read(names, records, fence)) missing()
    isReading = false
  }
  const timer = setInterval(
    () => {
      if (isMissing && !isReading) void read()
    },
    random.integer(40, 100),
  )
  return { live, end: () => clearInterval(timer) }
}

/** What goes wrong with the seed, then a quiet time: gives in what the reader differs from what is so. */
async function differences(seed: number): Promise<string | undefined> {
  const random = new SeededRandom(seed)
  let hear: LiveServer['hear'] = () => {}
  const nats = new Nats((name, text) => hear(name, text), random)
  const { live, end } = readerOf(nats, random, (heard) => {
    hear = heard
  })
  const truth = new Devices()
  let term = 1
  const begin = (gateway: string) => {
    const devices = new Devices(truth)
    const store = new Connection(nats, random)
    const made = { devices, store, term: undefined as number | undefined, keeper: undefined as unknown as StateKeeper }
    made.keeper = new StateKeeper({
      server: 'pbx1',
      gateway,
      model: devices.model(),
      kinds: ['devices'],
      store,
      term: () => made.term,
      link: () => ({ up: true, version: null }),
    })
    made.keeper.start()
    return made
  }
  let [writer, other] = [begin('gw-a'), begin('gw-b')]
  const give = (gateway: typeof writer, given: number | undefined) => {
    gateway.term = given
    gateway.keeper.look()
  }
  const kill = (gateway: typeof writer) => {
    gateway.store.isDead = true
    gateway.term = undefined
    void gateway.keeper.stop()
  }
  const change = (name: string, state: string | undefined) => {
    for (const devices of [truth, writer.devices, other.devices]) devices.change(name, state)
  }
  for (const name of NAMES) change(name, 'notInUse')
  give(writer, term)
  await sleep(300)
  for (let step = 0; step < 12; step++) {
    for (let n = 0; n < 12; n++) {
      change(random.pick(NAMES), random.chance(0.35) ? undefined : `${step}.${n}`)
      if (random.chance(0.3)) await sleep(random.integer(0, 15))
    }
    nats.lag = random.chance(0.5) ? random.integer(1, 40) : random.chance(0.1) ? ACK_TIMEOUT * 1.5 : 0
    const what = random.next()
    if (what < 0.2) {
      // killed, or it hands over
      if (random.chance(0.5)) kill(writer)
      else give(writer, undefined)
      const next = other
      other = writer.store.isDead ? begin('gw-c') : writer
      writer = next
      give(writer, ++term)
    } else if (what < 0.7) {
      give(writer, undefined)
      await sleep(random.integer(0, 60))
      give(writer, term)
    }
    await sleep(random.integer(0, 120))
  }
  setTimeout(() => {
    nats.lag = 0
  }, 500)
  const isSo = () =>
    live.freshness('devices').type === 'live' &&
    live.devices.size === truth.size &&
    [...truth].every(([name, { state }]) => (live.devices.get(name)?.state as string | undefined) === state)
  const began = performance.now()
  for (let since = began; ; await sleep(10)) {
    const now = performance.now()
    if (!isSo()) since = now
    if (now - since > QUIET || now - began > PATIENCE) break
  }
  const found = isSo() ? undefined : [[...truth.values()], [...live.devices.values()], live.freshness('devices')]
  end()
  for (const gateway of [writer, other]) kill(gateway)
  return found && `seed ${seed}: ${JSON.stringify(found)}`
}

test('however late NATS stores what it delivers, the reader has in the end what is so', async () => {
  const found = await Promise.all(Array.from({ length: SIDE_BY_SIDE }, (_, seed) => differences(seed)))
  assert.deepEqual(
    found.filter((one) => one !== undefined),
    [],
  )
})
