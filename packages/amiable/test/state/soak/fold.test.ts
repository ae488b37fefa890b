import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstFailure } from '../support/tapes.ts'

test('10,000 histories: what the model holds at the end is true', async () => {
  const failure = await firstFailure(1_000, 11_000)
  assert.equal(failure, undefined, failure && `seed ${failure.seed}: ${failure.error.message}`)
})
