import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Throttle } from '../../src/people/throttle.ts'

test('tries come back one by one, also after the clock was set back', () => {
  const throttle = new Throttle({ tries: 2, each: 1_000 })
  const HOUR = 3_600_000
  assert.deepEqual([throttle.take('a', HOUR), throttle.take('a', HOUR)], [0, 0])
  assert.equal(throttle.take('a', HOUR), 1_000)
  assert.equal(throttle.take('a', 0), 1_000)
  assert.equal(throttle.take('a', 1_000), 0)
  assert.equal(throttle.take('a', 1_500), 500)
  assert.equal(throttle.take('b', 1_500), 0)
})
