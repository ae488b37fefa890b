import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { BUILT, build } from '../src/build.ts'

test('the scan in the package is what its source builds', async () => {
  assert.equal(readFileSync(BUILT, 'utf8'), await build(), 'npm -w tools/scan run build')
})
