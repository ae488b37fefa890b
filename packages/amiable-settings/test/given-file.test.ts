import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { makeFolder, readGivenFile, replaceFile } from '../src/given-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-given-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)
const LINUX = { skip: process.platform !== 'linux' && 'it is of Linux' }

test('a file is read to its end, and one that is too long is not', () => {
  writeFileSync(at('long'), 'ä'.repeat(100_000))
  assert.equal(readGivenFile(at('long')), 'ä'.repeat(100_000))
  assert.throws(() => readGivenFile(at('long'), 199_999), /it is longer than 199999 bytes/)
  assert.throws(() => readGivenFile(at('none')), /ENOENT/)
  assert.throws(() => readGivenFile(folder), /EISDIR/)
})

test('neither a pipe that nobody writes to nor a device without an end holds the reader up', LINUX, () => {
  execFileSync('mkfifo', [at('pipe')])
  assert.throws(() => readGivenFile(at('pipe')), /nobody writes to the pipe/)
  assert.throws(() => readGivenFile('/dev/zero', 1_000), /it is longer than 1000 bytes/)
})

test('of a pipe that is written to slowly all is read', LINUX, () => {
  const script = `import { readGivenFile } from ${JSON.stringify(new URL('../src/given-file.ts', import.meta.url).href)}
    console.log(readGivenFile('/dev/fd/3'))`
  writeFileSync(at('reader.ts'), script)
  const line = `exec 3< <(printf one; sleep 0.2; printf two); exec "$0" --import tsx "$1"`
  const read = execFileSync('bash', ['-c', line, process.execPath, at('reader.ts')], { cwd: import.meta.dirname })
  assert.equal(read.toString(), 'onetwo\n')
})

test('folders are made, also above, and one that is there is none to make', () => {
  makeFolder(at('one/two/three'), 0o700)
  makeFolder(at('one/two/three'), 0o700)
  assert.equal(statSync(at('one/two')).mode & 0o777, 0o700)
  writeFileSync(at('file'), '')
  assert.throws(() => makeFolder(at('file')), /EEXIST/)
  assert.throws(() => makeFolder(at('file/below')), /ENOTDIR/)
})

test('a folder that the system does not make is an error, and no loop', LINUX, () => {
  assert.throws(() => makeFolder('/proc/amiable/below'), /ENOENT|EACCES|EROFS/)
})

test('a file is replaced whole, for its owner alone, and a link stays one', () => {
  mkdirSync(at('dotfiles'), { mode: 0o700 })
  writeFileSync(at('dotfiles/config'), 'old', { mode: 0o644 })
  symlinkSync(at('dotfiles/config'), at('config'))
  replaceFile(at('config'), 'new')
  assert.equal(lstatSync(at('config')).isSymbolicLink(), true)
  assert.equal(readFileSync(at('dotfiles/config'), 'utf8'), 'new')
  assert.equal(statSync(at('config')).mode & 0o777, 0o600)
  symlinkSync(at('gone'), at('dangling'))
  assert.throws(() => replaceFile(at('dangling'), 'new'), /ENOENT/)
  assert.equal(existsSync(at('gone')), false)
  replaceFile(at('fresh/file'), 'new')
  assert.equal(readFileSync(at('fresh/file'), 'utf8'), 'new')
})

test('nobody else says where a file is written, or gets what is written', LINUX, () => {
  mkdirSync(at('open'))
  chmodSync(at('open'), 0o777)
  assert.throws(() => replaceFile(at('open/file'), 'new'), /open can be changed by other users: chmod go-w /)
  // as /tmp is: what somebody has prepared there for this process is not written through
  chmodSync(at('open'), 0o1777)
  writeFileSync(at('theirs'), 'old')
  symlinkSync(at('theirs'), at(`open/file.${process.pid}`))
  replaceFile(at('open/file'), 'new')
  assert.equal(readFileSync(at('theirs'), 'utf8'), 'old')
  assert.equal(lstatSync(at('open/file')).isSymbolicLink(), false)
  assert.deepEqual(readdirSync(at('open')), ['file'])
})

const ROOT = { skip: process.getuid?.() !== 0 && 'only root gives files to other users' }

test('a folder and a link of another user are refused', ROOT, () => {
  mkdirSync(at('foreign'), { mode: 0o755 })
  lchownSync(at('foreign'), 1, 1)
  assert.throws(() => replaceFile(at('foreign/file'), 'new'), /foreign belongs to another user/)
  writeFileSync(at('mine'), 'old')
  symlinkSync(at('mine'), at('link'))
  lchownSync(at('link'), 1, 1)
  assert.throws(() => replaceFile(at('link'), 'new'), /link belongs to another user/)
  assert.equal(readFileSync(at('mine'), 'utf8'), 'old')
})
