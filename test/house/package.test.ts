// What a user gets: the packed tarball, looked at by publint and attw, installed in a clean place and used.
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

test('the tarball holds what was built from the sources, and nothing else', () => {
  const strange = packed.files
    .map(({ path }) => path)
    .filter((path) => !/^(?:LICENSE|README\.md|package\.json)$/.test(path))
    .filter((path) => {
      const source = /^dist\/(.+?)(?:\.d\.ts|\.js)$/.exec(path)?.[1]
      return source === undefined || !existsSync(join(PACKAGE, 'src', `${source}.ts`))
    })
  assert.deepEqual(strange, [])
  for (const needed of ['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'dist/testing/index.js']) {
    assert.ok(
      packed.files.some(({ path }) => path === needed),
      `${needed} is missing`,
    )
  }
  assert.equal(readFileSync(join(PACKAGE, 'LICENSE'), 'utf8'), readFileSync(join(ROOT, 'LICENSE'), 'utf8'))
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
