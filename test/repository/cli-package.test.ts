// What a user of the command gets: the packed tarball, looked at by publint, installed in a clean place and run.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { importsOf, readSource, sourceFiles } from '../../tools/checks/sources.ts'
import { hasTmux, Terminal } from '../../tools/testbed/tmux.ts'
import { type Packed, pack } from './packed.ts'
import { ROOT } from './paths.ts'
import { run, tool } from './run.ts'

const PACKAGE = join(ROOT, 'packages/amiable-cli')
const folder = mkdtempSync(join(tmpdir(), 'amiable-cli-packed-'))
let packed: Packed
let tarball: string

before(async () => {
  packed = await pack(PACKAGE, folder)
  tarball = packed.tarball
})

after(() => rmSync(folder, { recursive: true, force: true }))

test('the tarball holds the command, its chunks and its papers, and nothing else', () => {
  const paths = packed.files.map(({ path }) => path)
  const chunks = paths.filter((path) => /^dist\/[\w-]+-[0-9A-Z]{8}\.cjs$/.test(path))
  const pages = paths.filter((path) => path.endsWith('.1'))
  const rest = paths.filter((path) => !chunks.includes(path) && !pages.includes(path))
  assert.deepEqual(rest.toSorted(), [
    ...[
      'LICENSE',
      'README.md',
      'bin/amiable.cjs',
      'dist/THIRD-PARTY.txt',
      'dist/catalog.json',
      'dist/main.cjs',
      'dist/start.cjs',
      'package.json',
    ],
  ])
  assert.ok(chunks.length > 3)
  // npm links them where man looks
  const { man } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { man: string[] }
  assert.deepEqual(
    man.filter((page) => !pages.includes(page.replace('./', ''))),
    [],
  )
  assert.deepEqual(
    pages.filter((page) => !man.includes(`./${page}`)),
    [],
  )
  assert.ok(man.length > 10)
  assert.equal(readSource(ROOT, 'packages/amiable-cli/LICENSE'), readSource(ROOT, 'LICENSE'))
})

test('the code needs nothing but Node, names its licences, and says nothing of the machine that made it', () => {
  const licences = readFileSync(join(PACKAGE, 'dist/THIRD-PARTY.txt'), 'utf8')
  for (const name of ['commander', 'fast-string-width', 'fast-string-truncated-width']) {
    assert.match(licences, new RegExp(`^${name} \\d.*\\(MIT\\)$`, 'm'))
  }
  for (const { path } of packed.files.filter(({ path }) => path.endsWith('.cjs'))) {
    const text = readFileSync(join(PACKAGE, path), 'utf8')
    for (const { specifier } of importsOf(text))
      assert.match(specifier, /^(?:node:)?[a-z_/]+$|^\.\.?\/[\w/-]+\.cjs$/, path)
    assert.ok(!text.includes(ROOT), path)
  }
})

/** The chunks of the command that a command line loads, without the digests in their names. */
function loadedBy(...words: readonly string[]): string[] {
  const secret = join(folder, 'secret')
  writeFileSync(secret, 'lean', { mode: 0o600 })
  const script = join(folder, 'loaded.cjs')
  writeFileSync(
    script,
    `process.on('exit', () => require('node:fs').writeSync(1, '\\n' + JSON.stringify(Object.keys(require.cache))))`,
  )
  const { stdout } = spawnSync(process.execPath, ['-r', script, join(PACKAGE, 'bin/amiable.cjs'), ...words], {
    encoding: 'utf8',
    // what is kept is not loaded by require
    env: { PATH: process.env.PATH, HOME: folder, AMIABLE_SECRET_FILE: secret, NODE_DISABLE_COMPILE_CACHE: '1' },
  })
  const paths = JSON.parse(stdout.split('\n').at(-1) ?? '') as string[]
  const dist = join(PACKAGE, 'dist')
  return paths.filter((path) => dirname(path) === dist).map((path) => basename(path).replace(/-[0-9A-Z]{8}\.cjs$/, ''))
}

test('a command line loads what it needs and no more, in few files', () => {
  assert.deepEqual(loadedBy('--version'), ['start.cjs', 'main.cjs'])
  const talking = loadedBy('command', 'core show version', '-H', 'ami://frank@127.0.0.1:1')
  assert.ok(talking.includes('client'))
  assert.ok(talking.length <= 6, talking.join())
  for (const words of [
    ['help', 'command'],
    ['complete', '--', 'send', 'QueueP'],
    ['complete', '--', 'list', ''],
  ]) {
    assert.ok(!loadedBy(...words).includes('client'), words.join(' '))
  }
})

test('no file of the library knows the command', () => {
  const files = sourceFiles(ROOT, (path) => /^packages\/amiable\/.*\.(?:ts|json)$/.test(path))
  const found = files.filter((path) => /commander|amiable-cli/.test(readSource(ROOT, path)))
  assert.deepEqual(found, [])
})

test('publint finds nothing', async () => {
  await tool('publint', 'run', tarball, '--strict', '--pack=false')
})

test('installed in a clean place, the command runs, and it is one package', async () => {
  const home = join(folder, 'clean')
  mkdirSync(home)
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'clean', private: true, version: '1.0.0' }))
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: home })
  const lock = JSON.parse(readFileSync(join(home, 'package-lock.json'), 'utf8'))
  assert.deepEqual(Object.keys(lock.packages), ['', 'node_modules/amiable-cli'])
  const command = join(home, 'node_modules/.bin/amiable')
  assert.ok(existsSync(command))
  const { version } = JSON.parse(readSource(ROOT, 'packages/amiable-cli/package.json'))
  assert.equal(await run(command, ['--version'], { cwd: home }), `${version}\n`)
  assert.match(await run(command, ['help', 'command'], { cwd: home }), /^amiable command /)
})

/** The commands that the README tells somebody to try, of the first terminal and of the second. */
function firstSteps(): string[][] {
  const blocks = [...packedReadme().matchAll(/^```sh\n((?:npx .*\n)+)```$/gm)]
  return blocks.map(([, lines = '']) => lines.trimEnd().split('\n'))
}

function packedReadme(): string {
  return readFileSync(join(folder, 'clean/node_modules/amiable-cli/README.md'), 'utf8')
}

const noTerminal = !hasTmux && 'there is no tmux to be the terminal'

test('what the README says to try works from the tarball, in two terminals', { skip: noTerminal }, async () => {
  const [[simulate = ''] = [], commands = []] = firstSteps()
  assert.match(simulate, /^npx amiable-cli simulate /)
  const cwd = join(folder, 'clean')
  // npx must ask nobody: the package is there
  const env = { PATH: process.env.PATH, HOME: cwd, LANG: 'C.UTF-8', npm_config_offline: 'true' }
  const isPrompt = (screen: string) => /^\$$/.test(screen.split('\n').at(-1) ?? '')
  await using server = await Terminal.open(env, 200, 10)
  await using terminal = await Terminal.open(env, 120, 30)
  for (const one of [server, terminal]) await one.type(`cd '${cwd}' && clear`)
  // another program may have the port of the README
  await server.type(`${simulate} --listen 127.0.0.1:0`)
  const paste = /^export AMIABLE_URL=.*$/m
  const [line = ''] = paste.exec(await server.shows((screen) => paste.test(screen))) ?? []
  await terminal.type(line)
  const tried: Readonly<Record<string, () => Promise<void>>> = {
    events: async () => {
      await terminal.shows((screen) => /^[\d:.]+ {2}Newchannel +PJSIP/m.test(screen))
      await terminal.press('C-c')
      await terminal.shows((screen) => /^(?:\^C)?\d+ events? in .+, none lost$/m.test(screen))
    },
    originate: async () => {
      await terminal.shows((screen) => /^answered after \S+ m?s {2}PJSIP\/100-/m.test(screen))
    },
    top: async () => {
      await terminal.shows((screen) => /^\S+ {2}live {2}calls \d/.test(screen) && screen.includes('[1 calls]'))
      await terminal.press('q')
    },
  }
  assert.deepEqual(
    commands.map((command) => command.split(' ')[2]),
    Object.keys(tried),
  )
  for (const command of commands) {
    await terminal.type(`clear; ${command}`)
    await tried[command.split(' ')[2] ?? '']?.()
    await terminal.shows(isPrompt)
  }
  await server.press('C-c')
  await server.shows(isPrompt)
  assert.ok(!existsSync(/SECRET_FILE='(.+)'/.exec(line)?.[1] ?? '/'))
})
