import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { numberOf, percentOf, plainOf, segmentsOf, spanOf, timeOf } from '../../src/page/format.ts'

test('a span has seconds always, and hours only where there are any', () => {
  assert.equal(spanOf(7_999), '0:07')
  assert.equal(spanOf(12 * 60_000 + 41_000), '12:41')
  assert.equal(spanOf(3_723_000), '1:02:03')
  assert.equal(spanOf(-5_000), '0:00')
})

test('a time of another day says which', () => {
  const now = new Date(2026, 10, 26, 14, 3, 22).getTime()
  assert.equal(timeOf(now, 'en', now), '14:03:22')
  assert.equal(timeOf(now, 'en', now, false), '14:03')
  assert.match(timeOf(now - 86_400_000, 'de', now), /25\.11\..*14:03:22/)
})

test('numbers have the separators of the language', () => {
  assert.equal(numberOf(12_345, 'en'), '12,345')
  assert.equal(numberOf(12_345, 'de'), '12.345')
  assert.equal(percentOf(3, 4, 'en'), '75%')
  assert.equal(percentOf(0, 0, 'en'), '–')
})

describe('the text of a stranger', () => {
  test('loses what turns the direction of others around, and what controls', () => {
    assert.equal(plainOf('a\u202eb\u2066c\u0000d\ne'), 'a\ufffdb\ufffdc\ufffdd\ufffde')
  })

  test('is cut, and not within a character', () => {
    const cut = plainOf(`${'x'.repeat(255)}😀${'y'.repeat(65_536)}`)
    assert.equal(cut, `${'x'.repeat(255)}…`)
  })

  test('stays as it is where it is harmless', () => {
    for (const text of ['Anna Berger', '<b>Ben</b>', 'יוסי', '王小明', '😀']) assert.equal(plainOf(text), text)
  })
})

test('twelve segments are shared so that nobody who is there is left out', () => {
  assert.deepEqual(segmentsOf([1, 0, 3], 12), [1, 0, 3])
  assert.deepEqual(segmentsOf([100, 1, 0], 12), [11, 1, 0])
  const counts = fc.array(fc.nat(2_000), { minLength: 7, maxLength: 7 })
  fc.assert(
    fc.property(counts, (given) => {
      const shares = segmentsOf(given, 12)
      const all = given.reduce((sum, count) => sum + count, 0)
      assert.equal(
        shares.reduce((sum, share) => sum + share, 0),
        Math.min(12, all),
      )
      for (const [at, count] of given.entries()) assert.equal(count > 0, (shares[at] ?? 0) > 0)
    }),
  )
})
