// What a user of the wallboard gets: the packed tarball, looked at by publint.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { importsOf, readSource } from '../../tools/checks/sources.ts'
import { type Packed, pack } from './packed.ts'
import { ROOT } from './paths.ts'
import { run, tool } from './run.ts'

const PACKAGE = join(ROOT, 'packages/amiable-wallboard')
const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-packed-'))
let packed: Packed

before(async () => {
  packed = await pack(PACKAGE, folder)
})

after(() => rmSync(folder, { recursive: true, force: true }))

test('the tarball holds the command, the page and its papers, and nothing else', () => {
  const own =
    /^(?:LICENSE|README\.md|package\.json|bin\/amiable-wallboard\.cjs|dist\/(?:main\.js|THIRD-PARTY\.txt|page\/(?:index\.html|icon\.svg|assets\/[\w.-]+\.(?:js|css))))$/
  const paths = packed.files.map(({ path }) => path)
  assert.deepEqual(
    paths.filter((path) => !own.test(path)),
    [],
  )
  for (const path of ['bin/amiable-wallboard.cjs', 'dist/main.js', 'dist/THIRD-PARTY.txt', 'dist/page/index.html']) {
    assert.ok(paths.includes(path), path)
  }
  assert.equal(readSource(ROOT, 'packages/amiable-wallboard/LICENSE'), readSource(ROOT, 'LICENSE'))
})

test('the document names the script and the style that are there', () => {
  const document = readFileSync(join(PACKAGE, 'dist/page/index.html'), 'utf8')
  const named = [...document.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, path]) => `dist/page/${path}`)
  assert.equal(named.length, 2, document)
  const paths = new Set(packed.files.map(({ path }) => path))
  for (const path of named) assert.ok(paths.has(path), path)
})

test('the code needs Node alone, and says nothing of the machine that made it', () => {
  for (const { path } of packed.files.filter(({ path }) => /\.(?:js|css|html)$/.test(path))) {
    const text = readFileSync(join(PACKAGE, path), 'utf8')
    assert.ok(!text.includes(ROOT), path)
    if (!path.endsWith('.js')) continue
    for (const { specifier } of importsOf(text)) {
      // what is inside may name a module of Node without its prefix
      if (!/^[a-z_]+$/.test(specifier)) assert.match(specifier, path.includes('/page/') ? /^\.\// : /^node:/, path)
    }
  }
})

test('it runs from where npm puts it, without anything else', { timeout: 120_000 }, async () => {
  await run('tar', ['-xzf', packed.tarball, '-C', folder])
  const { version } = JSON.parse(readSource(ROOT, 'packages/amiable-wallboard/package.json')) as { version: string }
  const command = join(folder, 'package/bin/amiable-wallboard.cjs')
  assert.equal((await run(process.execPath, [command, '--version'])).trim(), version)
})

test('publint finds nothing', async () => {
  await tool('publint', 'run', packed.tarball, '--strict', '--pack=false')
})
