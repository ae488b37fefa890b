// The file of the audit log, on a disk that is full, in a folder that is gone, and after a line that was cut.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Audit } from '../../src/actions/audit.ts'
import type { AuditEntry } from '../../src/protocol/action.ts'
import { openBoard } from '../support/board.ts'

const root = mkdtempSync(join(tmpdir(), 'amiable-wallboard-audit-'))
after(() => rmSync(root, { recursive: true, force: true }))

function entry(id: string, reason = ''): AuditEntry {
  const who = { user: 'ann', role: 'admin', from: '127.0.0.1' } as const
  return { at: 1, id, ...who, verb: 'pause', key: null, on: null, params: { reason }, outcome: 'done', code: null }
}

/** Hears what is said, and waits for it. */
class Said {
  readonly texts: string[] = []
  #told = () => {}
  readonly say = (text: string) => {
    this.texts.push(text)
    this.#told()
  }
  async count(count: number): Promise<void> {
    // the file's own timer keeps no process alive
    const hold = setInterval(() => {}, 60_000)
    while (this.texts.length < count) {
      await new Promise<void>((resolve) => {
        this.#told = resolve
      })
    }
    clearInterval(hold)
  }
}

const idsIn = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).id)

test('after a full disk every line is in the file, and it is said once', { timeout: 30_000 }, async () => {
  const path = join(root, 'full.jsonl')
  // each write to it fails as on a disk without space
  symlinkSync('/dev/full', path)
  const said = new Said()
  const audit = new Audit(path, said.say)
  audit.add(entry('a'))
  await said.count(1)
  audit.add(entry('b'))
  assert.match(said.texts[0] ?? '', /^the audit file cannot be written, and is tried again: ENOSPC/)
  assert.deepEqual(audit.counts, { waiting: 2, lost: 0 })
  rmSync(path)
  await said.count(2)
  audit.add(entry('c'))
  await audit.close()
  assert.deepEqual(said.texts.slice(1), ['the audit file is written again: no line is lost'])
  assert.deepEqual(idsIn(path), ['a', 'b', 'c'])
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.deepEqual(audit.counts, { waiting: 0, lost: 0 })
})

test('a folder that is removed and made again, and a file that is moved away', { timeout: 30_000 }, async () => {
  const folder = join(root, 'logs')
  const path = join(folder, 'audit.jsonl')
  mkdirSync(folder)
  const said = new Said()
  await using board = await openBoard({ auditFile: path }, { say: said.say })
  const act = async () => {
    const response = await board.browser.act('pause', 'pbx1/PJSIP/999')
    assert.equal(response.status, 404)
  }
  rmSync(folder, { recursive: true })
  await act()
  await said.count(1)
  assert.match(said.texts[0] ?? '', /tried again: ENOENT/)
  const figures = async () => (await board.browser.get('/metrics')).text()
  assert.match(await figures(), /^amiable_wallboard_audit_waiting_lines 1$/m)
  mkdirSync(folder)
  await said.count(2)
  assert.match(await figures(), /^amiable_wallboard_audit_waiting_lines 0$/m)
  assert.match(await figures(), /^amiable_wallboard_audit_lost_total 0$/m)
  renameSync(path, `${path}.1`)
  await act()
  await board.wallboard.close()
  assert.equal(idsIn(`${path}.1`).length, 1)
  assert.equal(idsIn(path).length, 1)
})

test('so many lines wait and no more: the others are counted, and the file says where they are missing', {
  timeout: 30_000,
}, async () => {
  const path = join(root, 'long.jsonl')
  symlinkSync('/dev/full', path)
  const said = new Said()
  const audit = new Audit(path, said.say)
  const long = 'x'.repeat(65_536)
  for (let at = 0; at < 20; at++) audit.add(entry(`n${at}`, long))
  await said.count(1)
  assert.deepEqual(audit.counts, { waiting: 15, lost: 5 })
  rmSync(path)
  await said.count(2)
  audit.add(entry('after'))
  await audit.close()
  assert.equal(said.texts[1], 'the audit file is written again: 5 lines are lost')
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  assert.equal(lines.length, 17)
  assert.equal(JSON.parse(lines[15] ?? '').lost, 5)
  assert.equal(JSON.parse(lines[16] ?? '').id, 'after')
})

test('a line that was cut ends, and what was never written is said at the end', { timeout: 30_000 }, async () => {
  const path = join(root, 'cut.jsonl')
  writeFileSync(path, '{"at":1,"id":"cu')
  const audit = new Audit(path, assert.fail)
  audit.add(entry('whole'))
  await audit.close()
  const [cut, whole] = readFileSync(path, 'utf8').split('\n')
  assert.equal(cut, '{"at":1,"id":"cu')
  assert.equal(JSON.parse(whole ?? '').id, 'whole')

  const said = new Said()
  const never = new Audit('/dev/full', said.say)
  never.add(entry('never'))
  await never.close()
  assert.equal(said.texts.at(-1), 'the audit file could not be written: 1 line is lost')
  assert.equal(never.counts.lost, 1)
})
