import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, connect, createClient } from 'amiable'
import { type State, watch } from 'amiable/state'
import { SeededRandom } from 'amiable/testing'
import { optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'
import { load } from './load.ts'
import { assertTrue } from './support/assert-true.ts'
import { KINDS } from './support/kinds.ts'
import { Relay } from './support/relay.ts'

const STEPS = 60

/** After any load of a seed, with resets and reconnects, the model equals plain lists whenever the server is quiet. */
export function truth(target: Target, seeds: readonly number[]): void {
  for (const seed of seeds) {
    test(`${target.name}: after the load of seed ${seed}, with resets, the model equals fresh lists`, () =>
      afterResets(target, seed))
  }

  test(`${target.name}: models that join every 250 ms in the middle of a load all equal fresh lists`, () =>
    joins(target))
}

async function afterResets(target: Target, seed: number): Promise<void> {
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
  await using state = watch(client, { kinds: KINDS, audit: false })
  void client.connect().catch(() => {})
  const loading = load(driver, seed, STEPS)
  const over = loading.then(() => true)
  while (!(await Promise.race([over, sleep(random.integer(50, 400), false)]))) fault(relay, random)
  relay.calm()
  const done = await loading
  try {
    await done.settle()
    await assertTrue(state, client, driver, `seed ${seed}`, done.log)
  } finally {
    await done.clear()
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
  await using driver = await connect(optionsFor(target))
  const models: [State, Client][] = []
  const loading = load(driver, 7, STEPS)
  const over = loading.then(() => true)
  try {
    do {
      const client = await connect(optionsFor(target))
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
