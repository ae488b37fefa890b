import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { AuthError, ConnectError, LostError } from '../../src/errors.ts'
import { backoffPolicy } from '../../src/link/backoff.ts'
import { runs } from '../support/decode.ts'

const cause = new ConnectError('refused')
const delays = (options: Parameters<typeof backoffPolicy>[0], random: () => number, count: number) => {
  const policy = backoffPolicy(options, random)
  return Array.from({ length: count }, (_, i) => policy(i + 1, cause))
}

test('delays double from 100 ms to 30 s by default', () => {
  assert.deepEqual(
    delays({}, () => 0, 12),
    [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000],
  )
})

test('half of a delay is random by default', () => {
  assert.deepEqual(
    delays({}, () => 0.999999, 3),
    [50, 100, 200],
  )
  assert.deepEqual(
    delays({}, () => 0.5, 3),
    [75, 150, 300],
  )
})

test('options that are undefined leave the default', () => {
  const options = { initialDelay: undefined, maxDelay: undefined, factor: undefined, jitter: undefined }
  assert.deepEqual(
    delays(options, () => 0, 2),
    [100, 200],
  )
})

test('a factor of 1 keeps the delay', () => {
  assert.deepEqual(
    delays({ factor: 1, initialDelay: 7 }, () => 0, 3),
    [7, 7, 7],
  )
})

test('an initial delay above the longest is cut to it', () => {
  assert.deepEqual(
    delays({ initialDelay: 500, maxDelay: 100 }, () => 0, 2),
    [100, 100],
  )
})

test('every delay is within its jitter, finite and never above the longest, at any attempt', () => {
  const options = fc.record({
    initialDelay: fc.integer({ min: 1, max: 100_000 }),
    maxDelay: fc.integer({ min: 1, max: 2_147_483_647 }),
    factor: fc.double({ min: 1, max: 1e6, noNaN: true }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(
      options,
      fc.integer({ min: 1, max: 1e9 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (given, attempt, random) => {
        const delay = backoffPolicy(given, () => random)(attempt, cause)
        const { initialDelay, maxDelay, factor, jitter } = given
        const full = Math.min(initialDelay * factor ** Math.min(attempt - 1, 64), maxDelay)
        assert.ok(typeof delay === 'number' && Number.isFinite(delay))
        assert.ok(delay <= maxDelay && delay >= Math.floor(full * (1 - jitter)), `${delay}`)
      },
    ),
    { numRuns: runs(2_000) },
  )
})

test('it is pure: the same attempt, cause and randomness give the same delay', () => {
  const policy = backoffPolicy({}, () => 0.25)
  assert.deepEqual([policy(5, cause), policy(1, cause), policy(5, cause)], [1400, 88, 1400])
})

describe('what is tried again', () => {
  const after = (error: Parameters<ReturnType<typeof backoffPolicy>>[1]) => backoffPolicy({}, () => 0)(1, error)

  test('a refused login is not', () => {
    assert.equal(after(new AuthError('Authentication failed')), false)
  })

  test('a login that is refused for now is, and not at once', () => {
    const refused = new AuthError('Login Already In Use', { retryable: true })
    assert.equal(after(refused), 3_000)
    const policy = backoffPolicy({ initialDelay: 5_000 }, () => 0)
    assert.deepEqual([policy(1, refused), policy(2, refused)], [5_000, 10_000])
    // who wants no delay longer has none
    assert.equal(backoffPolicy({ initialDelay: 5, maxDelay: 50 }, () => 0)(1, refused), 50)
  })

  test('a lost link is, whether or not a call can be repeated', () => {
    assert.equal(after(new LostError('gone')), 100)
    assert.equal(after(new LostError('gone', { delivered: 'unknown' })), 100)
  })

  test('a server that was not reached is', () => {
    assert.equal(after(cause), 100)
  })
})
