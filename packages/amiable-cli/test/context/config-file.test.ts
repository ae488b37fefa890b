import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { changeConfig, parseConfig, readConfig, writeConfig } from '../../src/context/config-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-config-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const PBX1 = { host: 'pbx1', username: 'frank', secret: { file: '/s' } }

test('what is written is read again, and only its owner can read it', () => {
  const path = join(folder, 'deep/config.json')
  const config = { current: 'pbx1', contexts: { pbx1: { ...PBX1, port: 5039, tls: true, protect: true } } }
  writeConfig(path, config)
  assert.deepEqual(readConfig(path), config)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(join(folder, 'deep')), ['config.json'])
})

test('what no reader takes is not written, and what was there stays', () => {
  const path = join(folder, 'kept.json')
  writeConfig(path, { contexts: { pbx1: PBX1 } })
  const wrong = { contexts: { pbx1: { ...PBX1, secret: { env: '' } } } }
  assert.throws(() => writeConfig(path, wrong), /contexts\.pbx1\.secret\.env must not be empty/)
  assert.deepEqual(readConfig(path), { contexts: { pbx1: PBX1 } })
})

test('a change that another program does not end is refused, and says what to remove', () => {
  const path = join(folder, 'locked/config.json')
  changeConfig(path, () => ({ contexts: { pbx1: PBX1 } }))
  assert.deepEqual(readdirSync(join(folder, 'locked')), ['config.json'])
  writeFileSync(`${path}.lock`, '')
  const says = (error: Error & { hints: string[] }) =>
    error.message.includes('another amiable changes') && error.hints[0] === `If none does: rm ${path}.lock`
  assert.throws(() => changeConfig(path, () => ({ contexts: {} })), says)
  assert.deepEqual(readConfig(path), { contexts: { pbx1: PBX1 } })
})

test('without a file there are no contexts', () => {
  assert.deepEqual(readConfig(join(folder, 'none.json')), { contexts: {} })
})

const FAULTS: readonly (readonly [config: unknown, says: RegExp])[] = [
  [[], /the file must be an object/],
  [{ contexts: { pbx1: { ...PBX1, hots: 'x' } } }, /contexts\.pbx1\.hots is unknown; did you mean host\?/],
  [{ contexts: { pbx1: { username: 'frank' } } }, /contexts\.pbx1\.host is missing/],
  [{ contexts: { pbx1: { host: 'pbx1' } } }, /contexts\.pbx1\.username is missing/],
  [{ contexts: { pbx1: { ...PBX1, port: 99999 } } }, /contexts\.pbx1\.port must be a whole number from 1 to 65535/],
  [{ contexts: { pbx1: { ...PBX1, tls: 'yes' } } }, /contexts\.pbx1\.tls must be a boolean/],
  [{ contexts: { pbx1: { ...PBX1, secret: 'lean' } } }, /contexts\.pbx1\.secret must say where the secret is/],
  [{ contexts: { pbx1: { ...PBX1, secret: {} } } }, /contexts\.pbx1\.secret must have one of file, env/],
  [{ contexts: { pbx1: { ...PBX1, secret: { file: 'a', env: 'b' } } } }, /contexts\.pbx1\.secret must have one of/],
  [{ contexts: { 'a b': PBX1 } }, /contexts\.a b must have a name of letters/],
  [{ current: 'pbx2', contexts: { pbx1: PBX1 } }, /current must name a context; did you mean pbx1\?/],
  [{ context: {} }, /context is unknown; did you mean contexts\?/],
]

for (const [config, says] of FAULTS) {
  test(`a fault is named: ${says.source}`, () => {
    assert.throws(() => parseConfig(JSON.stringify(config), 'config.json'), says)
  })
}

test('a secret that stands where its place should be is not shown', () => {
  const text = JSON.stringify({ contexts: { pbx1: { ...PBX1, secret: 'lean' } } })
  assert.throws(
    () => parseConfig(text, 'config.json'),
    (error: Error) => !error.message.includes('lean'),
  )
})
