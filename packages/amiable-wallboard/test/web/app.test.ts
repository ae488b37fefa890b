// What is refused, with which code; and what everybody gets.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { hashPassword } from '../../src/people/passwords.ts'
import { frameOf } from '../../src/views/view.ts'
import { openBoard } from '../support/board.ts'
import { Browser } from '../support/browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-web-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const FROM_LOOPBACK = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }

test('another host, another page, another type and another size are refused', { timeout: 30_000 }, async () => {
  await using board = await openBoard({ hosts: ['wall.example.net'] })
  const { app } = board.wallboard
  const ask = async (headers: Record<string, string>, method = 'GET', body?: string) => {
    const response = await app.request(
      '/api/me',
      { method, headers, ...(body !== undefined && { body }) },
      FROM_LOOPBACK,
    )
    return [response.status, ((await response.json()) as { code?: string }).code]
  }
  assert.deepEqual(await ask({ host: 'evil.example' }), [421, 'host'])
  assert.deepEqual(await ask({ host: '127.0.0.1.evil.example:8090' }), [421, 'host'])
  assert.deepEqual(await ask({}), [421, 'host'])
  for (const host of ['127.0.0.1:8090', 'localhost', '[::1]:8090', 'wall.example.net', 'WALL.example.net:443']) {
    assert.deepEqual(await ask({ host }), [200, undefined], host)
  }
  const post = async (headers: Record<string, string>, body: string) => {
    const response = await app.request(
      '/api/act',
      { method: 'POST', headers: { host: 'localhost', ...headers }, body },
      FROM_LOOPBACK,
    )
    return [response.status, ((await response.json()) as { code?: string }).code]
  }
  const ours = {
    origin: 'http://localhost',
    'x-amiable': '1',
    'content-type': 'application/json',
    'content-length': '2',
  }
  assert.deepEqual(await post({}, '{}'), [403, 'origin'])
  assert.deepEqual(await post({ ...ours, origin: 'http://evil.example' }, '{}'), [403, 'origin'])
  assert.deepEqual(await post({ ...ours, origin: 'null' }, '{}'), [403, 'origin'])
  assert.deepEqual(await post({ ...ours, 'x-amiable': '0' }, '{}'), [403, 'origin'])
  assert.deepEqual(await post({ ...ours, 'content-type': 'text/plain' }, '{}'), [400, 'invalid'])
  assert.deepEqual(await post({ ...ours, 'content-length': '99999' }, '{}'), [413, 'long'])
  assert.deepEqual(await post(ours, '{}'), [400, 'invalid'])
  assert.deepEqual(await post(ours, '{"'), [400, 'invalid'])
})

test('a page of others cannot even ask for a view or a stream; a link to the page may stand anywhere', {
  timeout: 30_000,
}, async () => {
  await using board = await openBoard()
  const { app, hub } = board.wallboard
  const ask = async (path: string, site: string) => {
    const headers = { host: 'localhost', 'sec-fetch-site': site }
    return (await app.request(path, { headers }, FROM_LOOPBACK)).status
  }
  for (const site of ['cross-site', 'same-site']) {
    for (const path of ['/api/view?page=queues', '/api/stream?page=queues', '/api/me', '/api/audit']) {
      assert.equal(await ask(path, site), 403, `${site} ${path}`)
    }
    assert.equal(await ask('/display/x', site), 404)
    assert.equal(await ask('/livez', site), 200)
  }
  assert.equal(hub.size, 0)
  for (const site of ['same-origin', 'none']) assert.equal(await ask('/api/view?page=queues', site), 200)
})

test('local users sign in, slowly when they guess, and their sessions end when their role does', {
  timeout: 60_000,
}, async () => {
  const password = await hashPassword('correct horse')
  const users = { ann: { role: 'viewer' as const, password, queues: ['support'] }, bob: { role: 'admin' as const } }
  const file = join(folder, 'users.yaml')
  writeFileSync(file, 'users: {}\n', { mode: 0o600 })
  await using board = await openBoard({ signIn: { mode: 'local', usersFile: file } }, { users })
  const { browser, wallboard } = board
  const code = async (response: Response) => [response.status, ((await response.json()) as { code?: string }).code]
  assert.equal((await browser.json<{ user: unknown }>('/api/me')).user, null)
  assert.deepEqual(await code(await browser.get('/api/view?page=queues')), [401, 'signIn'])
  assert.deepEqual(await code(await browser.act('pause', 'pbx1/PJSIP/101')), [401, 'signIn'])
  assert.deepEqual(await code(await browser.post('/api/sign-in', { name: 'ann', password: 'wrong' })), [401, 'signIn'])
  assert.deepEqual(await code(await browser.post('/api/sign-in', { name: 'bob', password: '' })), [401, 'signIn'])
  assert.deepEqual(await code(await browser.post('/api/sign-in', { name: '__proto__', password: 'x' })), [
    401,
    'signIn',
  ])
  const response = await browser.post('/api/sign-in', { name: 'ann', password: 'correct horse' })
  assert.equal(response.status, 200)
  assert.match(response.headers.get('set-cookie') ?? '', /^amiable=[\w-]{43}; .*HttpOnly; SameSite=Lax/)
  const me = await browser.json<{ user: { role: string; masked: boolean; may: Record<string, string> } }>('/api/me')
  assert.deepEqual([me.user.role, me.user.masked, me.user.may.hangup], ['viewer', true, 'never'])
  await using view = await browser.open('page=queues')
  assert.deepEqual(
    view.rows('queues').map(({ name }) => name),
    ['support'],
  )
  wallboard.identity.update({ ...users, ann: { ...users.ann, role: 'agent' as never } })
  wallboard.streams.resetWhere(({ name }) => name === 'ann', 'rights')
  await view.until('a reset', ({ reset }) => reset === 'rights')
  assert.deepEqual(await code(await browser.get('/api/view?page=queues')), [401, 'signIn'])
  const guesses: number[] = []
  for (let at = 0; at < 8; at++)
    guesses.push((await browser.post('/api/sign-in', { name: 'ann', password: `x${at}` })).status)
  assert.ok(guesses.includes(429), String(guesses))
})

test('a proxy says who one is, from its network and with its secret only', { timeout: 30_000 }, async () => {
  const file = join(folder, 'proxied.yaml')
  writeFileSync(file, 'users: { ann: { role: supervisor } }\n', { mode: 0o600 })
  const signIn = {
    mode: 'proxy',
    usersFile: file,
    networks: ['10.1.0.0/16', 'fd00::/8'],
    secret: { file: secretFile() },
  }
  await using board = await openBoard({ signIn })
  const ask = async (address: string, headers: Record<string, string>) => {
    const env = { incoming: { socket: { remoteAddress: address } } }
    const response = await board.wallboard.app.request('/api/me', { headers: { host: 'any', ...headers } }, env)
    return ((await response.json()) as { user: { name: string } | null }).user?.name
  }
  const right = { 'x-forwarded-user': 'ann', 'x-amiable-secret': 'shared' }
  assert.equal(await ask('10.1.2.3', right), 'ann')
  assert.equal(await ask('::ffff:10.1.2.3', right), 'ann')
  assert.equal(await ask('fd00::1', right), 'ann')
  assert.equal(await ask('10.2.0.1', right), undefined)
  assert.equal(await ask('10.1.2.3', { ...right, 'x-amiable-secret': 'other' }), undefined)
  assert.equal(await ask('10.1.2.3', { 'x-forwarded-user': 'ann' }), undefined)
  assert.equal(await ask('10.1.2.3', { ...right, 'x-forwarded-user': 'eve' }), undefined)
})

test('a display link is taken once, shows one board, and can be taken away', { timeout: 30_000 }, async () => {
  const tiles = [{ type: 'callers', x: 0, y: 0, w: 12, h: 6 }]
  await using board = await openBoard({ boards: { hall: { title: 'Hall', tiles }, other: { title: 'Other', tiles } } })
  const { browser, wallboard } = board
  const { id, url } = (await (await browser.post('/api/displays', { board: 'hall' })).json()) as {
    id: string
    url: string
  }
  // a preview that only looks whether the link leads somewhere does not use it up
  const looked = await fetch(`${wallboard.url}${url}`, { method: 'HEAD', redirect: 'manual' })
  assert.deepEqual([looked.status, looked.headers.get('set-cookie')], [204, null])
  const screen = new Browser({ url: wallboard.url })
  const taken = await screen.get(url)
  assert.deepEqual([taken.status, taken.headers.get('location')], [302, '/wall/hall'])
  assert.equal(taken.headers.get('referrer-policy'), 'no-referrer')
  screen.cookie = taken.headers.get('set-cookie')?.split(';')[0]
  assert.equal((await screen.get(url)).status, 404)
  const me = await screen.json<{ user: { role: string; board: string } }>('/api/me')
  assert.deepEqual([me.user.role, me.user.board], ['display', 'hall'])
  assert.equal((await screen.get('/api/view?page=queues')).status, 403)
  assert.equal((await screen.get('/api/view?page=board&board=other')).status, 403)
  assert.equal((await screen.act('pause', 'pbx1/PJSIP/101')).status, 403)
  assert.equal((await screen.post('/api/displays', { board: 'hall' })).status, 403)
  board.server.queues.join('support', board.server.channels.create({ name: 'PJSIP/trunk', callerIdNum: '0800123456' }))
  await using view = await screen.open('page=board&board=hall')
  const caller = await view.until('a caller', (one) => one.rows('callers')[0])
  assert.equal(caller.number, '•••456')
  const gone = await fetch(`${wallboard.url}/api/displays/${id}`, {
    method: 'DELETE',
    headers: { origin: wallboard.url, 'x-amiable': '1', 'content-type': 'application/json' },
  })
  assert.equal(gone.status, 204)
  await view.until('a reset', ({ reset }) => reset === 'rights')
})

test('the page is sent compressed and from memory, and no path leads out of its folder', {
  timeout: 30_000,
}, async () => {
  const pageFolder = join(folder, 'page')
  mkdirSync(join(pageFolder, 'assets'), { recursive: true })
  writeFileSync(join(pageFolder, 'index.html'), `<!doctype html>${' '.repeat(2_000)}`)
  writeFileSync(join(pageFolder, 'assets/main-ABC.js'), 'export {}')
  await using board = await openBoard({}, { pageFolder })
  const { browser } = board
  for (const path of ['/', '/agents', '/wall/hall']) {
    const response = await browser.get(path, { 'accept-encoding': 'gzip' })
    assert.match(await response.text(), /^<!doctype html>/)
    assert.equal(response.headers.get('content-encoding'), 'gzip', path)
    assert.match(
      response.headers.get('content-security-policy') ?? '',
      /default-src 'none'; script-src 'self'; style-src 'self'/,
    )
    const etag = response.headers.get('etag') ?? ''
    assert.equal((await browser.get(path, { 'if-none-match': etag })).status, 304)
  }
  assert.match((await browser.get('/assets/main-ABC.js')).headers.get('cache-control') ?? '', /immutable/)
  assert.equal((await browser.get('/assets/none.js')).status, 404)
  const raw = await rawGet(browser.url, '/assets/../../users.yaml')
  assert.match(raw, /^HTTP\/1\.1 404/)
})

test('a browser that does not read is sent away, and nobody else is harmed', { timeout: 60_000 }, async () => {
  await using board = await openBoard()
  const { browser, server, wallboard } = board
  await using well = await browser.open('page=queues')
  const { port } = new URL(wallboard.url)
  const slow = connect({ port: Number(port), host: '127.0.0.1' })
  slow.on('error', () => {})
  slow.write(`GET /api/stream?page=queues&from=${well.revision} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)
  slow.pause()
  await well.until('two streams', () => wallboard.streams.counts.open === 2)
  // as many frames as the kernel takes for one who reads nothing; the other has each before the next one is sent
  const padding = 'x'.repeat(60_000)
  for (let round = 0; wallboard.streams.counts.resets.slow === 0; round++) {
    wallboard.streams.tell('you', frameOf('outcome', { id: `${round}`, padding }))
    await well.until(`frame ${round}`, ({ outcomes }) => outcomes.has(`${round}`))
    assert.ok(round < 1_000)
  }
  assert.equal(wallboard.streams.counts.open, 1)
  slow.destroy()
  server.queues.pause('support', 'PJSIP/101', true, 'still here')
  await well.until('still here', (one) => one.row('members', 'pbx1/support/PJSIP/101')?.reason === 'still here')
  assert.equal(well.reset, undefined)
})

test('snapshots are compressed and have an ETag; figures are for loopback', { timeout: 30_000 }, async () => {
  await using board = await openBoard()
  const { app } = board.wallboard
  const headers = { host: 'localhost', 'accept-encoding': 'gzip' }
  const response = await app.request('/api/view?page=queues', { headers }, FROM_LOOPBACK)
  const bytes = Buffer.from(await response.arrayBuffer())
  assert.equal(JSON.parse(gunzipSync(bytes).toString()).page, 'queues')
  assert.match(response.headers.get('etag') ?? '', /^W\/"/)
  for (const query of ['', 'page=all', 'page=queues&window=7', `page=queues&queues=${'a,'.repeat(900)}`]) {
    assert.equal((await app.request(`/api/view?${query}`, { headers }, FROM_LOOPBACK)).status, 400, query)
  }
  assert.equal((await app.request('/metrics', { headers: { host: 'localhost:8090' } }, FROM_LOOPBACK)).status, 200)
  assert.equal(
    (await app.request('/metrics', {}, { incoming: { socket: { remoteAddress: '192.0.2.1' } } })).status,
    403,
  )
  assert.equal(
    (await app.request('/metrics', { headers: { 'x-forwarded-for': '192.0.2.1' } }, FROM_LOOPBACK)).status,
    403,
  )
  const far: Record<string, string>[] = [{ host: 'evil.example' }, { host: 'localhost', forwarded: 'for=192.0.2.1' }]
  for (const headers of far) {
    assert.equal((await app.request('/metrics', { headers }, FROM_LOOPBACK)).status, 403, JSON.stringify(headers))
  }
  assert.equal((await app.request('/livez')).status, 200)
})

test('a display shows the boards of its rotation as well, each masked as that board says', {
  timeout: 30_000,
}, async () => {
  const tiles = [{ type: 'callers', x: 0, y: 0, w: 12, h: 6 }]
  const rotation = ['hall', 'open']
  await using board = await openBoard({
    boards: {
      hall: { title: 'Hall', tiles, rotation },
      open: { title: 'Open', tiles, rotation, masked: false },
      other: { title: 'Other', tiles },
    },
  })
  const { identity, url } = board.wallboard
  for (const name of ['101', '102']) board.server.queues.pause('support', `PJSIP/${name}`, true)
  board.server.channels.create({ name: 'PJSIP/trunk', exten: 'support', callerIdNum: '+4930555123', run: true })
  const link = identity.displays.make('hall', 'ann', Date.now())
  const screen = new Browser({ url })
  screen.cookie = (await screen.get(`/display/${link?.token}`)).headers.get('set-cookie')?.split(';')[0]
  const number = async (name: string) => {
    await using view = await screen.open(`page=board&board=${name}`)
    return await view.until('a caller', (one) => one.rows<{ key: string; number: string }>('callers')[0]?.number)
  }
  assert.match(await number('hall'), /^•+123$/)
  assert.equal(await number('open'), '+4930555123')
  assert.equal((await screen.get('/api/view?page=board&board=other')).status, 403)
  assert.equal((await screen.get('/api/view?page=board')).status, 403)
  assert.equal((await screen.get('/api/view?page=queues')).status, 403)
})

/** Asks for a path as it is; a client would tidy it. */
function rawGet(url: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' })
    let text = ''
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    socket.once('error', reject).once('end', () => resolve(text))
    socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`)
  })
}

function secretFile(): string {
  const path = join(folder, 'shared')
  writeFileSync(path, 'shared\n', { mode: 0o600 })
  return path
}
