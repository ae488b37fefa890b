import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Deadlines } from '../../../src/client/calls/deadlines.ts'
import { ManualClock } from '../../../src/testing/time/manual-clock.ts'
import { runs } from '../../support/decode.ts'

test('everything expires at its deadline and not before, in any order of adding, and what is deleted never', () => {
  const entry = fc.record({
    after: fc.integer({ min: 1, max: 500 }),
    addAt: fc.nat(200),
    deleteAt: fc.option(fc.nat(600)),
  })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
      const clock = new ManualClock(0)
      const expired = new Map<object, number>()
      const deadlines = new Deadlines<{ deadline: number }>(clock, { expired: (one) => expired.set(one, clock.now()) })
      const items = entries.map(({ after, addAt, deleteAt }) => ({ deadline: addAt + after, addAt, deleteAt }))
      for (let now = 0; now <= 900; now++) {
        for (const item of items) {
          if (item.addAt === now) deadlines.add(item)
          if (item.deleteAt === now && item.deleteAt >= item.addAt) deadlines.delete(item)
        }
        clock.tick(1)
      }
      for (const item of items) {
        const { deadline, deleteAt, addAt } = item
        const deleted = deleteAt !== null && deleteAt >= addAt && deleteAt < deadline
        assert.equal(expired.get(item), deleted ? undefined : deadline)
      }
      assert.equal(clock.pending, 0)
    }),
    { numRuns: runs(150) },
  )
})

test('an expiry may add, delete and stop', () => {
  const clock = new ManualClock(0)
  const seen: string[] = []
  const c = { deadline: 30, name: 'c' }
  const deadlines = new Deadlines<{ deadline: number; name: string }>(clock, {
    expired: ({ name }) => {
      seen.push(`${name} ${clock.now()}`)
      if (name === 'a') {
        deadlines.delete(c)
        deadlines.add({ deadline: 20, name: 'b' })
      }
      if (name === 'b') deadlines.stop()
    },
  })
  for (const one of [{ deadline: 10, name: 'a' }, c, { deadline: 40, name: 'd' }]) deadlines.add(one)
  clock.tick(100)
  assert.deepEqual(seen, ['a 10', 'b 20'])
  assert.equal(clock.pending, 0)
})

test('thousands have one timer', () => {
  const clock = new ManualClock(0)
  const deadlines = new Deadlines<{ deadline: number }>(clock, { expired: () => {} })
  for (let i = 0; i < 5_000; i++) deadlines.add({ deadline: 1_000 + i })
  assert.equal(clock.pending, 1)
  deadlines.stop()
  assert.equal(clock.pending, 0)
})
