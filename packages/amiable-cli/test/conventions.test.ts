// What holds for every verb: help, mistakes, streams, signals, colours, and that no secret is an argument.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { HAS_ROOM, isCareful } from '../../../tools/testbed/careful.ts'
import { CommandLine, ended } from '../../../tools/testbed/command.ts'
import { VERBS } from '../src/verbs/verbs.ts'
import { VERSION } from '../src/version.ts'

const server = await startServer({ users: { frank: 'a marked secret' } })
const line = new CommandLine({ pbx1: { port: server.port, username: 'frank', secret: 'a marked secret' } })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})

test('the version is that of the package', async () => {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  assert.equal(VERSION, manifest.version)
  assert.deepEqual(await line.run(['--version']), { code: 0, stdout: `${VERSION}\n`, stderr: '' })
})

test('without a verb the help is an error, with --help it is output', async () => {
  const [bare, asked] = await Promise.all([line.run([]), line.run(['--help'])])
  assert.deepEqual([bare.code, bare.stdout], [2, ''])
  assert.deepEqual([asked.code, asked.stderr], [0, ''])
  assert.equal(bare.stderr, asked.stdout)
  for (const { name, summary } of VERBS)
    assert.ok(asked.stdout.includes(name) && asked.stdout.includes(summary.slice(0, 20)), name)
})

for (const { name } of VERBS) {
  test(`the page of ${name} begins with two examples and fits a screen`, async () => {
    const [page, same] = await Promise.all([line.run([name, '--help']), line.run(['help', name])])
    assert.equal(page.code, 0)
    assert.equal(page.stdout, same.stdout)
    const lines = page.stdout.split('\n')
    assert.ok(lines[0]?.startsWith('amiable ') && lines[1]?.startsWith('amiable ') && lines[2] === '', page.stdout)
    for (const one of lines) assert.ok(one.length <= 80, one)
  })
}

for (const [args, says] of [
  [['comand'], /^amiable: there is no verb comand; did you mean command\?\n/],
  [['command', '--quite', 'x'], /^amiable: unknown option --quite; did you mean --quiet\?\n/],
  [['command'], /^amiable: missing required argument words\n/],
  [['command', 'x', '-o', 'xml'], /^amiable: .*xml.*Allowed choices are text, json, raw/],
  [['command', 'x', '--timeout', 'soon'], /--timeout .*It must be a time such as 30s/],
  [['-c', 'pbx2', 'command', 'x'], /^amiable: there is no context pbx2; did you mean pbx1\?\n/],
  [['help', 'comand'], /there is no verb comand/],
] as const) {
  test(`a mistake is one line and exits with 2: ${args.join(' ')}`, async () => {
    const { code, stdout, stderr } = await line.run(args)
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, says)
    assert.ok(stderr.split('\n').length <= 3, stderr)
  })
}

test('a secret is no argument, and what was given is not repeated', async () => {
  for (const option of ['--secret', '--password']) {
    const { code, stderr } = await line.run([option, 'a marked secret', 'command', 'x'])
    assert.equal(code, 2)
    assert.match(stderr, /there is no option for a secret/)
    assert.doesNotMatch(stderr, /marked/)
  }
})

test('a configuration that others can change is refused', async () => {
  using other = new CommandLine()
  other.file('.config/amiable/config.json', '{}', 0o666)
  const { code, stderr } = await other.run(['-x', 'core show version'])
  assert.equal(code, 2)
  assert.match(stderr, /can be changed by other users\n {2}chmod go-w /)
})

test('AMIABLE_URL and AMIABLE_SECRET_FILE are enough, and -v shows no secret', async () => {
  using other = new CommandLine()
  const env = {
    AMIABLE_URL: `ami://frank@127.0.0.1:${server.port}`,
    AMIABLE_SECRET_FILE: other.file('s', 'a marked secret', 0o600),
  }
  const { code, stderr } = await other.run(['-v', '-x', 'core show version'], { env })
  assert.equal(code, 0, stderr)
  assert.match(stderr, /logged in, AMI 11\.0\.0\n/)
  assert.doesNotMatch(stderr, /marked/)
})

test('-vv shows actions with their times, -vvv the wire, and neither a secret', async () => {
  const [names, wire] = await Promise.all(['-vv', '-vvv'].map((v) => line.run([v, '-x', 'core show version'])))
  assert.match(names?.stderr ?? '', /^amiable: pbx1: > Command$/m)
  assert.match(names?.stderr ?? '', /^amiable: pbx1: < Success to Command after [\d.]+ m?s$/m)
  assert.doesNotMatch(names?.stderr ?? '', /^ {4}/m)
  assert.match(wire?.stderr ?? '', /^ {4}Command: core show version$/m)
  assert.match(wire?.stderr ?? '', /^ {4}Key: \*\*\*$/m)
  for (const ran of [names, wire]) assert.doesNotMatch(JSON.stringify(ran), /marked/)
})

test('colours come with --color always and FORCE_COLOR, go with NO_COLOR, and are absent in a pipe', async () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal takes for a style
  const styled = /\x1b\[1m/
  const ls = async (args: string[], env = {}) => (await line.run(['context', 'ls', ...args], { env })).stdout
  assert.doesNotMatch(await ls([]), styled)
  assert.match(await ls(['--color', 'always']), styled)
  assert.match(await ls([], { FORCE_COLOR: '1' }), styled)
  assert.doesNotMatch(await ls([], { FORCE_COLOR: '1', NO_COLOR: '1' }), styled)
})

test('a reader that has seen enough is no failure', async () => {
  const child = line.start(['-x', 'core show version'])
  child.stdout.destroy()
  const code = await new Promise((resolve) => child.on('exit', resolve))
  assert.equal(code, 0)
})

test('a full disk is one line and exit status 74', async (t) => {
  if (process.platform !== 'linux') return t.skip('/dev/full is of Linux')
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, [line.bin, '-x', 'core show version'], {
    env: line.env(),
    stdio: ['ignore', full, 'pipe'],
  })
  let stderr = ''
  child.stderr?.on('data', (text) => {
    stderr += text
  })
  assert.equal(await new Promise((resolve) => child.on('close', resolve)), 74)
  assert.match(stderr, /^amiable: the output could not be written: ENOSPC[^\n]*\n$/)
})

test('SIGTERM exits with 143', async () => {
  server.faults.drop({ action: 'Command', times: 1 })
  const child = line.start(['-x', 'core show uptime'])
  const done = ended(child)
  await server.waitFor('Command', { Command: 'core show uptime' })
  child.kill('SIGTERM')
  assert.equal((await done).code, 143)
})

test('its processes have room for the scanner, but for a run that is to be without it', () => {
  const { stdout } = spawnSync(process.execPath, ['-p', HAS_ROOM], { env: line.env(), encoding: 'utf8' })
  assert.equal(stdout, `${!isCareful()}\n`)
})
