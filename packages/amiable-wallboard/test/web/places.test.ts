// How many may look: nobody takes the places of all others.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openBoard } from '../support/board.ts'
import { Browser, type OpenView } from '../support/browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-places-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Behind a proxy that says who one is and where one asks from. */
async function openBehindProxy(limits: object) {
  const usersFile = join(folder, 'users.yaml')
  const secret = join(folder, 'shared')
  writeFileSync(usersFile, 'users: {}\n', { mode: 0o600 })
  writeFileSync(secret, 'shared\n', { mode: 0o600 })
  const networks = ['127.0.0.0/8']
  const signIn = { mode: 'proxy', usersFile, networks, secret: { file: secret } }
  const users = Object.fromEntries(['ann', 'ben', 'cay', 'dan'].map((name) => [name, { role: 'admin' as const }]))
  const board = await openBoard({ signIn, limits }, { users })
  const seat = (user: string, from?: string) =>
    new Browser({
      url: board.wallboard.url,
      headers: {
        'x-forwarded-user': user,
        'x-amiable-secret': 'shared',
        ...(from !== undefined && { 'x-forwarded-for': from }),
      },
    })
  return { board, seat }
}

async function refusalOf(browser: Browser, path: string): Promise<unknown> {
  const response = await browser.get(path)
  const { code, message } = (await response.json()) as { code: string; message: string }
  return [response.status, code, message, response.headers.get('retry-after')]
}

test('one person has so many windows, wherever he sits, and others are not harmed', { timeout: 60_000 }, async () => {
  const { board, seat } = await openBehindProxy({ browsers: 20, browsersEach: 3 })
  await using _board = board
  const { streams } = board.wallboard
  const open: OpenView[] = []
  for (let nth = 0; nth < 3; nth++) open.push(await seat('ann', `192.0.2.${nth}`).open('page=queues'))
  const text = 'you look in 3 windows, and may in 3'
  for (const path of ['/api/view?page=queues', '/api/stream?page=queues&from=x']) {
    assert.deepEqual(await refusalOf(seat('ann', '192.0.2.9'), path), [429, 'throttled', text, '10'], path)
  }
  await using _other = await seat('ben', '192.0.2.1').open('page=queues')
  assert.equal(streams.counts.open, 4)
  // who closes one has a place again
  await open[0]?.[Symbol.asyncDispose]()
  while (streams.counts.open > 3) await new Promise((resolve) => setTimeout(resolve, 20))
  await using _again = await seat('ann', '192.0.2.9').open('page=queues')
  for (const view of open) await view[Symbol.asyncDispose]()
})

test('those of one address leave places to others; what comes from the proxy itself is no address', {
  timeout: 60_000,
}, async () => {
  const { board, seat } = await openBehindProxy({ browsers: 8, browsersEach: 5 })
  await using _board = board
  const open: OpenView[] = []
  // of IPv6 a network is one address
  for (let nth = 0; nth < 6; nth++) {
    open.push(await seat(nth < 3 ? 'ann' : 'ben', `2001:db8:1:2::${nth}`).open('page=queues'))
  }
  const text = '6 windows look from your address, and 6 may'
  for (const path of ['/api/view?page=queues', '/api/stream?page=queues&from=x']) {
    assert.deepEqual(await refusalOf(seat('cay', '2001:db8:1:2::99'), path), [429, 'throttled', text, '10'])
  }
  open.push(await seat('cay', '2001:db8:1:3::99').open('page=queues'))
  open.push(await seat('dan').open('page=queues'))
  assert.equal(board.wallboard.streams.counts.open, 8)
  assert.deepEqual((await refusalOf(seat('dan'), '/api/stream?page=queues&from=x')) as unknown[], [
    503,
    'unavailable',
    'too many browsers look',
    '10',
  ])
  for (const view of open) await view[Symbol.asyncDispose]()
})
