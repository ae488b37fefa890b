// The page of the configuration names each setting, and no other.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { z } from 'zod'
import { good } from '../../../../tools/testbed/certificates.ts'
import { loadUsers, parseConfig } from '../../src/config/load.ts'
import { configSchema } from '../../src/config/schema.ts'
import { LANGUAGE_NAMES } from '../../src/protocol/language.ts'

const PAGE = readFileSync(new URL('../../../../docs/reference/wallboard.md', import.meta.url), 'utf8')
const GUIDE = readFileSync(new URL('../../../../docs/guides/wallboard.md', import.meta.url), 'utf8')
const HASH = `scrypt:${Buffer.alloc(16).toString('base64')}:${Buffer.alloc(32).toString('base64')}`

/** The blocks of YAML of a page. */
const blocksOf = (page: string) => [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text)

interface Def {
  readonly innerType?: z.core.$ZodType
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
}

/** The settings of a schema: those within limits and places of two are one. */
function settings(schema: z.core.$ZodType, path: string): string[] {
  const { innerType, shape } = schema._zod.def as Def
  if (innerType !== undefined) return settings(innerType, path)
  const isWhole = shape === undefined || 'alarm' in shape || 'interface' in shape || 'command' in shape
  return isWhole
    ? [path]
    : Object.entries(shape).flatMap(([key, one]) => settings(one, path === '' ? key : `${path}.${key}`))
}

test('each setting has a row', () => {
  const rows = [...PAGE.matchAll(/^\| `([\w.]+)` +\|/gm)].map(([, name]) => name)
  assert.deepEqual(rows.toSorted(), settings(configSchema, '').toSorted())
})

test('the page has each language', () => {
  const [, row = ''] = /^\| `site\.language` +\|([^|]+)/m.exec(PAGE) ?? []
  const named = [...row.matchAll(/`([\w-]+)`/g)].map(([, name]) => name)
  assert.deepEqual(named, ['auto', ...LANGUAGE_NAMES])
  for (const language of named) assert.ok(configSchema.shape.site.safeParse({ language }).success, language)
  assert.ok(!configSchema.shape.site.safeParse({ language: 'fr' }).success)
})

test('the examples hold', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-page-'))
  try {
    const [users = '', boards = ''] = blocksOf(PAGE)
    const file = join(folder, 'users.yaml')
    writeFileSync(file, users.replace('scrypt:…', HASH), { mode: 0o600 })
    assert.deepEqual(Object.keys(loadUsers(file, {})), ['ann', 'ben'])
    const asterisks = 'asterisks: { pbx1: { host: a, username: b, secret: { env: SECRET } } }\n'
    const config = parseConfig(`${asterisks}${boards}`, 'page', { SECRET: 'x' })
    assert.equal(config.boards.hall?.tiles.length, 2)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the examples of the guide hold, as one configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-guide-'))
  try {
    const [small = '', users = '', more = ''] = blocksOf(GUIDE)
    assert.equal(
      parseConfig(small.replace('{ file: /run/secrets/pbx1 }', '{ env: SECRET }'), 'guide', { SECRET: 'x' }).listen,
      '127.0.0.1:8090',
    )
    const whole = `${small}${more}`
      .replaceAll(/\/(?:run\/secrets|etc\/wallboard)\//g, `${folder}/`)
      .replace('/var/lib/wallboard', folder)
    for (const name of ['pbx1', 'cert.pem', 'key.pem']) writeFileSync(join(folder, name), 'x\n', { mode: 0o600 })
    writeFileSync(join(folder, 'cert.pem'), good.cert)
    writeFileSync(join(folder, 'key.pem'), good.key)
    writeFileSync(join(folder, 'users.yaml'), users.replaceAll('scrypt:…', HASH), { mode: 0o600 })
    const { signIn } = parseConfig(whole, 'guide', {})
    assert.deepEqual(Object.keys(loadUsers(signIn.usersFile ?? '', {})), ['ann', 'ben'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
