// What a script gives by mistake, and what a system does not give: the command says so in a line, and never waits for it.
import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { startServer } from 'amiable/testing'
import { CommandLine, ended } from '../../../tools/testbed/command.ts'
import { PlayedServer } from '../../../tools/testbed/played-server.ts'
import { logOff } from '../src/server/session.ts'

const server = await startServer({ users: { frank: 'lean' } })
const account = { port: server.port, username: 'frank', secret: 'lean' }
const line = new CommandLine({ pbx1: account })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})
const shell = promisify(execFile)
const LINUX = { skip: process.platform !== 'linux' && 'it is of Linux' }

for (const [args, says] of [
  [['events', ''], /an argument of events must not be empty/],
  [['-c', '', 'list', 'channels'], /-c, --context must not be empty/],
  [['list', 'channels', '-c', ','], /--context and AMIABLE_CONTEXT must name a context/],
  [['events', '--call', ''], /--call must not be empty/],
  [['events', '-g', ''], /-g, --grep must not be empty/],
  [['events', '-w', 'A=1', '-w', ''], /-w, --where must not be empty/],
  [['events', '--class', 'call,'], /--class .*It must be names with commas between them/],
  [['events', '-s', ''], /-s, --select .*It must be names with commas between them/],
  [['record', 'x', '--class', ''], /--class .*It must be names with commas between them/],
  [['proxy', '--to', 'x:1', '--only', ','], /--only .*It must be names with commas between them/],
  [['list', 'channels', '--sort', ''], /--sort must not be empty/],
  [['list', 'channels', '--sort', '-'], /--sort .*It must be a header, or -Header/],
  [['context', 'add', 'a', '--host', 'ami://u@h', '--ca', ''], /--ca must not be empty/],
  [['-x', ''], /-x must not be empty/],
  [[''], /an argument of amiable must not be empty/],
  [['list', 'channels', '--json', '-o', 'csv'], /option --json cannot be used with option -o/],
  [['events', '-o', 'raw', '--json'], /option --json cannot be used with option -o/],
  [['-H', 'ami://frank@pbx1:70000', 'list', 'channels'], /--host must have a port from 1 to 65535, and 70000 is none/],
  [['context', 'add', 'a', '--host', 'ami://fr%0Aank@h'], /--host must have no control characters in its user name/],
  [['record', '.'], /^.{0,40}\. is a folder, a link or a device/],
  [['record', '.', '--force'], /\. is a folder, a link or a device/],
  [['proxy', '--to', 'x:1', '--record', '.', '--force'], /\. is a folder, a link or a device/],
] as const satisfies readonly (readonly [readonly string[], RegExp])[]) {
  test(`used wrongly: ${args.map((word) => word || "''").join(' ')}`, async () => {
    const { code, stdout, stderr } = await line.run(args)
    assert.deepEqual([code, stdout], [2, ''], stderr)
    assert.match(stderr, says)
  })
}

test('a URL with a password is refused for what it is: an argument, or a variable', async () => {
  const env = { AMIABLE_URL: 'ami://frank:marked@pbx1' }
  const [variable, argument] = await Promise.all([
    line.run(['list', 'channels'], { env }),
    line.run(['-H', env.AMIABLE_URL, 'list', 'channels']),
  ])
  assert.match(variable.stderr, /AMIABLE_URL must not hold a password: addresses are shown in messages/)
  assert.match(argument.stderr, /--host must not hold a password: every user of this machine can read the arguments/)
  assert.doesNotMatch(variable.stderr + argument.stderr, /marked/)
})

test('a pipe that nobody writes to holds nothing up', LINUX, async () => {
  const pipe = join(line.home, 'pipe')
  execFileSync('mkfifo', ['-m', '600', pipe])
  const url = `ami://frank@127.0.0.1:${server.port}`
  const ran = await Promise.all([
    line.run(['-H', url, '-x', 'core show uptime'], { env: { AMIABLE_SECRET_FILE: pipe } }),
    line.run(['-x', 'core show uptime'], { env: { AMIABLE_CONFIG: pipe } }),
    line.run(['send', 'UserEvent', `UserEvent=@${pipe}`]),
    line.run(['doctor', '--config', pipe]),
    line.run(['context', 'add', 'a', '--host', 'amis://u@h', '--ca', pipe]),
    line.run(['simulate', '--office', pipe]),
    line.run(['simulate', '--tls', pipe]),
    line.run(['events', '-r', pipe]),
  ])
  for (const { code, stdout, stderr } of ran) {
    assert.deepEqual([code, stdout], [2, ''], stderr)
    assert.match(stderr, /nobody writes to the pipe|a directory, a pipe or a device/)
  }
})

test('certificates that are none are refused, for Node would trust the public ones instead', async () => {
  const empty = line.file('empty.pem', '')
  for (const args of [
    ['context', 'add', 'a', '--host', 'amis://u@h', '--ca', empty],
    ['simulate', '--tls', empty],
  ]) {
    const { code, stderr } = await line.run(args)
    assert.equal(code, 2)
    assert.match(stderr, /there is no certificate in |it is empty/)
  }
})

test('a home in which nothing can be made is one line, and no loop', LINUX, async () => {
  const env = { HOME: '/proc' }
  const { code, stderr } = await line.run(['context', 'add', 'a', '--host', 'ami://u@h'], { env })
  assert.equal(code, 2)
  assert.match(stderr, /^amiable: the configuration cannot be changed: E\w+[^\n]*\n$/)
})

test('a configuration that is a link stays one', async () => {
  using other = new CommandLine()
  const file = other.file('dotfiles/amiable.json', '{}', 0o600)
  const link = join(other.home, '.config/amiable/config.json')
  mkdirSync(join(other.home, '.config/amiable'), { recursive: true })
  symlinkSync(file, link)
  const { code, stderr } = await other.run(['context', 'add', 'a', '--host', 'ami://u@h'])
  assert.equal(code, 0, stderr)
  assert.equal(lstatSync(link).isSymbolicLink(), true)
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(file, 'utf8')).contexts), ['a'])
})

test('a recording that was broken off at its beginning, and one that the system does not read, are named', async () => {
  writeFileSync(join(line.home, 'cut.jsonl.gz'), gzipSync('{"amiable":"recording","version":1}\n').subarray(0, 11))
  const ran = await Promise.all([
    line.run(['events', '-r', 'cut.jsonl.gz']),
    line.run(['call', '-r', 'cut.jsonl.gz']),
    ...(LINUX.skip ? [] : [line.run(['events', '-r', '/proc/self/mem'])]),
  ])
  for (const { code, stderr } of ran) {
    assert.equal(code, 2)
    assert.match(stderr, /^amiable: (?:cut\.jsonl\.gz|\/proc\/self\/mem): [^\n]*(?:broken off|cannot be read)/)
  }
})

test('output that is closed counts as thrown away: Node has opened /dev/null in its place', LINUX, async () => {
  const words = `"${process.execPath}" "${line.bin}" -x 'core show uptime'`
  for (const closed of ['>&-', '2>&-', '<&-', '<&- >&- 2>&-'])
    await shell('sh', ['-c', `${words} ${closed}`], { env: line.env() })
})

test('^C of a watch before the login is 130: there is nothing that it could end in order', async (t) => {
  const mute = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
  t.after(() => mute.close())
  await new Promise((resolve) => mute.once('listening', resolve))
  const { port } = mute.address() as { port: number }
  using other = new CommandLine({ pbx1: { ...account, port } })
  const reached = new Promise((resolve) => mute.once('connection', resolve))
  const child = other.start(['events'])
  const done = ended(child)
  await reached
  child.kill('SIGINT')
  assert.deepEqual(await done, { code: 130, stdout: '', stderr: '' })
})

test('who has pressed ^C waits for a Logoff only a moment', async () => {
  const most: number[] = []
  const client = { close: async ({ timeout }: { timeout: number }) => void most.push(timeout) }
  for (const signal of [new AbortController().signal, AbortSignal.abort()]) await logOff({ signal }, client as never)
  const [patient = 0, interrupted = 0] = most
  assert.ok(interrupted < 500 && patient >= 2_000, String(most))
})

test('what only reads may be sent again after a lost connection, and the message says so', async () => {
  await using played = await PlayedServer.start(({ name }, { socket }) => {
    if (name === 'CoreStatus') socket.destroy()
    return name === 'CoreStatus' ? '' : undefined
  })
  using other = new CommandLine({ pbx1: { ...account, port: played.port } })
  const { code, stderr } = await other.run(['send', 'CoreStatus'])
  assert.equal(code, 3)
  assert.match(stderr, /it changes nothing, so you can send it again\n$/)
})
