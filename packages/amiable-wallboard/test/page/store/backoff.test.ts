import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { waitAfter } from '../../../src/page/store/backoff.ts'

test('a page is back within two seconds of a server that was away for a minute', () => {
  fc.assert(
    fc.property(
      fc.nat(1_000),
      fc.nat(60_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, downFor, random) => {
        const wait = waitAfter(attempt, downFor, random)
        assert.ok(wait >= 200 && wait <= 1_500, String(wait))
      },
    ),
  )
})

test('five hundred pages do not come at once', () => {
  const waits = Array.from({ length: 500 }, (_, at) => waitAfter(5, 10_000, at / 500))
  assert.ok(Math.max(...waits) - Math.min(...waits) > 700)
})

test('a server that stays away is asked more rarely', () => {
  assert.ok(waitAfter(200, 600_000, 0) >= 5_000)
  assert.ok(waitAfter(200, 600_000, 1) <= 10_000)
})
