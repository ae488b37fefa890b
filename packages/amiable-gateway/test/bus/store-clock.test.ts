import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KV } from '@nats-io/kv'
import { StoreClock } from '../../src/bus/store-clock.ts'

test('a clock that differs by more than a second is wrong, a slow store is no wrong clock', async () => {
  let local = 1_000_000
  let ahead = 0
  let slow = 0
  let away = false
  let stored = 0
  const kv = {
    put: async () => {
      if (away) throw new Error('no responders')
      local += slow / 2
      stored = local + ahead
      local += slow / 2
    },
    get: async () => ({ created: new Date(stored) }),
  } as unknown as KV
  const changes: [boolean, number][] = []
  const clock = new StoreClock(kv, 'clock.gw-a', {
    now: () => local,
    elapsed: () => local,
    onChange: (...change) => void changes.push(change),
  })
  const rightWith = async (given: { ahead?: number; slow?: number; away?: boolean }) => {
    ;({ ahead = 0, slow = 0, away = false } = given)
    await clock.compare()
    return clock.isRight
  }
  assert.equal(await rightWith({}), true)
  assert.equal(await rightWith({ ahead: 900 }), true)
  assert.equal(await rightWith({ ahead: 3_600_000 }), false)
  // nothing proves that it is right again
  assert.equal(await rightWith({ away: true }), false)
  assert.equal(await rightWith({ ahead: -900, slow: 4_000 }), true)
  assert.equal(await rightWith({ ahead: -3_600_000 }), false)
  assert.equal(await rightWith({ slow: 10_000 }), true)
  assert.deepEqual(
    changes.map(([right]) => right),
    [false, true, false, true],
  )
})

test('a clock that was set is wrong until the store has been asked, and whoever looks makes it ask', async () => {
  let set = 0
  let away = false
  let asked: () => void = () => {}
  const kv = {
    put: () => (away ? Promise.reject(new Error('no responders')) : Promise.resolve()),
    get: () => {
      asked()
      return Promise.resolve({ created: new Date(1_000_000) })
    },
  } as unknown as KV
  const changes: boolean[] = []
  const clock = new StoreClock(kv, 'clock.gw-a', {
    now: () => 1_000_000 + set,
    elapsed: () => 5_000,
    onChange: (right) => void changes.push(right),
  })
  await clock.compare()
  assert.equal(clock.isRight, true)
  set = -3_600_000
  const look = new Promise<void>((resolve) => {
    asked = resolve
  })
  assert.equal(clock.isRight, false)
  await look
  await new Promise(setImmediate)
  assert.deepEqual([clock.isRight, changes], [false, [false]])
  away = true
  set = 0
  await clock.compare()
  assert.equal(clock.isRight, false)
  away = false
  await clock.compare()
  assert.deepEqual([clock.isRight, changes], [true, [false, true]])
})
