// Two gateways that may both take themselves for the writer, since nothing happens in Asterisk.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from './world.ts'

/** Two gateways, and one event in the log. */
async function two(random: () => number) {
  const world = new World(2, 1_000_000, random)
  let serial = 0
  const happen = () => world.happen({ hash: `unique${serial++}`, unique: true })
  await world.begin()
  happen()
  await world.pass(12_000)
  const writers = () => world.gateways.filter(({ log }) => log.writing !== undefined)
  const newest = () => world.stream.said.findLastIndex(({ status }) => status === 'writer') + 1
  return { world, happen, writers, newest }
}

test('a store that is back finds one writer, though nothing happens, whoever comes back first', async () => {
  // as long as it takes to begin, two may do it at once
  for (let n = 5; n < 40; n++) {
    const { world, writers } = await two(() => ((n * 7) % 20) / 20)
    try {
      const both = n % 2 ? world.gateways : world.gateways.toReversed()
      for (const { way, log } of both) {
        way.isDown = true
        log.storeLost()
      }
      await world.pass(2_000)
      for (const { way, log } of both) {
        way.isDown = false
        log.storeBack()
        await world.pass(n * 10)
      }
      await world.pass(3_000)
      assert.equal(writers().length, 1, `run ${n}`)
    } finally {
      await world.end()
    }
  }
})

test('a writer that resigns is followed by one with the newest term, and writes again where there is no other', async () => {
  for (const others of [true, false]) {
    const { world, happen, writers, newest } = await two(() => 0.5)
    try {
      const [one] = writers()
      const term = one?.log.writing
      assert.ok(one && term !== undefined)
      // another gateway has begun to write, and nothing came of it
      await Promise.all([
        one.way.say({ v: 1, server: 'pbx1', gateway: 'g1', at: '', status: 'writer' }),
        world.pass(50),
      ])
      if (!others) for (const gateway of world.gateways) if (gateway !== one) gateway.way.isDown = true
      one.log.resign(term)
      await world.pass(5_000)
      happen()
      await world.pass(5_000)
      assert.deepEqual(
        writers().map(({ log }) => log.writing),
        [newest()],
      )
      assert.deepEqual(world.judge(), { last: 2, gaps: world.judge().gaps, events: 2 })
    } finally {
      await world.end()
    }
  }
})
