import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../src/testing/time/manual-clock.ts'
import { OwnTimers } from '../../../src/testing/time/owned-timers.ts'

test('what ends forgets its own timers and no other', async () => {
  const clock = new ManualClock()
  const fired: string[] = []
  const own = new OwnTimers(clock)
  own.setTimeout(() => fired.push('own, in time'), 10)
  own.setTimeout(() => fired.push('own, too late'), 30)
  own.clearTimeout(own.setTimeout(() => fired.push('cleared'), 10))
  clock.setTimeout(() => fired.push('another'), 30)
  await clock.advance(20)
  own.end()
  own.setTimeout(() => fired.push('after the end'), 1)
  await clock.advance(20)
  assert.deepEqual(fired, ['own, in time', 'another'])
  assert.equal(clock.pending, 0)
})
