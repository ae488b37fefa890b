import assert from 'node:assert/strict'
import type { Callers } from './callers.ts'
import { codeOf } from './fault-session.ts'
import type { World } from './world.ts'

/** The states that a client can be brought into, each with how. */
const into: Record<string, (world: World) => Promise<void>> = {
  async idle(world) {
    world.client.destroy()
    world.renew()
  },
  async connecting(world) {
    await into.idle!(world)
    begin(world)
  },
  async authenticating(world) {
    await into.idle!(world)
    world.server.faults.silent({ times: 1 })
    begin(world)
    await reaches(world, 'authenticating')
  },
  async ready(world) {
    world.clear()
    if (world.client.state === 'idle') begin(world)
    await reaches(world, 'ready')
  },
  async waiting(world) {
    world.relay.admit = 'close'
    if (world.client.state === 'idle') begin(world)
    world.relay.reset()
    await reaches(world, 'waiting')
  },
  async closing(world) {
    await into.ready!(world)
    world.server.faults.drop({ action: 'Ping', times: 1 })
    // its answer never comes: the close waits for it
    world.client.send('Ping', {}, { timeout: 3_000 }).catch(() => {})
    await world.quiet()
    void world.client.close({ timeout: 2_000 })
    // unless the link goes first: then there is nothing to wait for
    assert.ok(await world.until(() => /^clos/.test(world.client.state), 1_000))
  },
  async closed(world) {
    world.client.destroy()
  },
}

/** The names of these states. */
export const STATES = Object.keys(into)

/** How a state's fault ends the client, or its calls. */
export const ENDINGS = ['close', 'destroy', 'abort'] as const

/**
 * Brings the client into a state, with calls under way, and closes it, destroys it or aborts the calls. A client that
 * is ended stays so, holds no timer and answers every later use with `AMI_CLOSED`. Gives the moment of the strike.
 */
export async function endIn(
  state: string,
  ending: (typeof ENDINGS)[number],
  world: World,
  callers: Callers,
): Promise<number> {
  await into[state]?.(world)
  callers.some()
  for (let turns = world.random.integer(0, 3); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
  const { client } = world
  const struck = world.clock.now()
  if (ending === 'abort') {
    callers.abort()
    if (client.state === 'idle') begin(world)
    if (client.state !== 'closing' && client.state !== 'closed') return struck
  }
  const first = () => (ending === 'close' ? void client.close({ timeout: 1_000 }) : client.destroy())
  const second = () => (ending === 'close' ? client.destroy() : void client.close())
  first()
  if (world.random.chance(0.5)) first()
  if (world.random.chance(0.5)) second()
  let over = false
  void client.closed.then(() => {
    over = true
  })
  assert.ok(await world.until(() => over && callers.pending === 0, 10_000), `closed, but for ${callers.waiting}`)
  assert.equal(client.state, 'closed')
  assert.equal(world.timers.pending.size, 0, 'a closed client holds no timer')
  for (const use of [client.connect(), client.send('Ping'), client.listRaw('Rows').toArray()]) {
    assert.equal(await use.catch(codeOf), 'AMI_CLOSED')
  }
  world.renew()
  return struck
}

function begin({ client }: World): void {
  client.connect().catch(() => {})
}

async function reaches(world: World, state: string): Promise<void> {
  const reached = await world.until(() => world.client.state === state, 80_000)
  assert.ok(reached, `${state} is not reached from ${world.client.state}`)
}
