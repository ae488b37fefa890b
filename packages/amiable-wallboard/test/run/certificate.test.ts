// The end of a certificate, which is said before it is there.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { authority, expired, good } from '../../../../tools/testbed/certificates.ts'
import { lifetimeFault, lifetimeOf } from '../../src/run/certificate.ts'
import { openBoard } from '../support/board.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-certificate-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const DAY = 86_400_000

test('an end is said from three weeks before it on, and each day anew', () => {
  const until = Date.UTC(2026, 11, 24, 12)
  const said = (before: number) => lifetimeFault({ from: 0, until }, until - before)
  assert.equal(said(22 * DAY), undefined)
  assert.equal(said(21 * DAY - 1), 'the certificate expires on 2026-12-24, in 20 days: put a new one in its place')
  assert.equal(said(1.5 * DAY), 'the certificate expires on 2026-12-24, in 1 day: put a new one in its place')
  assert.equal(said(-1), 'the certificate has expired on 2026-12-24, 0 days ago: browsers refuse it')
  assert.equal(said(-3 * DAY), 'the certificate has expired on 2026-12-24, 3 days ago: browsers refuse it')
  assert.match(lifetimeFault({ from: until, until: until + DAY }, 0) ?? '', /is valid from 2026-12-24 on only/)
})

test('of several in a file the first one to end counts', () => {
  const chain = `some words before\n${good.cert}\n${expired.cert}\n${authority}\n`
  assert.deepEqual(lifetimeOf(chain).until, lifetimeOf(expired.cert).until)
  assert.ok(lifetimeOf(expired.cert).until < lifetimeOf(good.cert).until)
})

test('a wallboard says at its start that its certificate has expired, and its figures say when one ends', {
  timeout: 30_000,
}, async () => {
  const usersFile = join(folder, 'users.yaml')
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  writeFileSync(usersFile, 'users: {}\n', { mode: 0o600 })
  writeFileSync(certFile, expired.cert)
  writeFileSync(keyFile, expired.key, { mode: 0o600 })
  const said: string[] = []
  const settings = { signIn: { mode: 'local', usersFile }, tls: { certFile, keyFile } }
  await using board = await openBoard(settings, { say: (text) => said.push(text) })
  assert.match(said.join(), /^the certificate has expired on \d{4}-\d\d-\d\d, \d+ days? ago: browsers refuse it$/)
  const figures = async () => {
    const socket = { remoteAddress: '127.0.0.1' }
    const headers = { host: 'localhost' }
    const response = await board.wallboard.app.request('/metrics', { headers }, { incoming: { socket } })
    return /^amiable_wallboard_certificate_expires_seconds (\d+)$/m.exec(await response.text())?.[1]
  }
  assert.equal(Number(await figures()) * 1_000, lifetimeOf(expired.cert).until)
  // a new one is taken, and with it its end
  writeFileSync(certFile, good.cert)
  writeFileSync(keyFile, good.key)
  const until = String(lifetimeOf(good.cert).until / 1_000)
  while ((await figures()) !== until) await new Promise((resolve) => setTimeout(resolve, 100))
})
