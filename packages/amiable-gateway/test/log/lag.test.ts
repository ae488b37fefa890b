// What a gateway says of its log while it writes it: the log's end, and for how long it has lacked something.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from './world.ts'

const event = { hash: 'one', unique: true }

/** Begins with one gateway that has stored one event. */
async function written(world: World) {
  const [gateway] = world.gateways
  assert.ok(gateway)
  await world.begin()
  world.happen(event)
  await world.pass(5_000)
  return gateway
}

test('a log that a gateway writes lacks nothing, also after its session was lost, and its end is what was stored', async () => {
  const world = new World(1, 1_000_000, () => 0.5)
  try {
    const gateway = await written(world)
    assert.deepEqual([gateway.log.lacking, gateway.log.last], [undefined, world.stream.seq])
    gateway.unlink()
    await world.pass(1_000)
    gateway.link()
    world.happen(event)
    await world.pass(60_000)
    assert.equal(gateway.log.role, 'writing')
    assert.equal(world.judge().events, 2)
    assert.deepEqual([gateway.log.lacking, gateway.log.last], [undefined, world.stream.seq])
  } finally {
    await world.end()
  }
})

test('a log whose store does not answer its writer lacks what has waited for longest', async () => {
  const world = new World(1, 1_000_000, () => 0.5)
  try {
    const gateway = await written(world)
    gateway.way.hold()
    world.happen(event)
    await world.pass(700)
    world.happen(event)
    await world.pass(300)
    assert.equal(gateway.log.role, 'writing')
    assert.equal(gateway.log.lacking, 1_000)
    gateway.way.release()
    await world.pass(2_000)
    assert.equal(gateway.log.lacking, undefined)
  } finally {
    await world.end()
  }
})
