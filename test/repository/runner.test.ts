// npm test itself: what it finds, how it counts, and that it cannot end well by accident.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { findTests } from '../../tools/runner/discovery.ts'
import { ROOT } from './paths.ts'
import { run } from './run.ts'

const FILES = {
  'a/passes.test.js': "const { test, describe } = require('node:test'); describe('suite', () => test('one', () => {}))",
  'a/fails.test.js':
    "const { test } = require('node:test'); test('outer', (t) => t.test('inner', () => { throw new Error('boo') }))",
  'a/skips.test.js': "const { test } = require('node:test'); test('later', { skip: 'no moon' }, () => {})",
  'a/suite.js': "exports.suite = () => require('node:test').test('from a suite', () => {})",
  'a/uses.test.js': "require('./suite.js').suite()",
  'a/empty.test.js': "console.log('nothing here')",
  'a/dies.test.js': "require('node:test').test('fine', () => {}); setTimeout(() => process.exit(7), 20)",
  'a/hangs.test.js': "require('node:test').test('endless', () => new Promise(() => setInterval(() => {}, 1000)))",
  'a/broken.test.js': "throw new Error('cannot load')",
}

test('tests are counted once, suites and parents are not, and what fails is told whole', async () => {
  const { lastLine, said } = await reported('passes', 'fails', 'skips')
  assert.equal(lastLine, '1 passed, 1 failed, 1 skipped')
  assert.match(said, /✗ outer › inner\n +Error: boo/)
  assert.match(said, /1 skipped: no moon/)
})

test('a test that is written in another file counts for the one that runs it', async () => {
  const { lastLine, said } = await reported('uses')
  assert.equal(lastLine, '1 passed, 0 failed')
  assert.match(said, /^✓ a\/uses\.test\.js {2}1 passed/)
})

test('a run without skips says nothing of them', async () => {
  assert.equal((await reported('passes')).lastLine, '1 passed, 0 failed')
})

for (const [name, passed] of [
  ['empty', 0],
  ['dies', 1],
  ['broken', 0],
] as const) {
  test(`a file that ${name === 'empty' ? 'holds no test' : name === 'dies' ? 'dies half-way' : 'cannot load'} has failed`, async () => {
    assert.equal((await reported(name)).lastLine, `${passed} passed, 1 failed`)
  })
}

test('a file that does not end in time has failed, and the test it was in is named', async () => {
  const { lastLine, said } = await reported('hangs')
  assert.equal(lastLine, '0 passed, 1 failed')
  assert.match(said, /the file itself, in: endless/)
})

test('files are found everywhere but where others run them', () => {
  const root = folder({
    'packages/x/test/a.test.ts': '',
    'contract/b.test.ts': '',
    'contract/soak/c.test.ts': '',
    'bench/d.test.ts': '',
    'node_modules/x/e.test.ts': '',
    'packages/x/dist/f.test.ts': '',
    'packages/x/src/g.ts': '',
  })
  try {
    assert.deepEqual(findTests(root), { apart: ['packages/x/test/a.test.ts'], shared: ['contract/b.test.ts'] })
    assert.deepEqual(findTests(root, ['/b']), { apart: [], shared: ['contract/b.test.ts'] })
    assert.deepEqual(findTests(root, [], true), { apart: [], shared: ['contract/soak/c.test.ts'] })
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

test('a run that finds nothing to do has failed', () => {
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'tools/runner/main.ts', 'no-such-test'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  assert.equal(status, 1)
  assert.equal(stdout.trimEnd().split('\n').at(-1), '0 passed, 1 failed')
})

interface Reported {
  readonly said: string
  readonly lastLine: string | undefined
}

async function reported(...names: readonly string[]): Promise<Reported> {
  const root = folder(FILES)
  try {
    const files = names.map((name) => join(root, `a/${name}.test.js`))
    const timeout = names.includes('hangs') ? '3000' : '60000'
    const said = await run(process.execPath, [
      '--import',
      'tsx',
      'test/repository/report-of.ts',
      root,
      timeout,
      ...files,
    ])
    return { said, lastLine: said.trimEnd().split('\n').at(-1) }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'amiable-runner-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}
