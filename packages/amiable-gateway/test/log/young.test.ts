import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Kind, World } from './world.ts'

test('a gateway that has just begun leaves the writing to one that has all events and is away for a moment', async () => {
  const world = new World(2, 1_000_000, () => 0.5)
  let serial = 0
  const kind = (): Kind => ({ hash: `unique${serial++}`, unique: true })
  try {
    await world.begin()
    world.happen(kind())
    await world.pass(12_000)
    for (const { way } of world.gateways) way.isDown = true
    // only the writer hears these, and cannot store them
    world.gateways[1]?.unlink()
    for (let n = 0; n < 20; n++) world.happen(kind())
    await world.pass(500)
    await world.replace(1)
    world.happen(kind())
    const [writer, young] = world.gateways
    assert.ok(writer && young)
    young.way.isDown = false
    await world.pass(3_000)
    writer.way.isDown = false
    await world.pass(12_000)
    assert.deepEqual(world.judge(), { last: world.events, gaps: 1, events: world.events })
  } finally {
    await world.end()
  }
})
