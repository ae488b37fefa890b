import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { type Arriving, Keepalive } from '../../src/link/keepalive.ts'
import { ManualClock } from '../../src/testing/time/manual-clock.ts'

describe('keepalive', () => {
  let clock: ManualClock
  let answered: number
  let arriving: Arriving
  let blockedUntil: number
  let pings: number[]
  let deaths: number[]
  let keepalive: Keepalive
  let start: number
  /** Whether what is answered is the Ping, or behind it. */
  let hears: boolean

  beforeEach(() => {
    clock = new ManualClock()
    start = clock.now()
    answered = start
    arriving = { start: 0, bytes: 0 }
    blockedUntil = 0
    hears = true
    pings = []
    deaths = []
    keepalive = new Keepalive({ interval: 15_000, timeout: 5_000 }, clock, {
      answered: () => answered,
      arriving: () => arriving,
      blockedUntil: () => blockedUntil,
      ping: () => {
        const pinged = clock.now()
        pings.push(pinged - start)
        return () => hears && answered >= pinged
      },
      dead: () => {
        deaths.push(clock.now() - start)
        keepalive.stop()
      },
    })
  })

  test('pings once nothing has been answered for the interval, and not before', () => {
    clock.tick(14_999)
    assert.deepEqual(pings, [])
    clock.tick(1)
    assert.deepEqual(pings, [15_000])
  })

  test('counts from the last answer', () => {
    clock.tick(10_000)
    answered = clock.now()
    clock.tick(14_999)
    assert.deepEqual(pings, [])
    clock.tick(1)
    assert.deepEqual(pings, [25_000])
  })

  test('never pings a session that answers', () => {
    for (let i = 0; i < 100; i++) {
      clock.tick(1_000)
      answered = clock.now()
    }
    assert.deepEqual(pings, [])
    assert.deepEqual(deaths, [])
  })

  test('finds a peer dead that answers nothing within the timeout', () => {
    clock.tick(19_999)
    assert.deepEqual(deaths, [])
    clock.tick(1)
    assert.deepEqual(deaths, [20_000])
    assert.equal(clock.pending, 0)
  })

  test('takes any answer for a sign of life, also in the very millisecond of the Ping', () => {
    clock.tick(15_000)
    answered = clock.now()
    clock.tick(5_000)
    assert.deepEqual(deaths, [])
    clock.tick(10_000)
    assert.deepEqual(pings, [15_000, 30_000])
  })

  test('goes on asking for as long as there are answers', () => {
    for (let i = 1; i <= 5; i++) {
      clock.tick(15_000)
      answered = clock.now()
      assert.equal(pings.length, i)
    }
    assert.deepEqual(deaths, [])
  })

  test('allows for a call that blocks the session, and then for its timeout', () => {
    blockedUntil = start + 60_000
    clock.tick(64_999)
    assert.deepEqual(deaths, [])
    assert.deepEqual(pings, [15_000])
    clock.tick(1)
    assert.deepEqual(deaths, [65_000])
  })

  test('allows for a call that begins to block after the Ping', () => {
    clock.tick(16_000)
    blockedUntil = start + 30_000
    clock.tick(4_000)
    assert.deepEqual(deaths, [])
    clock.tick(15_000)
    assert.deepEqual(deaths, [35_000])
  })

  test('is not kept waiting by a block that is over', () => {
    blockedUntil = start + 5_000
    clock.tick(20_000)
    assert.equal(deaths.length, 1)
  })

  test('waits for as long as one long message goes on arriving, behind which the answer stands', () => {
    for (let i = 1; i <= 10; i++) {
      clock.tick(5_000)
      arriving = { start: 700, bytes: i * 100_000 }
    }
    assert.deepEqual([pings, deaths], [[15_000], []])
    clock.tick(10_000)
    assert.equal(deaths.length, 1)
  })

  test('does not wait for ever for a message that never ends', () => {
    for (let i = 1; i <= 40 && deaths.length === 0; i++) {
      clock.tick(5_000)
      arriving = { start: 700, bytes: i * 100_000 }
    }
    assert.deepEqual([pings, deaths], [[15_000], [80_000]])
  })

  test('waits while calls in front of the Ping get on, which is no answer to it', () => {
    hears = false
    for (let i = 1; i <= 20; i++) {
      clock.tick(4_000)
      answered = clock.now()
    }
    assert.deepEqual([pings, deaths], [[], []])
    clock.tick(15_000)
    for (let i = 1; i <= 20; i++) {
      clock.tick(4_000)
      answered = clock.now()
    }
    assert.deepEqual([pings, deaths], [[95_000], []])
    clock.tick(5_000)
    assert.deepEqual([pings, deaths], [[95_000], [180_000]])
  })

  test('does not wait for a message that comes in drops, nor for one after another', () => {
    for (const next of [
      (i: number) => ({ start: 700, bytes: i }),
      (i: number) => ({ start: i * 1_000_000, bytes: i * 100_000 }),
    ]) {
      deaths = []
      pings = []
      const from = clock.now()
      answered = from
      const one = new Keepalive({ interval: 15_000, timeout: 5_000 }, clock, {
        answered: () => answered,
        arriving: () => arriving,
        blockedUntil: () => 0,
        ping: () => {
          pings.push(clock.now() - from)
          return () => false
        },
        dead: () => {
          deaths.push(clock.now() - from)
          one.stop()
        },
      })
      for (let i = 1; i <= 25; i++) {
        clock.tick(1_000)
        arriving = next(i)
      }
      assert.deepEqual([pings.includes(15_000), deaths.includes(20_000)], [true, true])
    }
  })

  test('does nothing once it is stopped, and leaves no timer behind', () => {
    keepalive.stop()
    assert.equal(clock.pending, 0)
    clock.tick(1_000_000)
    assert.deepEqual([pings, deaths], [[], []])
  })

  test('survives a clock that jumps', () => {
    answered = start + 1_000_000
    clock.tick(15_000)
    assert.deepEqual(pings, [])
    assert.equal(clock.pending, 1)
  })
})
