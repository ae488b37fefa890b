import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { History, MOST_LINES } from '../../src/shell/history.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-history-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('lines are there the next time, for their owner alone', () => {
  const path = join(folder, 'state/amiable/history')
  const first = new History(path)
  for (const line of ['Ping', 'list channels']) first.add(line)
  first.close()
  assert.equal(statSync(path).mode & 0o777, 0o600)
  const second = new History(path)
  assert.deepEqual(second.lines, ['Ping', 'list channels'])
  second.close()
})

test('no line with a secret is kept, and none with a blank at its front', () => {
  const path = join(folder, 'secrets')
  const history = new History(path)
  const lines = [
    'Login Username=a Secret=b',
    '! sip set password x',
    'send Challenge AuthType=MD5',
    ' Ping',
    '',
    'Ping',
  ]
  for (const line of lines) history.add(line)
  history.close()
  assert.equal(readFileSync(path, 'utf8'), 'Ping\n')
})

test('the last lines of a long file are kept, and a file that others could read is closed to them', () => {
  const path = join(folder, 'long')
  writeFileSync(path, Array.from({ length: 3 * MOST_LINES }, (_, at) => `line ${at}\n`).join(''), { mode: 0o644 })
  const history = new History(path)
  history.close()
  assert.deepEqual([history.lines.length, history.lines.at(-1)], [MOST_LINES, `line ${3 * MOST_LINES - 1}`])
  assert.equal(readFileSync(path, 'utf8').split('\n').length, MOST_LINES + 1)
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('a file that cannot be used is a problem that is said, and no failure', () => {
  const target = join(folder, 'target')
  writeFileSync(target, '')
  const link = join(folder, 'link')
  symlinkSync(target, link)
  for (const path of [link, folder, join(target, 'history')]) {
    const history = new History(path)
    history.add('Ping')
    history.close()
    assert.match(history.problem ?? '', /^no history: /)
  }
  assert.equal(readFileSync(target, 'utf8'), '')
})
