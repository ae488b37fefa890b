// What a user gets: the packed tarball, looked at by publint and attw, installed in a clean place and used.
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { snippets } from '../../tools/checks/snippets.ts'
import { importsOf } from '../../tools/checks/sources.ts'
import { type Packed, pack } from './packed.ts'
import { ROOT } from './paths.ts'
import { run, tool } from './run.ts'

const PACKAGE = join(ROOT, 'packages/amiable')
const folder = mkdtempSync(join(tmpdir(), 'amiable-packed-'))
const ENTRIES = ['index.js', 'catalog/index.js', 'agi/index.js', 'state/index.js', 'testing/index.js']
const COMMONJS = ['package.json', 'amiable.js', ...ENTRIES].map((name) => `dist/cjs/${name}`)
let packed: Packed
let tarball: string

before(async () => {
  packed = await pack(PACKAGE, folder)
  tarball = packed.tarball
})

after(() => rmSync(folder, { recursive: true, force: true }))

test('the tarball holds its entries and what they share, twice a declaration of every source, and nothing else', () => {
  const paths = packed.files.map(({ path }) => path)
  const sources = readdirSync(join(PACKAGE, 'src'), { recursive: true, encoding: 'utf8' })
  const shared = paths.filter((path) => /^dist\/shared-[0-9A-Z]+\.js$/.test(path))
  const declarations = sources.filter((name) => name.endsWith('.ts')).map((name) => name.replace(/\.ts$/, '.d.ts'))
  assert.deepEqual(
    paths.toSorted(),
    [
      ...['README.md', 'LICENSE', 'package.json', ...shared, ...COMMONJS],
      ...[...ENTRIES, ...declarations].map((name) => `dist/${name}`),
      ...declarations.map((name) => `dist/cjs/${name}`),
    ].toSorted(),
  )
  assert.equal(readFileSync(join(PACKAGE, 'LICENSE'), 'utf8'), readFileSync(join(ROOT, 'LICENSE'), 'utf8'))
})

const bundles = (form: 'esm' | 'cjs') =>
  packed.files
    .map(({ path }) => path)
    .filter((path) => path.endsWith('.js') && path.startsWith('dist/cjs/') === (form === 'cjs'))
const textOf = (path: string) => readFileSync(join(PACKAGE, path), 'utf8')

test('the JavaScript needs nothing but Node, and says nothing of the machine that made it', () => {
  for (const path of bundles('esm')) {
    const specifiers = importsOf(textOf(path)).map(({ specifier }) => specifier)
    assert.ok(specifiers.length > 0 || path.includes('shared'), path)
    for (const specifier of specifiers) assert.match(specifier, /^node:|^\.\.?\/shared-[0-9A-Z]+\.js$/, path)
  }
  for (const path of bundles('cjs')) {
    const required = [...textOf(path).matchAll(/\brequire\("?'?([^"')]+)/g)].map(([, specifier = '']) => specifier)
    assert.ok(required.length > 0, path)
    for (const specifier of required) assert.match(specifier, /^node:|^\.\.?\/amiable\.js$/, path)
  }
  for (const path of [...bundles('esm'), ...bundles('cjs')]) assert.ok(!textOf(path).includes(ROOT), path)
})

test('the JavaScript is ASCII, for V8 keeps any other text in two bytes a character, as long as the program lives', () => {
  for (const path of [...bundles('esm'), ...bundles('cjs')])
    assert.equal(/[^\0-\x7f]/.exec(textOf(path))?.[0], undefined, path)
})

for (const form of ['esm', 'cjs'] as const) {
  test(`no source is in two bundles, and each keeps the names of its classes: ${form}`, () => {
    const home = new Map<string, string>()
    for (const path of bundles(form)) {
      // esbuild writes above each source's code where it came from
      const sources = new Set(
        [...textOf(path).matchAll(/^\/\/ (src\/.+\.ts)$/gm)].map(([, source]) => source as string),
      )
      // an entry may consist of what it shares with another
      assert.ok(sources.size > 0 || ENTRIES.some((entry) => path.endsWith(entry)), path)
      for (const source of sources) {
        assert.ok(existsSync(join(PACKAGE, source)), `${path} was made from ${source}, which is gone`)
        assert.equal(home.get(source), undefined, `${source} is in ${path} as well`)
        home.set(source, path)
      }
      for (const [, name, own] of textOf(path).matchAll(/^var (\w+) = class (?!extends\b)(\w+)/gm)) {
        assert.equal(own, name, path)
      }
    }
    assert.ok(home.has('src/errors.ts'))
  })
}

test('what amiable/state and amiable/catalog import needs nothing of Node', () => {
  const seen = new Set<string>()
  const follow = (path: string) => {
    if (seen.has(path)) return
    seen.add(path)
    for (const { specifier } of importsOf(textOf(path))) {
      assert.ok(!specifier.startsWith('node:'), `${path} imports ${specifier}`)
      follow(join(dirname(path), specifier))
    }
  }
  follow('dist/state/index.js')
  follow('dist/catalog/index.js')
  assert.ok(seen.size > 2)
})

test('who imports amiable alone loads nothing of AGI, live state or the simulator', () => {
  const seen = new Set<string>()
  const follow = (path: string) => {
    if (seen.has(path)) return
    seen.add(path)
    for (const { specifier } of importsOf(textOf(path))) {
      if (specifier.startsWith('.')) follow(join(dirname(path), specifier))
    }
  }
  follow('dist/index.js')
  for (const path of seen) assert.doesNotMatch(textOf(path), /^\/\/ src\/(?:agi|state|testing)\//m, path)
})

test('publint finds nothing', async () => {
  await tool('publint', 'run', tarball, '--strict', '--pack=false')
})

test('attw finds nothing', async () => {
  await tool('attw', tarball, '--no-color')
})

test('installed in a clean place, it works as ESM, by require, and in the eyes of tsc, the READMEs too', async () => {
  const home = join(folder, 'clean')
  await run('mkdir', [home])
  const write = (name: string, text: string) => writeFileSync(join(home, name), text)
  write('package.json', JSON.stringify({ name: 'clean', private: true, version: '1.0.0' }))
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: home })
  const lock = JSON.parse(readFileSync(join(home, 'package-lock.json'), 'utf8'))
  assert.deepEqual(Object.keys(lock.packages), ['', 'node_modules/amiable'])

  write(
    'program.mjs',
    `import * as amiable from 'amiable'\nimport * as agi from 'amiable/agi'\nimport * as testing from 'amiable/testing'\n${PROGRAM}`,
  )
  assert.equal(await run(process.execPath, ['program.mjs'], { cwd: home }), SAID)
  const requires =
    "const amiable = require('amiable')\nconst agi = require('amiable/agi')\nconst testing = require('amiable/testing')\n"
  write('program.cjs', requires + PROGRAM)
  assert.equal(await run(process.execPath, ['program.cjs'], { cwd: home }), SAID)

  copyFileSync(join(home, 'program.mjs'), join(home, 'program.mts'))
  for (const page of PAGES) {
    for (const [i, code] of snippets(ROOT, page).entries()) write(`${page.replaceAll(/\W/g, '-')}-${i}.mts`, code)
  }
  write('own.mts', OWN)
  write('tsconfig.json', JSON.stringify(TSCONFIG))
  await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd: home })
})

/** The programs of a README, as somebody pastes them: plain JavaScript, one file each. */
for (const page of ['README.md', 'packages/amiable/README.md']) {
  test(`every program of ${page} runs as it is pasted`, async () => {
    const home = join(folder, page.replaceAll(/\W/g, '-'))
    await run('mkdir', [home])
    writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'pasted', private: true }))
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: home })
    const programs = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```js\n([\s\S]*?)^```$/gm)]
    assert.ok(programs.length > 0)
    for (const [i, [, code = '']] of programs.entries()) {
      writeFileSync(join(home, `${i}.mjs`), code)
      assert.notEqual(await run(process.execPath, [`${i}.mjs`], { cwd: home }), '', code)
    }
  })
}

/** Both entries at work on each other: what one makes is the other's. */
const PROGRAM = `
async function main() {
  const server = await testing.startServer({ users: { frank: 'lean' } })
  const ami = await amiable.connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const pong = await ami.send('Ping')
  const [event] = await Promise.all([
    testing.expectEvents(ami, [{ Event: 'Hangup', Cause: 17 }]).then(([hangup]) => hangup),
    server.emit('Hangup', { Channel: 'PJSIP/100', Cause: 17 }),
  ])
  const own = Object.entries({ ...amiable, ...testing }).filter(([name, value]) => value.name !== name)
  const Message = Object.getPrototypeOf(event).constructor
  console.log(pong.Ping, event?.Event, Message.name, pong instanceof Message, own.length)
  try {
    server.channels.hangup('none')
  } catch (error) {
    console.log(error instanceof amiable.ArgumentError, error instanceof amiable.AmiError)
  }
  console.log(agi.HangupError === amiable.HangupError)
  await (await agi.listenAgi(() => {}, { port: 0 })).close()
  await ami.close()
  await server.close()
}
void main()
`

const SAID = 'Pong Hangup Message true 0\ntrue true\ntrue\n'

/** What a user adds to the catalog's interfaces is known to the client, and a typo in it found. */
const OWN = `
import type { AmiEvent, Client } from 'amiable'
declare module 'amiable' {
  interface Events { DongleNewSMS: { readonly Device: string } }
  interface Actions { DongleReset: { params: { Device: string } } }
}
export async function own(ami: Client, log: (event: AmiEvent) => void): Promise<void> {
  ami.on('DongleNewSMS', (event) => event.Device.length)
  ami.on('DongleNewSMS', log)
  await ami.send('DongleReset', { Device: 'dongle0' })
  // @ts-expect-error a misspelt header
  ami.on('DongleNewSMS', (event) => event.Devise)
  // @ts-expect-error a misspelt parameter
  await ami.send('DongleReset', { Devise: 'dongle0' })
}
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
