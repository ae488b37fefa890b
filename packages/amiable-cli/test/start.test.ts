// What V8 made of the command's files is kept in the user's cache, and no fault of that is ever one of the command.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { CommandLine, ended } from '../../../tools/testbed/command.ts'

// Node hands the variable of the coverage on to children that do not have it
const KEEPS = { NODE_DISABLE_COMPILE_CACHE: '', NODE_V8_COVERAGE: '' }

/** Runs the same page in a home, and expects what is printed without anything kept. */
async function help(line: CommandLine, env: Readonly<Record<string, string>> = KEEPS): Promise<void> {
  const [plain, ran] = await Promise.all([line.run(['help', 'command']), line.run(['help', 'command'], { env })])
  assert.deepEqual(ran, plain)
  assert.equal(ran.code, 0)
}

function keptIn(home: string): string[] {
  const folder = join(home, 'amiable/code')
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => join(folder, name))
        .filter((path) => statSync(path).isFile())
        .sort()
    : []
}

test('the first start keeps code for the user alone, and the next one needs no other', async () => {
  using line = new CommandLine()
  const caches = join(line.home, '.cache')
  await help(line)
  const kept = keptIn(caches)
  assert.ok(kept.length >= 3, kept.join())
  for (const path of kept) assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(statSync(dirname(kept[0] ?? '')).mode & 0o777, 0o700)
  const before = kept.map((path) => statSync(path).ino)
  await help(line)
  assert.deepEqual(
    kept.map((path) => statSync(path).ino),
    before,
  )
})

test('what others could have written, and what is cut short, is not used and made again', async () => {
  using line = new CommandLine()
  await help(line)
  const [open = '', cut = ''] = keptIn(join(line.home, '.cache'))
  const whole = readFileSync(cut)
  chmodSync(open, 0o622)
  writeFileSync(cut, whole.subarray(0, whole.length / 2))
  await help(line)
  assert.equal(statSync(open).mode & 0o777, 0o600)
  assert.equal(readFileSync(cut).length, whole.length)
})

const damages: readonly (readonly [what: string, damage: (path: string, whole: Buffer) => void])[] = [
  ['a byte in the first copy is another', (path, whole) => writeFileSync(path, flipped(whole, whole.length >> 2))],
  ['a byte in the middle is another', (path, whole) => writeFileSync(path, flipped(whole, whole.length >> 1))],
  ['the last byte is another', (path, whole) => writeFileSync(path, flipped(whole, whole.length - 1))],
  ['it lacks the last byte', (path, whole) => writeFileSync(path, whole.subarray(0, -1))],
  ['it holds one copy', (path, whole) => writeFileSync(path, whole.subarray(0, whole.length / 2))],
  ['it is empty', (path) => writeFileSync(path, '')],
  ['it is full of zeros', (path, whole) => writeFileSync(path, Buffer.alloc(whole.length))],
  ['it is a folder', (path) => rmSync(path) ?? mkdirSync(join(path, 'inside'), { recursive: true })],
  ['it is a pipe', (path) => rmSync(path) ?? spawnSync('mkfifo', ['-m', '600', path])],
]

function flipped(whole: Buffer, at: number): Buffer {
  const other = Buffer.from(whole)
  other[at] = (other[at] ?? 0) ^ 0xff
  return other
}

test('damaged files are not used and made again', async (t) => {
  using line = new CommandLine()
  await help(line)
  const caches = join(line.home, '.cache')
  const kept = keptIn(caches)
  const sizes = kept.map((path) => statSync(path).size)
  const whole = kept.map((path) => readFileSync(path))
  for (const [what, damage] of damages) {
    await t.test(what, async () => {
      kept.forEach((path, at) => {
        damage(path, whole[at] ?? Buffer.of())
      })
      await help(line)
      assert.deepEqual(keptIn(caches), kept)
      assert.deepEqual(
        kept.map((path) => statSync(path).size),
        sizes,
      )
      for (const path of kept) {
        const copies = readFileSync(path)
        assert.ok(copies.subarray(0, copies.length / 2).equals(copies.subarray(copies.length / 2)), path)
      }
    })
  }
})

test('what a build before has left is removed after a week', async () => {
  using line = new CommandLine()
  const folder = join(line.home, '.cache/amiable/code')
  const [old = '', young = '', foreign = ''] = ['0'.repeat(16), 'f'.repeat(16), 'photographs'].map((build) =>
    join(folder, build === 'photographs' ? build : `${build}-v20.20.2-x64`),
  )
  for (const path of [old, young, foreign]) await mkdir(path, { recursive: true })
  for (const path of [old, foreign]) utimesSync(path, 0, 0)
  await help(line)
  assert.deepEqual([old, young, foreign].map(existsSync), [false, true, true])
})

test('nothing is read or kept in a folder that others can change', async () => {
  using line = new CommandLine()
  await help(line)
  const caches = join(line.home, '.cache')
  const folder = dirname(keptIn(caches)[0] ?? '')
  for (const open of [line.home, caches, join(caches, 'amiable'), dirname(folder), folder]) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { mode: 0o700 })
    chmodSync(open, 0o777)
    await help(line)
    assert.deepEqual(keptIn(caches), [], open)
    chmodSync(open, 0o700)
  }
  await help(line)
  assert.ok(keptIn(caches).length > 0)
})

test('a link that another user has put into a home such as /tmp leads nowhere', async () => {
  using line = new CommandLine()
  const home = join(line.home, 'shared')
  const precious = join(line.home, 'elsewhere/precious')
  for (const path of [join(home, '.cache/amiable'), precious]) await mkdir(path, { recursive: true })
  utimesSync(precious, 0, 0)
  symlinkSync(dirname(precious), join(home, '.cache/amiable/code'))
  chmodSync(home, 0o1777)
  await help(line, { HOME: home, ...KEEPS })
  assert.deepEqual(readdirSync(dirname(precious)), ['precious'])
})

test('what a start that was killed has left in the middle of a file does not last', async () => {
  using line = new CommandLine()
  await help(line)
  const [first = ''] = keptIn(join(line.home, '.cache'))
  rmSync(first)
  // in a container every start has the same number
  const child = line.start(['help', 'command'], { ...KEEPS })
  writeFileSync(`${first}.${child.pid}`, 'half')
  await ended(child)
  assert.ok(existsSync(first))
  assert.ok(!existsSync(`${first}.${child.pid}`))
})

test('nothing is kept where nothing can be, and where Node is asked to keep nothing', async () => {
  using line = new CommandLine()
  const foreign = join(line.home, 'foreign')
  await mkdir(foreign)
  // as with sudo, which leaves HOME as it was
  if (process.geteuid?.() === 0) chownSync(foreign, 1, 1)
  else chmodSync(foreign, 0o500)
  line.file('file', '')
  for (const env of [
    { HOME: foreign, ...KEEPS },
    { HOME: join(line.home, 'file'), ...KEEPS },
    { HOME: join(line.home, 'nowhere'), ...KEEPS },
    { HOME: '', ...KEEPS },
    { HOME: '.', ...KEEPS },
    ...(process.platform === 'linux' ? [{ HOME: '/proc', ...KEEPS }] : []),
    { NODE_DISABLE_COMPILE_CACHE: '1' },
  ]) {
    await help(line, env)
  }
  assert.deepEqual(readdirSync(foreign), [])
  assert.deepEqual(readdirSync(line.home).sort(), ['file', 'foreign'])
  const caches = join(line.home, 'caches')
  await mkdir(caches)
  await help(line, { XDG_CACHE_HOME: caches, ...KEEPS })
  assert.ok(keptIn(caches).length > 0)
})
