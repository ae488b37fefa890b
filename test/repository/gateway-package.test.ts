// What a user of the gateway gets: the packed tarball, looked at by publint and attw.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { importsOf, readSource } from '../../tools/checks/sources.ts'
import { type Packed, pack } from './packed.ts'
import { ROOT } from './paths.ts'
import { tool } from './run.ts'

const PACKAGE = join(ROOT, 'packages/amiable-gateway')
const folder = mkdtempSync(join(tmpdir(), 'amiable-gateway-packed-'))
let packed: Packed

before(async () => {
  packed = await pack(PACKAGE, folder)
})

after(() => rmSync(folder, { recursive: true, force: true }))

test('the tarball holds the command, the entry for programs, the schemas and its papers, and nothing else', () => {
  const own =
    /^(?:LICENSE|README\.md|package\.json|bin\/amiable-gateway\.cjs|deploy\/[\w.-]+|dist\/(?:main\.js|THIRD-PARTY\.txt|chunks\/[\w-]+\.js|schema\/[\w-]+\.json|(?:cjs\/)?(?:[\w-]+\/)*[\w-]+\.(?:d\.ts|js)|cjs\/package\.json))$/
  const paths = packed.files.map(({ path }) => path)
  assert.deepEqual(
    paths.filter((path) => !own.test(path)),
    [],
  )
  for (const path of ['bin/amiable-gateway.cjs', 'dist/main.js', 'dist/client/index.js', 'dist/client/index.d.ts']) {
    assert.ok(paths.includes(path), path)
  }
  assert.equal(readSource(ROOT, 'packages/amiable-gateway/LICENSE'), readSource(ROOT, 'LICENSE'))
})

test('the code needs what the package names, and says nothing of the machine that made it', () => {
  const { dependencies } = JSON.parse(readSource(ROOT, 'packages/amiable-gateway/package.json')) as {
    dependencies: Record<string, string>
  }
  const known = new RegExp(`^(?:node:|\\.{1,2}/|(?:${Object.keys(dependencies).join('|')})(?:/|$))`)
  for (const { path } of packed.files.filter(({ path }) => path.endsWith('.js') && !path.startsWith('dist/cjs/'))) {
    const text = readFileSync(join(PACKAGE, path), 'utf8')
    for (const { specifier } of importsOf(text)) {
      // what is inside may name a module of Node without its prefix
      if (!/^[a-z_]+$/.test(specifier)) assert.match(specifier, known, path)
    }
    assert.ok(!text.includes(ROOT), path)
  }
})

test('publint finds nothing', async () => {
  await tool('publint', 'run', packed.tarball, '--strict', '--pack=false')
})

test('the types of the entry are found in every way to import it', async () => {
  await tool('attw', packed.tarball, '--entrypoints', './client', '--no-emoji')
})
