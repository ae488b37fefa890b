import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recoverableFaults } from 'amiable/testing'
import { faultsOf } from '../../src/simulate/fault-options.ts'

test('a plan of faults, and what each part may be', () => {
  assert.deepEqual(faultsOf(''), { seed: 1, every: 5_000, only: recoverableFaults() })
  assert.deepEqual(faultsOf('seed=7, every=250ms,only=reset+drop'), { seed: 7, every: 250, only: ['reset', 'drop'] })
  for (const [text, says] of [
    ['sed=7', /--faults knows no sed; did you mean seed\?/],
    ['seed=x', /seed of --faults must be a whole number/],
    ['every=soon', /every of --faults must be a time/],
    ['only=rest', /there is no fault rest; did you mean reset\?/],
    ['7', /--faults knows no 7/],
  ] as const) {
    assert.throws(() => faultsOf(text), says)
  }
})
