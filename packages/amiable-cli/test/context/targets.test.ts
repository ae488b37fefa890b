import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { writeConfig } from '../../src/context/config-file.ts'
import { configPath } from '../../src/context/places.ts'
import { secretFor } from '../../src/context/secret.ts'
import { targetsFor } from '../../src/context/targets.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-targets-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const env = { AMIABLE_CONFIG: join(folder, 'config.json') }
const pbx1 = { host: 'a', username: 'frank' }
const pbx2 = { host: 'b', username: 'frank' }
writeConfig(env.AMIABLE_CONFIG, { current: 'pbx1', contexts: { pbx1, pbx2 } })
const names = (options: Parameters<typeof targetsFor>[0], more = {}) =>
  targetsFor(options, { ...env, ...more }).map(({ name }) => name)

test('the servers are those of an option, of AMIABLE_CONTEXT, of AMIABLE_URL, or the context in use', () => {
  assert.deepEqual(names({}), ['pbx1'])
  assert.deepEqual(names({}, { AMIABLE_URL: 'ami://f@c:5' }), ['c:5'])
  assert.deepEqual(names({}, { AMIABLE_URL: 'ami://f@c:5', AMIABLE_CONTEXT: 'pbx2' }), ['pbx2'])
  assert.deepEqual(names({ context: ['pbx2,pbx1', 'pbx2'] }, { AMIABLE_CONTEXT: 'pbx1' }), ['pbx2', 'pbx1'])
  assert.deepEqual(names({ all: true }), ['pbx1', 'pbx2'])
  assert.deepEqual(names({ host: 'f@c' }), ['c:5038'])
})

test('no server, an unknown one, and two ways at once are mistakes', () => {
  assert.throws(() => names({ context: ['pbx3'] }), /there is no context pbx3; did you mean pbx1\?/)
  assert.throws(() => names({ all: true, host: 'f@c' }), /--all and --host cannot be given together/)
  const none = { AMIABLE_CONFIG: join(folder, 'none.json') }
  assert.throws(() => targetsFor({}, none), /no server/)
  assert.throws(() => targetsFor({ all: true }, none), /no server/)
})

test('the settings are where the system has them', () => {
  assert.equal(configPath({ XDG_CONFIG_HOME: '/x' }, 'linux'), '/x/amiable/config.json')
  assert.equal(configPath({ HOME: '/home/f' }, 'linux'), '/home/f/.config/amiable/config.json')
  assert.match(configPath({}, 'darwin'), /Library\/Preferences\/amiable\/config\.json$/)
  assert.equal(configPath({ AMIABLE_CONFIG: '/c.json' }), '/c.json')
})

const nobody = { env: {}, prompt: undefined }

test('a secret is what its place holds at that moment', async () => {
  assert.equal(await secretFor({ env: 'S' }, 'frank', { ...nobody, env: { S: 'lean' } })(), 'lean')
  assert.equal(await secretFor({ command: 'echo lean; echo second line' }, 'frank', nobody)(), 'lean')
  let asked = 0
  const prompt = async () => `lean${++asked}`
  const secret = secretFor(undefined, 'frank', { env: {}, prompt })
  assert.deepEqual([await secret(), await secret()], ['lean1', 'lean1'])
})

test('a secret that cannot be had is a mistake that does not show it', async () => {
  const rejects = async (source: Parameters<typeof secretFor>[0], says: RegExp) =>
    await assert.rejects(
      async () => await secretFor(source, 'frank', nobody)(),
      (error: Error) => says.test(error.message) && !error.message.includes('lean'),
    )
  await rejects({ env: 'S' }, /the variable S, which holds the secret, is not set/)
  await rejects({ env: 'constructor' }, /the variable constructor, which holds the secret, is not set/)
  await rejects({ file: join(folder, 'none') }, /the secret file .* is missing/)
  await rejects({ credential: 'pbx1' }, /CREDENTIALS_DIRECTORY/)
  await rejects({ command: 'echo lean; exit 3' }, /the secret's command ended with 3/)
  await rejects({ command: 'true' }, /printed nothing/)
  await rejects(undefined, /no secret for frank/)
})
