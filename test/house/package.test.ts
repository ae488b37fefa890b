// What a user gets: the packed tarball, looked at by publint and attw, installed in a clean place and used.
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ROOT } from './paths.ts'
import { run, tool } from './run.ts'
import { snippets } from './snippets.ts'

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

const PACKAGE = join(ROOT, 'packages/amiable')
const folder = mkdtempSync(join(tmpdir(), 'amiable-packed-'))
let packed: Packed
let tarball: string

before(async () => {
  assert.ok(existsSync(join(PACKAGE, 'dist/index.js')), 'nothing is built: run npm run build')
  const answer = JSON.parse(await run('npm', ['pack', PACKAGE, '--json', '--pack-destination', folder]))
  packed = Object.values(answer)[0] as Packed
  tarball = join(folder, packed.filename)
})

after(() => rmSync(folder, { recursive: true, force: true }))

test('the tarball holds two entries and what they share, a declaration of every source, and nothing else', () => {
  const paths = packed.files.map(({ path }) => path)
  const sources = readdirSync(join(PACKAGE, 'src'), { recursive: true, encoding: 'utf8' })
  const shared = paths.filter((path) => /^dist\/shared-[0-9A-Z]+\.js$/.test(path))
  assert.deepEqual(
    paths.toSorted(),
    [
      ...['README.md', 'LICENSE', 'package.json', 'dist/index.js', 'dist/testing/index.js', ...shared],
      ...sources.filter((name) => name.endsWith('.ts')).map((source) => `dist/${source.replace(/\.ts$/, '.d.ts')}`),
    ].toSorted(),
  )
  assert.equal(shared.length, 1, 'one piece is shared, so that both entries have the same classes')
  assert.equal(readFileSync(join(PACKAGE, 'LICENSE'), 'utf8'), readFileSync(join(ROOT, 'LICENSE'), 'utf8'))
})

test('the JavaScript needs nothing but Node, and says nothing of the machine that made it', () => {
  for (const { path } of packed.files.filter(({ path }) => path.endsWith('.js'))) {
    const text = readFileSync(join(PACKAGE, path), 'utf8')
    const imported = [...text.matchAll(/^(?:import|export)\b[^'"]*?from ["']([^"']+)["']|^import ["']([^"']+)["']/gm)]
    assert.ok(imported.length > 0 || path.includes('shared'), path)
    for (const [, from, bare] of imported) assert.match((from ?? bare) as string, /^(?:node:|\.\.?\/)/, path)
    assert.ok(!text.includes(ROOT), path)
  }
})

test('publint finds nothing', async () => {
  await tool('publint', 'run', tarball, '--strict', '--pack=false')
})

test('attw finds nothing', async () => {
  await tool('attw', tarball, '--profile', 'esm-only', '--no-color')
})

test('installed in a clean place, it works as ESM, by require, and in the eyes of tsc, the READMEs too', async () => {
  const home = join(folder, 'clean')
  await run('mkdir', [home])
  const write = (name: string, text: string) => writeFileSync(join(home, name), text)
  write('package.json', JSON.stringify({ name: 'clean', private: true, version: '1.0.0' }))
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: home })
  const lock = JSON.parse(readFileSync(join(home, 'package-lock.json'), 'utf8'))
  assert.deepEqual(Object.keys(lock.packages), ['', 'node_modules/amiable'])

  write('program.mjs', `import { connect } from 'amiable'\nimport { startServer } from 'amiable/testing'\n${PROGRAM}`)
  assert.equal(await run(process.execPath, ['program.mjs'], { cwd: home }), 'Pong\n')
  const requires = "const { connect } = require('amiable')\nconst { startServer } = require('amiable/testing')\n"
  write('program.cjs', requires + PROGRAM)
  assert.equal(await run(process.execPath, ['program.cjs'], { cwd: home }), 'Pong\n')

  copyFileSync(join(home, 'program.mjs'), join(home, 'program.mts'))
  for (const page of PAGES) {
    for (const [i, code] of snippets(ROOT, page).entries()) write(`${page.replaceAll(/\W/g, '-')}-${i}.mts`, code)
  }
  write('tsconfig.json', JSON.stringify(TSCONFIG))
  await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd: home })
})

const PROGRAM = `
async function main() {
  const server = await startServer({ users: { frank: 'lean' } })
  const ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const pong = await ami.send('Ping')
  console.log(pong.Ping)
  await ami.close()
  await server.close()
}
void main()
`

/** Pages whose code is compiled as a user's would be. */
const PAGES = ['README.md', 'packages/amiable/README.md', 'docs/reference/errors.md']

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  },
  include: ['*.mts'],
}
