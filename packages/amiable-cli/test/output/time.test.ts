import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clockOf, durationOf, spell } from '../../src/output/time.ts'

const AT = Date.UTC(2026, 10, 25, 14, 3, 11, 482)

test('a duration is seconds, or has a unit', () => {
  assert.equal(durationOf('30'), 30_000)
  assert.equal(durationOf('1.5'), 1_500)
  assert.equal(durationOf('250ms'), 250)
  assert.equal(durationOf('5m'), 300_000)
  assert.equal(durationOf('1h'), 3_600_000)
  assert.equal(durationOf('24d'), 2_073_600_000)
  for (const wrong of ['', '0', 'x', '5 m', '-1', '1e9', '5mm', '25d', '99999d'])
    assert.equal(durationOf(wrong), undefined, wrong)
})

test('the date stands where it changes', () => {
  const clock = clockOf('utc')
  assert.equal(clock(AT), '14:03:11.482')
  assert.equal(clock(AT + 36_000_000), '2026-11-26 00:03:11.482')
  assert.equal(clock(AT + 36_001_000), '00:03:12.482')
})

test('time is also ISO, the time since the line before, or absent', () => {
  assert.equal(clockOf('iso')(AT), '2026-11-25T14:03:11.482Z')
  assert.equal(clockOf('none')(AT), '')
  const delta = clockOf('delta')
  assert.deepEqual([delta(AT).trim(), delta(AT + 6_601).trim()], ['+0.000', '+6.601'])
  assert.equal(delta(AT).trim(), '-6.601')
})

test('how long something took is said in the unit that fits', () => {
  assert.deepEqual([0.61, 250, 4_700, 159_400, 3_723_000].map(spell), ['0.6 ms', '250 ms', '4.7 s', '2m39s', '1h02m'])
})
