// `amiable doctor` on a server: each check where it has something to find, and where it is silent.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { ManualClock, type ServerOptions, startServer } from 'amiable/testing'
import { authority, expired, good, otherName } from '../../../../tools/testbed/certificates.ts'
import { CommandLine, ended, type Place } from '../../../../tools/testbed/command.ts'
import { judge } from '../../src/doctor/encryption.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { checkAdvisory, checkVersion } from '../../src/doctor/versions.ts'

const ACCOUNT = { username: 'frank', secret: 'a marked secret' }
const USERS = { frank: ACCOUNT.secret }

/** Runs doctor on a server and returns its findings that are no good news. */
async function doctor(place: Omit<Place, 'username' | 'secret'> & Partial<Place>, ...args: string[]) {
  using line = new CommandLine({ pbx: { ...ACCOUNT, ...place } as Place })
  const ca = line.file('ca.pem', authority)
  if (place.tls === true && place.ca === undefined) await line.run(['context', 'set', 'pbx', '--ca', ca])
  const { code, stdout, stderr } = await line.run(['doctor', '--json', ...args])
  assert.equal(stderr, '')
  assert.doesNotMatch(stdout, /marked/)
  const [{ findings }] = JSON.parse(stdout) as [{ findings: Finding[] }]
  return { code, all: findings, bad: findings.filter(({ level }) => level !== 'ok') }
}

/** The ids of what was found, and what the only one of them says. */
function said(bad: readonly Finding[]): [ids: string[], says: string] {
  return [bad.map(({ id }) => id), bad[0]?.says ?? '']
}

async function simulated(options: ServerOptions = {}) {
  const server = await startServer({ users: USERS, ...options })
  after(() => server.close())
  return server
}

/** A port at which something other than an Asterisk listens. */
async function other(greet: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    greet(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

test('a sound server with a sound account: no fault, whatever it is asked for', async () => {
  const { port } = await simulated()
  const { code, all, bad } = await doctor({ port }, '--for', 'originate', '--for', 'command')
  assert.deepEqual([code, bad], [0, []])
  assert.deepEqual(
    all.map(({ id }) => id),
    ['L2', 'A2', 'V1', 'C1', 'R1', 'R2', 'R3', 'R3'],
  )
})

test('as text every fault has its fix, and the last line counts them', async () => {
  const { port } = await simulated({ asterisk: 16 })
  using line = new CommandLine({ pbx: { ...ACCOUNT, port } })
  const { code, stdout } = await line.run(['doctor'])
  assert.match(stdout, new RegExp(`^pbx {2}ami://frank@127\\.0\\.0\\.1:${port}\n\n {2}ok {5}connect `))
  assert.match(
    stdout,
    /\n {2}WARN {3}V2 version {3,}Asterisk 16\.\S+ gets no security fixes since 2023-10-09\n {9}fix +a branch/,
  )
  assert.match(stdout, /\n\n2 warnings\n$/)
  const strict = await line.run(['doctor', '--strict'])
  assert.deepEqual([code, strict.code], [0, 1])
})

test('L1: a name without an address', async () => {
  const { code, bad } = await doctor({ host: 'pbx.invalid', port: 5038 })
  assert.equal(code, 1)
  const [ids, says] = said(bad)
  assert.deepEqual(ids, ['L1'])
  assert.match(says, /^the name pbx\.invalid has no address/)
})

test('L2: a port at which nothing listens', async () => {
  const [ids, says] = said((await doctor({ port: 1 })).bad)
  assert.deepEqual(ids, ['L2'])
  assert.match(says, /refuses port 1: nothing listens there/)
})

for (const [what, greet, says] of [
  ['closes without a word', (socket: Socket) => socket.end(), /closes the connection without a word/],
  ['greets as a mail server', (socket: Socket) => socket.write('220 mail\r\n'), /no AMI/],
  [
    'is a web server',
    (socket: Socket) => socket.on('data', () => socket.end('HTTP/1.0 400 Bad\r\n\r\n')),
    /is a web server/,
  ],
  ['says nothing at all', () => {}, /says nothing within/],
] as const) {
  test(`L3: a port that ${what}`, async () => {
    const { code, bad } = await doctor({ port: await other(greet) }, '--timeout', '400ms')
    assert.equal(code, 1)
    const [ids, text] = said(bad)
    assert.deepEqual(ids, ['L3'])
    assert.match(text, says)
  })
}

test('L3: a port that speaks TLS, T1: one that does not', async () => {
  const [plain, secured] = await Promise.all([simulated(), simulated({ tls: good })])
  const [tls, clear] = await Promise.all([
    doctor({ port: secured.port }, '--timeout', '1s'),
    doctor({ port: plain.port, tls: true }, '--timeout', '1s'),
  ])
  assert.deepEqual(said(tls.bad), [['L3'], `port ${secured.port} speaks TLS, and this context does not`])
  assert.deepEqual(said(clear.bad), [['T1'], `port ${plain.port} speaks AMI without TLS`])
})

test('T1, T2, T3: a certificate of nobody, of another, of the past; and one that is right', async () => {
  const [right, other, past] = await Promise.all([
    simulated({ tls: good }),
    simulated({ tls: otherName }),
    simulated({ tls: expired }),
  ])
  const of = (port: number) => doctor({ host: 'localhost', port, tls: true })
  const [sound, named, late] = await Promise.all([of(right.port), of(other.port), of(past.port)])
  assert.deepEqual([sound.code, sound.bad], [0, []])
  assert.deepEqual(said(named.bad), [['T2'], 'the certificate is for pbx.example, and not for localhost'])
  const [ids, says] = said(late.bad)
  assert.deepEqual(ids, ['T3'])
  assert.match(says, /^the certificate ended on 2026-11-22$/)
  using line = new CommandLine({ pbx: { ...ACCOUNT, host: 'localhost', port: right.port, tls: true } })
  const nobody = await line.run(['doctor'])
  assert.equal(nobody.code, 1)
  assert.match(
    nobody.stdout,
    /ERROR {2}T1 chain .*signed by none that is trusted here\n.*amiable context set pbx --ca /,
  )
})

test('T3, T4, T6: a certificate that ends soon, an old version of TLS, a weak key', () => {
  const day = 86_400_000
  const shown = (days: number, more = {}) => ({
    certificate: {
      valid_from: new Date(Date.now() - day).toUTCString(),
      valid_to: new Date(Date.now() + days * day + 1_000).toUTCString(),
      subjectaltname: 'DNS:pbx1',
      subject: {},
      ...more,
    } as never,
    version: 'TLSv1.3',
    reason: '',
  })
  const context = { host: 'pbx1', username: 'frank', tls: true }
  const ids = (given: Parameters<typeof judge>[2]) => judge('pbx1', context, given).map(({ id, level }) => [id, level])
  assert.deepEqual(ids(shown(60)), [['T1', 'ok']])
  assert.deepEqual(ids(shown(10)), [['T3', 'warn']])
  assert.deepEqual(ids({ ...shown(60), version: 'TLSv1.1' }), [['T4', 'warn']])
  assert.deepEqual(ids(shown(60, { modulus: 'AB', bits: 1_024 })), [['T6', 'warn']])
  assert.deepEqual(ids(shown(60, { modulus: 'AB', bits: 2_048 })), [['T1', 'ok']])
})

test('A1: no secret; A2: a wrong one; A3: an account that is in use', async () => {
  const server = await simulated({ allowMultipleLogin: false })
  using line = new CommandLine({ pbx: { ...ACCOUNT, port: server.port } })
  const none = await line.run(['doctor', '-H', `ami://frank@127.0.0.1:${server.port}`])
  assert.match(none.stdout, /ERROR {2}A1 secret .*no secret for frank@127\.0\.0\.1/)
  const wrong = await doctor({ port: server.port, secret: 'not it' })
  assert.deepEqual(said(wrong.bad)[0], ['A2'])
  const { connect } = await import('amiable')
  await using first = await connect({ host: '127.0.0.1', port: server.port, ...ACCOUNT })
  assert.equal(first.version, '11.0.0')
  const used = await doctor({ port: server.port })
  assert.deepEqual(said(used.bad), [['A3'], 'frank is logged in already, and may be so only once'])
})

test('C1: a clock that is wrong', async () => {
  const { port } = await simulated({ clock: new ManualClock(Date.now() - 60_000) })
  const [ids, says] = said((await doctor({ port })).bad)
  assert.deepEqual(ids, ['C1'])
  assert.match(says, /^1m0\ds behind this machine|^59\.\d s behind/)
})

test('R2 and R3: rights that are lacking, with the lines to write, and what cannot be asked', async () => {
  const users = {
    dial: { secret: 's', read: ['system'], write: ['call', 'command'] },
    mute: { secret: 's', read: ['call'], write: ['originate', 'call'] },
  } as const
  const { port } = await simulated({ users })
  const [known, asked] = await Promise.all([
    doctor({ port, username: 'dial', secret: 's' }, '--for', 'originate'),
    doctor({ port, username: 'mute', secret: 's' }, '--for', 'originate'),
  ])
  assert.deepEqual(
    known.bad.map(({ id, level, fix }) => [id, level, fix]),
    [['R3', 'error', ['[dial]', 'write = call,command,originate', 'read = call,system']]],
  )
  assert.deepEqual(
    asked.bad.map(({ id, level }) => [id, level]),
    [
      ['R2', 'unknown'],
      ['R3', 'unknown'],
    ],
  )
  assert.equal(asked.code, 0)
})

test('V1, V2, V3: branches that get mends or not, and a release with a known fault', () => {
  const now = Date.parse('2026-11-26')
  const level = (branch: number) => checkVersion(branch, undefined, now).level
  assert.deepEqual([22, 21, 16, 99].map(level), ['ok', 'warn', 'warn', 'unknown'])
  const originate = new Set(['originate'])
  const has = (release: string, write = originate) => checkAdvisory(release, write).length > 0
  assert.deepEqual(
    ['16.28.0', '18.24.1', '18.24.2', '20.9.1', '20.10.0', '21.4.2', '22.10.1', '18.9-cert11', 'GIT-x'].map((one) =>
      has(one),
    ),
    [true, true, false, true, false, false, false, false, false],
  )
  assert.equal(has('16.28.0', new Set()), false)
})

for (const [args, says] of [
  [['--section', 'frank'], /--section needs --config/],
  [['--config', '/none.conf'], /the configuration \/none\.conf cannot be read/],
  [['--for', 'orignate'], /did you mean originate/],
] as const) {
  test(`a mistake exits with 2: doctor ${args.join(' ')}`, async () => {
    using line = new CommandLine()
    const { code, stderr } = await line.run(['doctor', ...args])
    assert.equal(code, 2)
    assert.match(stderr, says)
  })
}

test('--config: a file with a fault exits with 1 and shows no secret', async () => {
  using line = new CommandLine()
  const path = line.file('manager.conf', '[general]\nenabled=yes\n[frank]\nsecret = marked\nread = call, log\n', 0o600)
  const { code, stdout } = await line.run(['doctor', '--config', path, '--section', 'frank'])
  assert.equal(code, 1)
  assert.match(stdout, /ERROR {2}F11 read .*it does not grant log\n +fix +read = call,log\n/)
  assert.doesNotMatch(stdout, /marked/)
})

test('SIGINT ends it with 130 while the server does not answer', async () => {
  const server = await simulated()
  server.handle('Ping', () => new Promise<undefined>(() => {}))
  using line = new CommandLine({ pbx: { ...ACCOUNT, port: server.port } })
  const child = line.start(['doctor', '--timeout', '1h'])
  const done = ended(child)
  await server.waitFor('Ping')
  child.kill('SIGINT')
  assert.deepEqual(await done, { code: 130, stdout: '', stderr: '' })
})
