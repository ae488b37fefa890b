import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, connect, createClient } from 'amiable'
import { type State, watch } from 'amiable/state'
import { SeededRandom } from 'amiable/testing'
import { optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'
import { type Draws, load } from './load.ts'
import { assertTrue } from './support/assert-true.ts'
import { KINDS } from './support/kinds.ts'
import { Relay } from './support/relay.ts'

const STEPS = 60
const READS_EVERY = 60

/**
 * After any load of a seed, with resets and reconnects, the model equals plain lists whenever the server is quiet.
 * @param models how many there are, each with resets of its own
 */
export function truth(target: Target & { readonly more?: Draws }, seeds: readonly number[], models = 1): void {
  for (const seed of seeds) {
    test(`${target.name}: after the load of seed ${seed}, with resets, the model equals fresh lists`, () =>
      afterResets(target, seed, models))
  }

  test(`${target.name}: models that join every 250 ms in the middle of a load all equal fresh lists`, () =>
    joins(target))
}

async function afterResets(target: Target & { readonly more?: Draws }, seed: number, models: number): Promise<void> {
  await using driver = await connect(optionsFor(target))
  const loading = load(driver, seed, STEPS, { more: target.more })
  const isOver = loading.then(() => true)
  const troubles = Array.from({ length: models }, (_, n) => troubled(target, seed + n * 100_000, isOver))
  const done = await loading
  const all = await Promise.all(troubles)
  try {
    await done.settle()
    const where = `seed ${seed}`
    await Promise.all(all.map(({ state, client }) => assertTrue(state, client, driver, where, done.log)))
  } finally {
    await done.clear()
    for (const { state, client, relay } of all) {
      await state.close()
      await client.close()
      await relay[Symbol.asyncDispose]()
    }
  }
}

/** A model whose connection has troubles of a seed until the load is over. */
async function troubled(target: Target, seed: number, isOver: Promise<boolean>) {
  const random = new SeededRandom(seed)
  const relay = await Relay.start(target.host, target.port)
  const client = createClient({
    ...optionsFor(target),
    host: '127.0.0.1',
    port: relay.port,
    reconnect: { initialDelay: 20, maxDelay: 200 },
    // longer than a busy machine keeps a whole test waiting: nothing but the troubles ends a connection
    keepalive: { interval: 1_000, timeout: 10_000 },
  })
  const state = watch(client, { kinds: KINDS, audit: false })
  void client.connect().catch(() => {})
  while (!(await Promise.race([isOver, sleep(random.integer(50, 400), false)]))) fault(relay, random)
  relay.calm()
  return { state, client, relay }
}

function fault(relay: Relay, random: SeededRandom): void {
  const kind = random.integer(0, 3)
  if (kind === 0) relay.reset()
  else if (kind === 1) relay.resetAfter(random.integer(1, 60_000))
  else if (kind === 2) relay.stall(random.integer(10, 300))
  else relay.cut(random.integer(0, 400))
}

async function joins(target: Target & { readonly more?: Draws }): Promise<void> {
  await using driver = await connect(optionsFor(target))
  const models: [State, Client][] = []
  // every other one reads as if its loop were busy: much at a time
  await using relay = await Relay.start(target.host, target.port)
  relay.gather(READS_EVERY)
  const behind = { host: '127.0.0.1', port: relay.port }
  const loading = load(driver, 7, STEPS, { more: target.more })
  const over = loading.then(() => true)
  try {
    do {
      const client = await connect({ ...optionsFor(target), ...(models.length % 2 === 1 && behind) })
      models.push([watch(client, { kinds: KINDS, audit: false }), client])
    } while (!(await Promise.race([over, sleep(250, false)])))
    const done = await loading
    try {
      await done.settle()
      for (const [n, [state, client]] of models.entries()) {
        await assertTrue(state, client, driver, `model ${n}`, done.log)
      }
    } finally {
      await done.clear()
    }
  } finally {
    await Promise.all(models.map(([, client]) => client.close()))
  }
}
