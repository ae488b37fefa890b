import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Keepalive } from '../../src/link/keepalive.ts'
import { ManualClock } from '../../src/testing/time/manual-clock.ts'

describe('keepalive', () => {
  let clock: ManualClock
  let heard: number
  let blockedUntil: number
  let pings: number[]
  let deaths: { at: number; silence: number }[]
  let keepalive: Keepalive
  let start: number

  beforeEach(() => {
    clock = new ManualClock()
    start = clock.now()
    heard = start
    blockedUntil = 0
    pings = []
    deaths = []
    keepalive = new Keepalive({ interval: 15_000, timeout: 5_000 }, clock, {
      heard: () => heard,
      blockedUntil: () => blockedUntil,
      ping: () => pings.push(clock.now() - start),
      dead: (silence) => {
        deaths.push({ at: clock.now() - start, silence })
        keepalive.stop()
      },
    })
  })

  test('pings once the line has been silent for the interval, and not before', () => {
    clock.tick(14_999)
    assert.deepEqual(pings, [])
    clock.tick(1)
    assert.deepEqual(pings, [15_000])
  })

  test('counts the silence from the last bytes', () => {
    clock.tick(10_000)
    heard = clock.now()
    clock.tick(14_999)
    assert.deepEqual(pings, [])
    clock.tick(1)
    assert.deepEqual(pings, [25_000])
  })

  test('never pings a line that is not silent', () => {
    for (let i = 0; i < 100; i++) {
      clock.tick(1_000)
      heard = clock.now()
    }
    assert.deepEqual(pings, [])
    assert.deepEqual(deaths, [])
  })

  test('finds a peer dead that says nothing within the timeout', () => {
    clock.tick(19_999)
    assert.deepEqual(deaths, [])
    clock.tick(1)
    assert.deepEqual(deaths, [{ at: 20_000, silence: 20_000 }])
    assert.equal(clock.pending, 0)
  })

  test('takes any bytes for an answer, also in the very millisecond of the Ping', () => {
    clock.tick(15_000)
    heard = clock.now()
    clock.tick(5_000)
    assert.deepEqual(deaths, [])
    clock.tick(10_000)
    assert.deepEqual(pings, [15_000, 30_000])
  })

  test('goes on asking for as long as there are answers', () => {
    for (let i = 1; i <= 5; i++) {
      clock.tick(15_000)
      heard = clock.now()
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
    assert.deepEqual(deaths, [{ at: 65_000, silence: 65_000 }])
  })

  test('allows for a call that begins to block after the Ping', () => {
    clock.tick(16_000)
    blockedUntil = start + 30_000
    clock.tick(4_000)
    assert.deepEqual(deaths, [])
    clock.tick(15_000)
    assert.deepEqual(deaths, [{ at: 35_000, silence: 35_000 }])
  })

  test('is not kept waiting by a block that is over', () => {
    blockedUntil = start + 5_000
    clock.tick(20_000)
    assert.equal(deaths.length, 1)
  })

  test('does nothing once it is stopped, and leaves no timer behind', () => {
    keepalive.stop()
    assert.equal(clock.pending, 0)
    clock.tick(1_000_000)
    assert.deepEqual([pings, deaths], [[], []])
  })

  test('survives a clock that jumps', () => {
    heard = start + 1_000_000
    clock.tick(15_000)
    assert.deepEqual(pings, [])
    assert.equal(clock.pending, 1)
  })
})
