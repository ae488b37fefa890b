// What is not in somebody's scope, and numbers that he may not see: whatever key or page he asks for.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Board, openBoard } from '../support/board.ts'
import { Browser } from '../support/browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-scoped-'))
const usersFile = join(folder, 'users.yaml')
const secret = join(folder, 'secret')
const USERS = `users:
  ann: { role: supervisor, queues: [support] }
  eve: { role: supervisor, queues: [sales] }
  agt: { role: agent, device: { server: pbx1, interface: PJSIP/101 } }
  vic: { role: viewer }
`

before(() => {
  writeFileSync(usersFile, USERS, { mode: 0o600 })
  writeFileSync(secret, 'shared', { mode: 0o600 })
})
after(() => rmSync(folder, { recursive: true, force: true }))

function openProxied(): Promise<Board> {
  return openBoard({ signIn: { mode: 'proxy', usersFile, networks: ['127.0.0.0/8'], secret: { file: secret } } })
}

function as(board: Board, name: string): Browser {
  const headers = { 'x-forwarded-user': name, 'x-amiable-secret': 'shared' }
  return new Browser({ url: board.wallboard.url, headers })
}

test('the key of a call that is not in the scope shows nothing of it', { timeout: 30_000 }, async () => {
  await using board = await openProxied()
  const { channels } = board.server
  const caller = channels.create({ name: 'PJSIP/trunk', exten: '103', callerIdNum: '01701234567', run: true })
  const query = `page=call&call=pbx1/${channels.get(caller)?.uniqueid}`
  await using eve = await as(board, 'eve').open(query)
  await eve.until(
    'two legs that talk',
    (view) => view.rows('legs').filter(({ bridge }) => bridge !== null).length === 2,
  )
  await using ann = await as(board, 'ann').open(query)
  await using agent = await as(board, 'agt').open(query)
  // that it ends is no news to them either
  channels.hangup(caller)
  await eve.until('it has ended', (view) => view.rows('marks').some(({ type }) => type === 'hangup'))
  for (const other of [ann, agent]) {
    await other.until('a beat', ({ beats }) => beats > 0)
    for (const table of ['calls', 'legs', 'marks']) assert.deepEqual(other.rows(table), [], table)
  }
})

test('who sees masked numbers sees none in what happened to a call', { timeout: 30_000 }, async () => {
  await using board = await openProxied()
  const { channels } = board.server
  const caller = channels.create({ name: 'PJSIP/trunk', callerIdNum: '01701234567', callerIdName: '(0170) 123-4567' })
  const query = `page=call&call=pbx1/${channels.get(caller)?.uniqueid}`
  await using view = await as(board, 'vic').open(query)
  board.server.emit('DialBegin', {
    DestChannel: caller,
    DestUniqueid: channels.get(caller)?.uniqueid ?? '',
    DestLinkedid: channels.get(caller)?.linkedid ?? '',
    DialString: '01701234567@trunk',
  })
  await view.until('it is dialled', (one) => one.rows('marks').some(({ type }) => type === 'dial'))
  assert.doesNotMatch(JSON.stringify([...view.tables].map(([name, rows]) => [name, [...rows.values()]])), /123.?4567/)
})
