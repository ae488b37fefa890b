import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from 'amiable/testing'
import { UnavailableError } from '../machine.ts'
import { ACCOUNTS, type AsteriskVersion } from '../settings.ts'
import { asteriskVersion, parseSetting, realTargets } from '../targets.ts'

const stopped: number[] = []
const server = (version: AsteriskVersion, adopted = false) => ({
  version,
  name: `Asterisk ${version}`,
  host: '127.0.0.1',
  port: 1,
  tlsPort: 2,
  ca: '/ca.pem',
  users: ACCOUNTS,
  adopted,
  pid: 1 as number | undefined,
  logTail: () => 'munmap_chunk(): invalid pointer',
  async start() {
    this.pid = 2
  },
  stop: async () => {
    stopped.push(version)
  },
})
const quiet = { log: () => {}, banner: async () => undefined, tryLogin: async () => undefined }
const working = { ...quiet, bringUp: async (version: AsteriskVersion) => server(version) }
const failing = (error: (version: AsteriskVersion) => Error) => ({
  ...quiet,
  bringUp: async (version: AsteriskVersion) => {
    if (version === 16) throw error(version)
    return server(version)
  },
})

test('AMIABLE_ASTERISK: the words', () => {
  assert.deepEqual(parseSetting(undefined), { kind: 'auto' })
  assert.deepEqual(parseSetting(''), { kind: 'auto' })
  for (const kind of ['auto', 'require', 'off']) assert.deepEqual(parseSetting(kind), { kind })
})

test('AMIABLE_ASTERISK: a server that the user names', () => {
  const pbx = { kind: 'server', username: 'frank', secret: 'lean', host: 'pbx', port: 5038 }
  assert.deepEqual(parseSetting('frank:lean@pbx:5038'), pbx)
  assert.deepEqual(parseSetting('frank:lean@pbx'), pbx)
  assert.deepEqual(parseSetting('frank:le:a@n@pbx:1'), { ...pbx, secret: 'le:a@n', port: 1 })
  assert.deepEqual(parseSetting('frank:lean@[::1]:7'), { ...pbx, host: '::1', port: 7 })
  assert.deepEqual(parseSetting('frank:@pbx'), { ...pbx, secret: '' })
})

test('AMIABLE_ASTERISK: nonsense is refused, and what may be a secret is not repeated', () => {
  for (const text of ['maybe', 'frank@pbx', ':hush@pbx', 'frank:hush@', 'frank:hush@pbx:0', 'frank:hush@pbx:70000'])
    assert.throws(
      () => parseSetting(text),
      (error: Error) => /must be auto, require, off or/.test(error.message) && !error.message.includes('hush'),
    )
})

test('the version from the greeting', () => {
  assert.equal(asteriskVersion('Asterisk Call Manager/1.3'), 11)
  assert.equal(asteriskVersion('Asterisk Call Manager/2.10.6'), 13)
  assert.equal(asteriskVersion('Asterisk Call Manager/5.0.4'), 16)
  assert.equal(asteriskVersion('Asterisk Call Manager/11.0.0'), 22)
  assert.equal(asteriskVersion('SSH-2.0-OpenSSH'), undefined)
})

test('auto gives both servers, as plain data', async () => {
  const { targets, skipped } = await realTargets({}, working)
  assert.deepEqual(
    targets.map(({ name, version, username, full }) => ({ name, version, username, full })),
    [
      { name: 'Asterisk 22', version: 22, username: 'frank', full: true },
      { name: 'Asterisk 16', version: 16, username: 'frank', full: true },
    ],
  )
  assert.equal(skipped, undefined)
  assert.deepEqual(JSON.parse(JSON.stringify(targets)), targets)
})

test('auto skips what cannot be had, with one line that says why', async () => {
  const world = failing(() => new UnavailableError('no mirror\n  at all'))
  const { targets, skipped } = await realTargets({ AMIABLE_ASTERISK: 'auto' }, world)
  assert.deepEqual(
    targets.map((target) => target.version),
    [22],
  )
  assert.equal(skipped, 'no Asterisk 16: no mirror at all')
})

test('one reason for both is told once', async () => {
  const bringUp = async () => {
    throw new UnavailableError('they need root')
  }
  const { targets, skipped } = await realTargets({}, { ...quiet, bringUp })
  assert.deepEqual(targets, [])
  assert.equal(skipped, 'no Asterisk 22, no Asterisk 16: they need root')
})

test('auto does not skip a fault of our own, and leaves nothing running', async () => {
  stopped.length = 0
  await assert.rejects(
    realTargets(
      {},
      failing(() => new Error('did not come up')),
    ),
    /did not come up/,
  )
  assert.deepEqual(stopped, [22])
})

test('require throws where auto skips', async () => {
  const world = failing(() => new UnavailableError('no mirror'))
  await assert.rejects(realTargets({ AMIABLE_ASTERISK: 'require' }, world), /no mirror/)
})

test('off is told as well', async () => {
  const { targets, skipped } = await realTargets({ AMIABLE_ASTERISK: 'off' }, working)
  assert.deepEqual(targets, [])
  assert.match(skipped ?? '', /AMIABLE_ASTERISK=off/)
})

test('stop ends what was started and leaves what ran before', async () => {
  stopped.length = 0
  const bringUp = async (version: AsteriskVersion) => server(version, version === 22)
  const { stop } = await realTargets({}, { ...quiet, bringUp })
  await stop()
  assert.deepEqual(stopped, [16])
})

test('a named server is asked for its version, and is never ours', async () => {
  const banner = async () => 'Asterisk Call Manager/9.0.0'
  const { targets, skipped } = await realTargets({ AMIABLE_ASTERISK: 'me:s3@pbx:5038' }, { ...working, banner })
  assert.match(skipped ?? '', /no Asterisk 22, no Asterisk 16: AMIABLE_ASTERISK names Asterisk 20 at pbx:5038/)
  assert.deepEqual(targets, [
    {
      name: 'Asterisk 20 at pbx:5038',
      version: 20,
      host: 'pbx',
      port: 5038,
      username: 'me',
      secret: 's3',
      accounts: { me: 's3' },
      full: false,
    },
  ])
})

test('a named server that is not there, or no AMI, is an error and not a skip', async () => {
  const env = { AMIABLE_ASTERISK: 'me:s3@pbx:5038' }
  await assert.rejects(realTargets(env, working), /names pbx:5038, where nothing answers/)
  await assert.rejects(realTargets(env, { ...working, banner: async () => 'HTTP/1.1 400' }), /not an AMI port/)
})

test('a named server that refuses the login is told before any test runs, without the secret', async () => {
  await using asterisk = await startServer({ users: { me: { secret: 'other' } } })
  const { host, port } = asterisk
  const asked = realTargets({ AMIABLE_ASTERISK: `me:s3@${host}:${port}` })
  await assert.rejects(asked, {
    message: `AMIABLE_ASTERISK names ${host}:${port}, which refuses me: Authentication failed`,
  })
  const { targets } = await realTargets({ AMIABLE_ASTERISK: `me:other@${host}:${port}` })
  assert.equal(targets[0]?.port, port)
})

test('only those that are needed are brought up', async () => {
  const { targets, skipped } = await realTargets({}, { ...working, versions: [16] })
  assert.deepEqual(
    targets.map(({ version }) => version),
    [16],
  )
  assert.equal(skipped, undefined)
})

test('AMIABLE_TARGETS wins: the parent has started them', async () => {
  const { targets } = await realTargets({}, working)
  const bringUp = async () => assert.fail('started again')
  const handed = await realTargets({ AMIABLE_TARGETS: JSON.stringify(targets) }, { ...quiet, bringUp })
  assert.deepEqual(handed.targets, targets)
  await assert.rejects(realTargets({ AMIABLE_TARGETS: 'both' }, working), /AMIABLE_TARGETS is not a JSON list/)
})

test('one of ours that has ended is started again, with its last lines', async () => {
  const ours = server(22)
  const { targets, revive } = await realTargets({}, { ...working, versions: [22], bringUp: async () => ours })
  const target = targets[0]
  assert.ok(target)
  assert.equal(await revive(target), undefined)
  ours.pid = undefined
  assert.equal(await revive(target), 'munmap_chunk(): invalid pointer')
  assert.equal(ours.pid, 2)
  assert.equal(await revive(target), undefined)
})

test('a server that the user named is never started', async () => {
  const answering = { banner: async () => 'Asterisk Call Manager/11.0.0', tryLogin: async () => undefined }
  const { targets, revive } = await realTargets({ AMIABLE_ASTERISK: 'frank:lean@pbx' }, { ...working, ...answering })
  assert.ok(targets[0])
  assert.equal(await revive(targets[0]), undefined)
})
