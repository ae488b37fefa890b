import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { withLock } from '../lock.ts'

test('one at a time, also after a failure', { skip: process.platform !== 'linux' && 'flock is Linux' }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'amiable-lock-'))
  const file = join(directory, 'deep/lock')
  let inside = 0
  const work = async () => {
    inside++
    assert.equal(inside, 1)
    await new Promise(setImmediate)
    inside--
  }
  try {
    await Promise.all([1, 2, 3].map(() => withLock(file, work)))
    const failing = () => Promise.reject(new Error('broken'))
    await assert.rejects(withLock(file, failing), /broken/)
    assert.equal(await withLock(file, async () => 'free'), 'free')
  } finally {
    rmSync(directory, { recursive: true })
  }
})
