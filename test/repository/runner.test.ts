// npm test itself: what it finds, how it counts, and that it cannot end well by accident.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { reachedTests, testsReaching } from '../../tools/runner/changed.ts'
import { findTests } from '../../tools/runner/discovery.ts'
import { Times } from '../../tools/runner/groups.ts'
import { inLanes, Lane } from '../../tools/runner/lanes.ts'
import { needsOf, ownTargets } from '../../tools/runner/needs.ts'
import type { RealTarget } from '../../tools/servers/asterisk/targets.ts'
import { SCANNER } from '../../tools/testbed/careful.ts'
import { FROM_SOURCES } from '../../tools/testbed/child.ts'
import { inFolder } from './in-folder.ts'
import { ROOT } from './paths.ts'
import { run } from './run.ts'

const FILES = {
  'a/passes.test.js': "const { test, describe } = require('node:test'); describe('suite', () => test('one', () => {}))",
  'a/fails.test.js':
    "const { test } = require('node:test'); test('outer', (t) => t.test('inner', () => { throw new Error('boo') }))",
  'a/skips.test.js': "const { test } = require('node:test'); test('later', { skip: 'no moon' }, () => {})",
  'a/left-out.test.js':
    "const { test, describe } = require('node:test'); describe('many', { skip: 'no sun' }, () => test('one', () => {}))",
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
  assert.match(
    said,
    /\n✗ a\/fails\.test\.js\n +✗ outer › inner\n +Error: boo[\s\S]*\n\n1 passed/,
    'and again at the end',
  )
  assert.match(said, /1 skipped: no moon/)
})

test('a suite that is left out is told once', async () => {
  const { lastLine, said } = await reported('left-out')
  assert.equal(lastLine, '0 passed, 0 failed, 1 skipped')
  assert.match(said, /1 skipped: no sun/)
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

test('files are found everywhere but where others run them, each with what it needs', () => {
  const none = { servers: [], named: false, alone: false }
  const files = {
    'packages/x/test/a.test.ts': '',
    'contract/b.test.ts': '// Its title.\n// needs: asterisk-22, alone\n',
    'contract/c.test.ts': '// needs: both\n',
    'contract/d.test.ts': "import { withAsterisk } from './targets.ts'\n// needs: asterisk-16 is no head\n",
    'contract/e.test.ts': '// needs: named\n',
    'contract/soak/f.test.ts': '',
    'bench/g.test.ts': '',
    'node_modules/x/h.test.ts': '',
    'packages/x/dist/i.test.ts': '',
    'packages/x/src/j.ts': '',
  }
  inFolder(files, (root) => {
    assert.deepEqual(findTests(root), [
      { path: 'contract/b.test.ts', servers: [22], named: false, alone: true },
      { path: 'contract/c.test.ts', ...none, servers: [22, 16] },
      { path: 'contract/d.test.ts', ...none },
      { path: 'contract/e.test.ts', ...none, named: true },
      { path: 'packages/x/test/a.test.ts', ...none },
    ])
    assert.deepEqual(
      findTests(root, ['/b']).map(({ path }) => path),
      ['contract/b.test.ts'],
    )
    assert.deepEqual(findTests(root, [], true), [{ path: 'contract/soak/f.test.ts', ...none, alone: true }])
  })
  const moon = { 'a.test.ts': '// needs: the moon\n' }
  assert.throws(() => inFolder(moon, findTests), /a\.test\.ts needs 'the', which is none of asterisk-22, /)
})

test('a file is handed those of the servers that it needs', () => {
  const [ours, older, theirs] = [
    { full: true, version: 22 },
    { full: true, version: 16 },
    { full: false, version: 22 },
  ] as RealTarget[]
  const targets = [ours!, older!, theirs!]
  const own = (text: string) => ownTargets(needsOf('a.test.ts', text), targets)
  assert.deepEqual(own('// needs: asterisk-22\n'), [ours])
  assert.deepEqual(own('// needs: both\n'), [ours, older])
  assert.deepEqual(own('// needs: named\n'), [theirs])
  assert.deepEqual(own(''), [])
})

test('a file that uses a server and does not say that it needs it has failed', async () => {
  const env = { ...plain(), AMIABLE_NEEDS: 'asterisk-16', AMIABLE_TARGETS: '[]' }
  const code = "import { withAsterisk } from './contract/targets.ts'; withAsterisk(22, () => {})"
  const { stderr } = await start([...FROM_SOURCES, '--input-type=module', '-e', code], env)
  assert.match(stderr, /its head must say `\/\/ needs: asterisk-22`/)
})

test('who waits for a turn gets it in order, and who needs two lanes waits for both', async () => {
  const [one, two] = [new Lane(), new Lane()]
  const log: string[] = []
  const job = (name: string, lanes: readonly Lane[]) =>
    inLanes(lanes, async () => {
      log.push(`${name} begins`)
      await turn()
      log.push(`${name} ends`)
    })
  await Promise.all([job('both', [one, two]), job('first', [one]), job('second', [two]), job('third', [one])])
  const ofLane = (...names: string[]) => log.filter((line) => names.includes(line.split(' ')[0] ?? ''))
  const inOrder = (...names: string[]) => names.flatMap((name) => [`${name} begins`, `${name} ends`])
  assert.deepEqual(ofLane('both', 'first', 'third'), inOrder('both', 'first', 'third'))
  assert.deepEqual(ofLane('both', 'second'), inOrder('both', 'second'))
  assert.deepEqual(log.slice(2, 4), ['first begins', 'second begins'])
  await assert.rejects(
    inLanes([one], () => Promise.reject(new Error('boo'))),
    /boo/,
  )
  await inLanes([one], async () => {})
})

test('the time of a group runs from its first file to its last, and past its budget it is told so', async () => {
  const times = new Times({ free: 60, repository: 0 })
  await Promise.all([times.of(['free'], turn), times.of(['free'], turn), times.of(['repository'], turn)])
  await times.of(['alone'], turn)
  assert.deepEqual(
    [...times.lines()],
    [
      ['free: 0 s of 60 s, 2 files with 0 s', false],
      ['repository: 0 s of 0 s, 1 files with 0 s', true],
      ['alone: 0 s, 1 files with 0 s', false],
    ],
  )
})

test('a change reaches the tests that import it, name its folder, or stand nearest', () => {
  const files = {
    'packages/amiable/src/index.ts': "export * from './wire/a.ts'",
    'packages/amiable/src/wire/a.ts': '',
    'packages/amiable/src/wire/b.ts': '',
    'packages/amiable/test/b.test.ts': "import '../src/wire/b.ts'",
    'contract/uses.test.ts': "import type { X } from 'amiable'",
    'contract/reads.test.ts': "new URL('../fixtures/', import.meta.url)",
    'fixtures/one.ami': '',
    'contract/runs.test.ts': "new URL('../packages/amiable-cli/bin/amiable.cjs', import.meta.url)",
    'contract/starts.test.ts': "new URL('children/one.ts', import.meta.url)",
    'contract/children/one.ts': "import 'amiable'",
    'packages/amiable-cli/bin/amiable.cjs': '',
    'packages/amiable-cli/src/main.ts': "import './words.ts'",
    'packages/amiable-cli/src/words.ts': '',
    'examples/all.test.ts': '',
    'shows/one.ts': "import '../fixtures/one.ts'",
    'fixtures/one.ts': '',
    'shows/test/each.test.ts': "new URL('..', import.meta.url)",
    'test/repository/layers.test.ts': '',
  }
  const reached = (...changed: string[]) =>
    inFolder(files, (root) => reachedTests(root, findTests(root), changed).map(({ path }) => path))
  const own = 'test/repository/layers.test.ts'
  assert.deepEqual(reached(), [])
  assert.deepEqual(reached('packages/amiable/src/wire/a.ts'), ['contract/starts.test.ts', 'contract/uses.test.ts', own])
  assert.deepEqual(reached('packages/amiable-cli/src/words.ts'), ['contract/runs.test.ts', own])
  assert.deepEqual(reached('fixtures/one.ts'), ['contract/reads.test.ts', 'shows/test/each.test.ts', own])
  assert.deepEqual(reached('packages/amiable/src/wire/b.ts'), ['packages/amiable/test/b.test.ts', own])
  assert.deepEqual(reached('fixtures/one.ami'), ['contract/reads.test.ts', own])
  assert.deepEqual(reached('examples/deep/one.ts'), ['examples/all.test.ts', own])
  assert.deepEqual(reached('docs/page.md'), [own])
  assert.equal(reached('package.json').length, 8)
})

test('a careful run has every file that uses a real server, but for those in which no client of ours reads', () => {
  const files = findTests(ROOT).filter(({ servers }) => servers.length > 0)
  const careful = testsReaching(ROOT, files, SCANNER)
  assert.deepEqual(
    files.filter((file) => !careful.includes(file)).map(({ path }) => path),
    [
      ...['async-16', 'async-22', 'differential-16', 'differential-22'].map(
        (name) => `contract/agi/differential/${name}.test.ts`,
      ),
      ...['perl-16', 'perl-22'].map((name) => `contract/agi/perl/${name}.test.ts`),
      'test/repository/catalog.test.ts',
    ],
  )
})

test('a run that finds nothing to do has failed, and says why in one line', async () => {
  const { code, stdout, stderr } = await start([...FROM_SOURCES, 'tools/runner/main.ts', 'no-such-test'])
  assert.deepEqual([code, stdout, stderr], [1, "no test file's path holds no-such-test\n", ''])
})

test('a Node that is too old is told so', async () => {
  for (const [node, ok] of [
    ['18.20.4', false],
    ['20.18.3', false],
    ['20.19.0', true],
    ['21.7.3', false],
    ['22.11.0', false],
    ['22.12.0', true],
    ['24.0.0', true],
  ] as const) {
    const fake = `Object.defineProperty(process.versions, 'node', { value: '${node}' })`
    const { code, stderr } = await start(['-e', `${fake}; require('./tools/runner/require-node.cjs')`])
    assert.equal(stderr, ok ? '' : `amiable needs Node 20.19, or 22.12 and newer, and this is ${node}\n`)
    assert.equal(code, ok ? 0 : 1, node)
  }
})

interface Reported {
  readonly said: string
  readonly lastLine: string | undefined
}

async function reported(...names: readonly string[]): Promise<Reported> {
  return await inFolder(FILES, async (root) => {
    const files = names.map((name) => `a/${name}.test.js`)
    const timeout = names.includes('hangs') ? '8000' : '60000'
    const program = [...FROM_SOURCES, 'test/repository/report-of.ts', root, timeout, ...files]
    const said = await run(process.execPath, program)
    return { said, lastLine: said.trimEnd().split('\n').at(-1) }
  })
}

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs Node in the checkout, however it ends. */
function start(args: readonly string[], env = plain()): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

function plain(): NodeJS.ProcessEnv {
  const { NODE_V8_COVERAGE: _, NODE_TEST_CONTEXT: __, ...env } = process.env
  return env
}
