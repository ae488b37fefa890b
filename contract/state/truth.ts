import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, connect, createClient } from 'amiable'
import { type State, watch } from 'amiable/state'
import { SeededRandom } from 'amiable/testing'
import { optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'
import { Load } from './support/load.ts'
import { pictureOf, truthOf } from './support/oracle.ts'
import { Relay } from './support/relay.ts'

// what is told of a list too late is asked again after a second
const CONVERGES = 5_000
const QUIET = 300

/** After any seeded load, with resets and reconnects, the model equals plain lists whenever the server is quiet. */
export function truth(target: Target, seeds: readonly number[]): void {
  for (const seed of seeds) {
    test(`${target.name}: after the load of seed ${seed}, with resets, the model equals fresh lists`, () =>
      nightOf(target, seed))
  }

  test(`${target.name}: models that join in the middle of a load all equal fresh lists`, () => joins(target))
}

async function nightOf(target: Target, seed: number): Promise<void> {
  const random = new SeededRandom(seed)
  await using driver = await connect(optionsFor(target))
  await using relay = await Relay.start(target.host, target.port)
  await using client = createClient({
    ...optionsFor(target),
    host: '127.0.0.1',
    port: relay.port,
    reconnect: { initialDelay: 20, maxDelay: 200 },
    keepalive: { interval: 1_000, timeout: 1_000 },
  })
  await using state = watch(client, { audit: false })
  void client.connect().catch(() => {})
  const load = new Load(driver, random)
  try {
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 40; n++) {
        load.act()
        if (random.chance(0.12)) fault(relay, random)
        await sleep(random.integer(0, 40))
      }
      await load.rest()
      relay.calm()
      await assertTrue(state, client, driver, `seed ${seed}, round ${round}`)
    }
  } finally {
    await load.end()
  }
}

function fault(relay: Relay, random: SeededRandom): void {
  const kind = random.integer(0, 3)
  if (kind === 0) relay.reset()
  else if (kind === 1) relay.resetAfter(random.integer(1, 60_000))
  else if (kind === 2) relay.stall(random.integer(10, 300))
  else relay.cut(random.integer(0, 400))
}

async function joins(target: Target): Promise<void> {
  const random = new SeededRandom(4)
  await using driver = await connect(optionsFor(target))
  const load = new Load(driver, random)
  const models: [State, Client][] = []
  try {
    for (let n = 0; n < 60; n++) {
      load.act()
      if (n % 10 === 0) {
        const client = await connect(optionsFor(target))
        models.push([watch(client, { audit: false }), client])
      }
      await sleep(25)
    }
    await load.rest()
    for (const [n, [state, client]] of models.entries()) await assertTrue(state, client, driver, `model ${n}`)
  } finally {
    await load.end()
    await Promise.all(models.map(([, client]) => client.close()))
  }
}

/** Waits until nothing is said any more, and compares the model with fresh lists. */
async function assertTrue(state: State, client: Client, driver: Client, where: string): Promise<void> {
  let last = 0
  let heard = 0
  using _listener = driver.on('*', () => {
    heard++
    last = performance.now()
  })
  last = performance.now()
  const deadline = last + 20_000
  for (;;) {
    while (performance.now() - last < QUIET) await sleep(QUIET - (performance.now() - last))
    await client.connect()
    await state.ready()
    const before = heard
    let expected = await truthOf(driver)
    let found = pictureOf(state)
    const since = performance.now()
    const isTrue = () => isSame(found, expected) && state.freshness.type === 'live'
    while (!isTrue() && heard === before && performance.now() - since < CONVERGES) {
      await sleep(50)
      found = pictureOf(state)
      expected = await truthOf(driver)
    }
    // what began again meanwhile is no quiet point
    if (heard !== before && performance.now() < deadline) continue
    assert.equal(state.freshness.type, 'live', where)
    assert.deepEqual(found, expected, where)
    return
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
