// Who may make display links, and what is written down of it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { AuditEntry, RefusalCode } from '../../src/protocol/action.ts'
import type { Me } from '../../src/protocol/person.ts'
import { openBoard } from '../support/board.ts'
import { Browser } from '../support/browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-displays-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('links are made, listed and revoked by those who may see everything, and all of it is written down', {
  timeout: 60_000,
}, async () => {
  const [usersFile, secret] = [join(folder, 'users.yaml'), join(folder, 'shared')]
  writeFileSync(usersFile, 'users: {}\n', { mode: 0o600 })
  writeFileSync(secret, 'shared\n', { mode: 0o600 })
  const users = {
    ada: { role: 'admin' as const },
    sue: { role: 'supervisor' as const },
    tom: { role: 'supervisor' as const, queues: ['sales'] },
    eve: { role: 'agent' as const },
    vic: { role: 'viewer' as const },
  }
  const boards = { hall: { title: 'Hall', tiles: [{ type: 'callers', x: 0, y: 0, w: 12, h: 6 }] } }
  const signIn = { mode: 'proxy', usersFile, networks: ['127.0.0.0/8'], secret: { file: secret } }
  await using board = await openBoard({ signIn, boards }, { users })
  const { url } = board.wallboard
  const headersOf = (name: string) => ({ 'x-forwarded-user': name, 'x-amiable-secret': 'shared' })
  const seat = (name: string) => new Browser({ url, headers: headersOf(name) })
  const links = async (browser: Browser) => (await browser.json<Me>('/api/me')).user?.links
  const codeOf = async (answer: Promise<Response>) => ((await (await answer).json()) as { code?: RefusalCode }).code
  const remove = (name: string, id: string) =>
    fetch(`${url}/api/displays/${id}`, {
      method: 'DELETE',
      headers: { origin: url, 'x-amiable': '1', 'content-type': 'application/json', ...headersOf(name) },
    })
  const stranger = new Browser({ url })
  assert.equal(await codeOf(stranger.get('/api/displays')), 'signIn')
  assert.equal(await codeOf(stranger.post('/api/displays', { board: 'hall' })), 'signIn')
  assert.equal(await codeOf(remove('nobody', 'x')), 'signIn')
  for (const [name, code] of [
    ['vic', 'forbidden'],
    ['eve', 'forbidden'],
    // a link shows more than he may see
    ['tom', 'scope'],
  ] as const) {
    const browser = seat(name)
    assert.equal(await links(browser), false)
    assert.equal(await codeOf(browser.get('/api/displays')), code)
    assert.equal(await codeOf(browser.post('/api/displays', { board: 'hall' })), code)
    assert.equal(await codeOf(remove(name, 'x')), code)
  }
  const sue = seat('sue')
  assert.equal(await links(sue), true)
  assert.equal(await codeOf(sue.post('/api/displays', { board: 'none' })), 'gone')
  assert.equal(await codeOf(sue.post('/api/displays', [])), 'gone')
  const { id } = (await (await sue.post('/api/displays', { board: 'hall' })).json()) as { id: string }
  const ada = seat('ada')
  const { displays } = await ada.json<{ displays: { id: string; madeBy: string; usedAt: number | null }[] }>(
    '/api/displays',
  )
  assert.deepEqual(
    displays.map(({ id, madeBy, usedAt }) => [id, madeBy, usedAt]),
    [[id, 'sue', null]],
  )
  assert.equal((await remove('ada', id)).status, 204)
  assert.equal(await codeOf(remove('ada', id)), 'gone')
  const { entries } = await ada.json<{ entries: AuditEntry[] }>('/api/audit?limit=100')
  const written = entries
    .filter(({ verb }) => verb === 'display' || verb === 'revokeDisplay')
    .map(({ user, verb, key, on, outcome, code }) => [user, verb, key, on, outcome, code])
  assert.deepEqual(written.reverse(), [
    ['vic', 'display', null, null, 'refused', 'forbidden'],
    ['vic', 'revokeDisplay', null, null, 'refused', 'forbidden'],
    ['eve', 'display', null, null, 'refused', 'forbidden'],
    ['eve', 'revokeDisplay', null, null, 'refused', 'forbidden'],
    ['tom', 'display', null, null, 'refused', 'scope'],
    ['tom', 'revokeDisplay', null, null, 'refused', 'scope'],
    ['sue', 'display', null, null, 'refused', 'gone'],
    ['sue', 'display', null, null, 'refused', 'gone'],
    ['sue', 'display', id, 'hall', 'done', null],
    ['ada', 'revokeDisplay', id, 'hall', 'done', null],
    ['ada', 'revokeDisplay', null, null, 'refused', 'gone'],
  ])
})
