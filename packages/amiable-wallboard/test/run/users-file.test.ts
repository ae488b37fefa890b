// The file of users is read again while the wallboard runs.
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { hashPassword } from '../../src/people/passwords.ts'
import { openBoard } from '../support/board.ts'
import { Browser } from '../support/browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-users-'))
const usersFile = join(folder, 'users.yaml')
after(() => rmSync(folder, { recursive: true, force: true }))

/** Puts a file in the place of the one that is there, as editors do. */
function write(text: string): void {
  writeFileSync(`${usersFile}.new`, text, { mode: 0o600 })
  renameSync(`${usersFile}.new`, usersFile)
}

test('a new file ends the sessions of those who changed, and one with a fault changes nothing', {
  timeout: 90_000,
}, async () => {
  const password = `password: "${await hashPassword('correct horse')}"`
  write(`users:\n  ann: { role: supervisor, ${password} }\n  ben: { role: viewer, ${password} }\n`)
  const said: string[] = []
  let told = () => {}
  const say = (text: string) => {
    said.push(text)
    told()
  }
  await using board = await openBoard({ signIn: { mode: 'local', usersFile } }, { say })
  const signedIn = async (name: string) => {
    const browser = new Browser({ url: board.wallboard.url })
    assert.equal((await browser.post('/api/sign-in', { name, password: 'correct horse' })).status, 200)
    return browser
  }
  const [ann, ben] = [await signedIn('ann'), await signedIn('ben')]
  await using annView = await ann.open('page=queues')
  await using benView = await ben.open('page=queues')

  const heard = new Promise<void>((resolve) => {
    told = resolve
  })
  write('users:\n  ann: { role: boss }\n')
  await heard
  assert.match(said.join(), /^the users stay as they were: .*\n?.*users\.ann\.role/s)
  assert.equal((await ann.get('/api/view?page=queues')).status, 200)

  write(`users:\n  ann: { role: agent, ${password} }\n  ben: { role: viewer, ${password} }\n`)
  await annView.until('a reset', ({ reset }) => reset === 'rights')
  assert.equal((await ann.get('/api/view?page=queues')).status, 401)
  assert.equal((await ben.get('/api/view?page=queues')).status, 200)
  assert.equal(benView.reset, undefined)
  const again = await signedIn('ann')
  assert.equal((await again.json<{ user: { role: string } }>('/api/me')).user.role, 'agent')

  await using last = await again.open('page=agents')
  write(`users:\n  ben: { role: viewer, ${password} }\n`)
  await last.until('a reset', ({ reset }) => reset === 'rights')
  assert.equal(
    (await new Browser({ url: board.wallboard.url }).post('/api/sign-in', { name: 'ann', password: 'correct horse' }))
      .status,
    401,
  )
  assert.equal(said.length, 1)

  // a mode that is put right changes nothing of the file itself
  const readable = new Promise<void>((resolve) => {
    told = resolve
  })
  writeFileSync(`${usersFile}.new`, `users:\n  ben: { role: agent, ${password} }\n`, { mode: 0o644 })
  renameSync(`${usersFile}.new`, usersFile)
  await readable
  assert.match(said.at(-1) ?? '', /^the users stay as they were: .*chmod 600/)
  chmodSync(usersFile, 0o600)
  await benView.until('a reset', ({ reset }) => reset === 'rights')
  assert.equal(said.length, 2)
})
