// The program is killed, as the kernel kills it, and begins again: who had signed in, and which screens show a board.

import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { configSchema } from '../../src/config/schema.ts'
import { Identity } from '../../src/people/identity.ts'
import { KeptFile } from '../../src/people/kept.ts'
import { hashPassword } from '../../src/people/passwords.ts'
import { openBoard } from '../support/board.ts'
import { Browser } from '../support/browser.ts'
import { killed, startProgram } from '../support/program.ts'

const root = mkdtempSync(join(tmpdir(), 'amiable-wallboard-restart-'))
after(() => rmSync(root, { recursive: true, force: true }))

test('a kill -9 ends no session and takes no screen its board; what was ended or used stays so', {
  timeout: 120_000,
}, async () => {
  await using server = await startServer({
    users: { board: 'board' },
    queues: { support: { members: [{ interface: 'PJSIP/101', name: 'Ann' }] } },
  })
  const state = join(root, 'state')
  mkdirSync(state, { mode: 0o700 })
  const [file, usersFile] = [join(root, 'wallboard.yaml'), join(root, 'users.yaml')]
  writeFileSync(join(root, 'secret'), 'board', { mode: 0o600 })
  const lines = [
    'listen: 127.0.0.1:0',
    `asterisks: { pbx1: { host: 127.0.0.1, port: ${server.port}, username: board, secret: { file: ${root}/secret } } }`,
    `signIn: { mode: local, usersFile: ${usersFile} }`,
    `stateFolder: ${state}`,
    'boards: { hall: { title: Hall, tiles: [{ type: clock, x: 0, y: 0, w: 12, h: 6 }] } }',
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  const password = `password: "${await hashPassword('correct horse')}"`
  const users = (ben: string) =>
    ['ann: { role: supervisor', ben, 'cem: { role: viewer'].map((one) => `  ${one}, ${password} }\n`).join('')
  writeFileSync(usersFile, `users:\n${users('ben: { role: viewer')}`, { mode: 0o600 })

  const first = await startProgram('--config', file)
  const people = ['ann', 'ben', 'cem'].map((name) => ({ name, browser: new Browser({ url: first.url }) }))
  for (const { name, browser } of people) {
    assert.equal((await browser.post('/api/sign-in', { name, password: 'correct horse' })).status, 200)
  }
  const [ann, ben, cem] = people.map(({ browser }) => browser) as [Browser, Browser, Browser]
  const was = cem.cookie
  assert.equal((await cem.post('/api/sign-out', {})).status, 204)
  // a cookie that was ended, and that somebody kept
  assert.notEqual(cem.cookie, was)
  cem.cookie = was
  const link = async () => ((await (await ann.post('/api/displays', { board: 'hall' })).json()) as { url: string }).url
  const screen = new Browser({ url: first.url })
  const used = await link()
  screen.cookie = (await screen.get(used)).headers.get('set-cookie')?.split(';')[0]
  const unused = await link()
  await killed(first.child)

  assert.deepEqual(readdirSync(state), ['signed-in.json'])
  const kept = join(state, 'signed-in.json')
  assert.equal(statSync(kept).mode & 0o777, 0o600)
  const text = readFileSync(kept, 'utf8')
  for (const secret of [ann.cookie, ben.cookie, screen.cookie, used, unused]) {
    assert.ok(!text.includes(secret?.replace(/^.*[=/]/, '') ?? ''))
  }
  writeFileSync(usersFile, `users:\n${users('ben: { role: admin')}`, { mode: 0o600 })

  const second = await startProgram('--config', file)
  try {
    const again = ({ cookie }: Browser) => new Browser({ url: second.url, ...(cookie && { cookie }) })
    const view = async (browser: Browser, query: string) => (await browser.get(`/api/view?${query}`)).status
    assert.equal(await view(again(ann), 'page=queues'), 200)
    await using shown = await again(ann).open('page=queues')
    // all that it knows comes from Asterisk again
    await shown.until(
      'the queue',
      (one) => one.row('servers', 'pbx1')?.state === 'live' && one.row('queues', 'pbx1/support'),
    )
    assert.equal(await view(again(ben), 'page=queues'), 401, 'he is no longer what he was')
    assert.equal(await view(again(cem), 'page=queues'), 401)
    assert.equal(await view(again(screen), 'page=board&board=hall'), 200)
    assert.equal(await view(again(screen), 'page=queues'), 403)
    assert.equal((await again(cem).get(used)).status, 404)
    assert.equal((await new Browser({ url: second.url }).get(unused)).status, 302)
    const { displays } = await again(ann).json<{ displays: { id: string; usedAt: number | null }[] }>('/api/displays')
    assert.deepEqual(
      displays.map(({ usedAt }) => usedAt === null),
      [false, false],
    )
  } finally {
    await killed(second.child)
  }
})

const BOARDS = { hall: { title: 'Hall', tiles: [{ type: 'clock', x: 0, y: 0, w: 12, h: 6 }] } }

test('a file that is no such file is said, one that others can read is refused, and a full disk is tried again', {
  timeout: 60_000,
}, async () => {
  const state = join(root, 'odd')
  mkdirSync(state, { mode: 0o700 })
  const kept = join(state, 'signed-in.json')
  writeFileSync(kept, '{"version":1,"sessions":[{"id":"x"}]', { mode: 0o600 })
  const said: string[] = []
  const say = (text: string) => void said.push(text)
  {
    await using board = await openBoard({ stateFolder: state, boards: BOARDS }, { say })
    assert.match(said[0] ?? '', /has another form: everybody signs in again$/)
    const { displays } = board.wallboard.identity
    rmSync(state, { recursive: true })
    displays.make('hall', 'ann', Date.now())
    displays.make('hall', 'ann', Date.now())
    assert.equal(said.length, 2)
    assert.match(said[1] ?? '', /^sessions cannot be kept, and are tried again: ENOENT/)
    mkdirSync(state, { mode: 0o700 })
    const made = displays.make('hall', 'ann', Date.now())
    assert.equal(said[2], 'sessions are kept again')
    assert.ok(displays.revoke(made?.id ?? ''))
  }
  assert.equal(JSON.parse(readFileSync(kept, 'utf8')).displays.length, 2)
  chmodSync(kept, 0o644)
  assert.throws(() => new KeptFile(state, say).read(), /can be read by other users/)
})

test('two that share a folder are told so, once', () => {
  const state = join(root, 'shared')
  mkdirSync(state, { mode: 0o700 })
  const said: string[] = []
  const [one, other] = [0, 1].map(() => new KeptFile(state, (text) => void said.push(text)))
  const write = (file: KeptFile | undefined, name: string) =>
    file?.write({ sessions: [{ id: 'x'.repeat(43), name, user: 'x'.repeat(43), usedAt: 1 }], displays: [] })
  write(one, 'ann')
  write(one, 'ben')
  assert.deepEqual(said, [])
  for (const name of ['cem', 'dan', 'eve']) {
    write(other, name)
    write(one, `${name}2`)
  }
  assert.equal(said.length, 2)
  for (const text of said) assert.match(text, /^another wallboard writes .*signed-in\.json: give each a stateFolder/)
})

test('the file is bounded: of very many sessions it has those that were used last', { timeout: 60_000 }, () => {
  const state = join(root, 'many')
  mkdirSync(state, { mode: 0o700 })
  const file = new KeptFile(state, assert.fail)
  const digest = (at: number) => String(at).padStart(43, 'x')
  const name = 'n'.repeat(64)
  const sessions = Array.from({ length: 20_000 }, (_, at) => ({ id: digest(at), name, user: digest(0), usedAt: at }))
  const displays = Array.from({ length: 1_000 }, (_, at) => {
    const id = String(at).padStart(12, 'd')
    const screen = { id: digest(at), usedAt: 4e12 }
    return { id, board: name, madeBy: name, madeAt: 4e12, usedAt: 4e12, link: digest(at), screen }
  })
  file.write({ sessions, displays })
  assert.ok(statSync(join(state, 'signed-in.json')).size < 1_024 * 1_024)
  const read = new KeptFile(state, assert.fail).read()
  assert.equal(read.displays.length, 1_000)
  assert.deepEqual([read.sessions.length, read.sessions.at(-1)?.usedAt], [2_500, 19_999])
  // a board that is no more, and a mode without sign-in, take nothing back
  const identity = new Identity(
    configSchema.parse({ asterisks: { a: { host: 'a', username: 'b', secret: { env: 'c' } } } }),
    {},
    '',
    file,
  )
  assert.deepEqual(identity.displays.list(), [])
})
