// What holds over TLS, in somebody else's page, and after a restart.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { get, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { authority, good, otherName } from '../../../../tools/testbed/certificates.ts'
import { hashPassword } from '../../src/people/passwords.ts'
import { openBoard } from '../support/board.ts'
import { Browser } from '../support/browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-secure-'))
const usersFile = join(folder, 'users.yaml')
const certFile = join(folder, 'cert.pem')
const keyFile = join(folder, 'key.pem')
const INTRANET = 'https://intranet.example.net'
const tiles = [{ type: 'clock', x: 0, y: 0, w: 12, h: 6 }]
const hall = { boards: { hall: { title: 'Hall', tiles } } }

before(async () => {
  const password = await hashPassword('correct horse')
  writeFileSync(usersFile, `users: { ann: { role: supervisor, password: "${password}" } }\n`, { mode: 0o600 })
  writeFileSync(certFile, good.cert)
  writeFileSync(keyFile, good.key, { mode: 0o600 })
  writeFileSync(join(folder, 'index.html'), '<!doctype html>')
})
after(() => rmSync(folder, { recursive: true, force: true }))

/** One request over TLS by somebody who trusts the authority of the tests. */
function ask(url: string, cookie?: string, body?: object): Promise<IncomingMessage & { text: string }> {
  const origin = new URL(url).origin
  const ours = { origin, 'x-amiable': '1', 'content-type': 'application/json' }
  const text = JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage) => {
      let all = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        all += part
      })
      response.once('end', () => resolve(Object.assign(response, { text: all })))
    }
    const headers = cookie === undefined ? {} : { cookie }
    if (body === undefined) get(url, { ca: authority, headers }, answered).once('error', reject)
    else {
      const length = String(Buffer.byteLength(text))
      const options = { ca: authority, method: 'POST', headers: { ...headers, ...ours, 'content-length': length } }
      request(url, options, answered).once('error', reject).end(text)
    }
  })
}

const cookieOf = ({ headers }: IncomingMessage) => headers['set-cookie']?.[0]?.split(';')[0]

test('over TLS one signs in, and the cookie goes over nothing else', { timeout: 60_000 }, async () => {
  const signIn = { mode: 'local', usersFile }
  await using board = await openBoard({ signIn, tls: { certFile, keyFile } }, { pageFolder: folder })
  const { url } = board.wallboard
  assert.match(url, /^https:\/\/127\.0\.0\.1:\d+$/)
  await assert.rejects(fetch(url.replace('https:', 'http:')), TypeError)
  const signedIn = await ask(`${url}/api/sign-in`, undefined, { name: 'ann', password: 'correct horse' })
  assert.equal(signedIn.statusCode, 200)
  assert.match(
    signedIn.headers['set-cookie']?.[0] ?? '',
    /^__Host-amiable=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  )
  assert.equal(signedIn.headers['strict-transport-security'], 'max-age=31536000')
  const me = JSON.parse((await ask(`${url}/api/me`, cookieOf(signedIn))).text)
  assert.deepEqual([me.user.name, me.user.role], ['ann', 'supervisor'])
  // the same token under the name that plain HTTP has
  const other = cookieOf(signedIn)?.replace('__Host-', '')
  assert.equal((await ask(`${url}/api/view?page=queues`, other)).statusCode, 401)
})

test('a new certificate is taken while it runs, and files that do not fit change nothing', {
  timeout: 60_000,
}, async () => {
  const said: string[] = []
  let told = () => {}
  const say = (text: string) => {
    said.push(text)
    told()
  }
  await using board = await openBoard({ signIn: { mode: 'local', usersFile }, tls: { certFile, keyFile } }, { say })
  const port = Number(new URL(board.wallboard.url).port)
  const shown = () =>
    new Promise<string>((resolve, reject) => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().raw.toString('base64'))
        socket.destroy()
      })
      socket.once('error', reject)
    })
  const heard = new Promise<void>((resolve) => {
    told = resolve
  })
  try {
    const first = await shown()
    writeFileSync(certFile, otherName.cert)
    await heard
    assert.match(said.join(), /^the certificate stays as it was: .*mismatch/)
    assert.equal(await shown(), first)
    writeFileSync(keyFile, otherName.key)
    while ((await shown()) === first) await new Promise((resolve) => setTimeout(resolve, 100))
    assert.ok(otherName.cert.replaceAll(/\s/g, '').includes(await shown()))
    assert.equal(said.length, 1)
  } finally {
    writeFileSync(certFile, good.cert)
    writeFileSync(keyFile, good.key)
  }
})

test("in somebody else's page there is a board and nothing else, and nobody acts", { timeout: 60_000 }, async () => {
  const signIn = { mode: 'local', usersFile }
  const settings = { signIn, tls: { certFile, keyFile }, frameAncestors: [INTRANET], ...hall }
  await using board = await openBoard(settings, { pageFolder: folder })
  const { url } = board.wallboard
  const isFramed = ({ headers }: IncomingMessage) => {
    const policy = String(headers['content-security-policy'])
    const isAllowed = policy.endsWith(`frame-ancestors ${INTRANET}`)
    assert.equal(isAllowed, headers['x-frame-options'] === undefined)
    assert.ok(isAllowed || policy.endsWith("frame-ancestors 'none'"), policy)
    return isAllowed
  }
  const supervisor = cookieOf(await ask(`${url}/api/sign-in`, undefined, { name: 'ann', password: 'correct horse' }))
  assert.equal(isFramed(await ask(`${url}/`, supervisor)), false)
  assert.equal(isFramed(await ask(`${url}/wall/hall`, supervisor)), false)
  assert.equal(isFramed(await ask(`${url}/wall/hall`)), false)
  const link = JSON.parse((await ask(`${url}/api/displays`, supervisor, { board: 'hall' })).text) as { url: string }
  const taken = await ask(`${url}${link.url}`)
  assert.deepEqual([taken.statusCode, taken.headers.location, isFramed(taken)], [302, '/wall/hall', true])
  assert.match(taken.headers['set-cookie']?.[0] ?? '', /^__Host-amiable=.*; Secure; SameSite=None; Partitioned$/)
  const screen = cookieOf(taken)
  assert.equal(isFramed(await ask(`${url}/wall/hall`, screen)), true)
  assert.equal((await ask(`${url}/api/view?page=board&board=hall`, screen)).statusCode, 200)
  assert.equal((await ask(`${url}/api/view?page=queues`, screen)).statusCode, 403)
  const act = { id: 'f1b1f5c4-4d0f-4b52-9ba9-0d6a4a2c9a11', verb: 'pause', key: 'pbx1/PJSIP/101', params: {} }
  assert.equal((await ask(`${url}/api/act`, screen, act)).statusCode, 403)
})

test('without an origin in the configuration not even a board is framed', { timeout: 30_000 }, async () => {
  await using board = await openBoard(hall, { pageFolder: folder })
  const { browser, wallboard } = board
  const { url } = (await (await browser.post('/api/displays', { board: 'hall' })).json()) as { url: string }
  const taken = await new Browser({ url: wallboard.url }).get(url)
  assert.match(taken.headers.get('set-cookie') ?? '', /^amiable=[\w-]{43}; .*HttpOnly; SameSite=Lax$/)
  assert.equal(taken.headers.get('x-frame-options'), 'DENY')
})

test('without a folder for its state, everybody signs in again after a restart, and a screen needs a new link', {
  timeout: 60_000,
}, async () => {
  const settings = { signIn: { mode: 'local', usersFile }, ...hall }
  const cookies: (string | undefined)[] = []
  let unused = ''
  {
    await using board = await openBoard(settings)
    const { browser, wallboard } = board
    await browser.post('/api/sign-in', { name: 'ann', password: 'correct horse' })
    const links = await Promise.all(
      ['hall', 'hall'].map(
        async (name) => (await (await browser.post('/api/displays', { board: name })).json()) as { url: string },
      ),
    )
    unused = links[1]?.url ?? ''
    const screen = new Browser({ url: wallboard.url })
    screen.cookie = (await screen.get(links[0]?.url ?? '')).headers.get('set-cookie')?.split(';')[0]
    assert.equal((await screen.get('/api/view?page=board&board=hall')).status, 200)
    cookies.push(browser.cookie, screen.cookie)
  }
  await using board = await openBoard(settings)
  for (const cookie of cookies) {
    assert.ok(cookie)
    const browser = new Browser({ url: board.wallboard.url, cookie })
    assert.equal((await browser.get('/api/view?page=board&board=hall')).status, 401)
  }
  assert.equal((await board.browser.get(unused)).status, 404)
})
