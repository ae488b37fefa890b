import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readOwnedFile, whyNot } from '../src/owned-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-owned-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('a file that somebody else can change, or a secret that somebody else can read, is refused with the remedy', () => {
  const path = join(folder, 'owned')
  writeFileSync(path, 'x')
  const read = (mode: number, secret: boolean) => {
    chmodSync(path, mode)
    return readOwnedFile(path, { what: 'secret file', secret })
  }
  assert.equal(read(0o600, true), 'x')
  assert.equal(read(0o644, false), 'x')
  assert.throws(() => read(0o644, true), { message: /can be read by other users/, hints: [`chmod 600 ${path}`] })
  assert.throws(() => read(0o662, false), { message: /can be changed by other users/ })
})

test('a file of a stranger is refused, one of root may be shared with a group', () => {
  assert.match(whyNot(1001, 0o600, 1000, true)?.[0] ?? '', /belongs to another user/)
  assert.equal(whyNot(0, 0o640, 1000, true), undefined)
  assert.match(whyNot(0, 0o644, 1000, true)?.[0] ?? '', /can be read/)
  assert.match(whyNot(1000, 0o640, 1000, true)?.[0] ?? '', /can be read/)
})
