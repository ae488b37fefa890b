import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type ScriptedReply, startServer } from 'amiable/testing'
import { CommandLine, ended } from '../../../../tools/testbed/command.ts'

const server = await startServer({
  users: { frank: 'lean', reader: { secret: 'ro', write: ['reporting'] } },
})
server.handle('Command', async (action, _, builtIn): Promise<ScriptedReply> => {
  const command = action.get('Command')
  if (command === 'hostile') return { Message: 'Command output follows', Output: 'a\tb\x1b[2J\u202e' }
  return command === 'forever' ? await new Promise<undefined>(() => {}) : await builtIn()
})
const pbx1 = { port: server.port, username: 'frank', secret: 'lean' }
const line = new CommandLine({
  pbx1,
  reader: { ...pbx1, username: 'reader', secret: 'ro' },
  away: { ...pbx1, port: 1 },
  guarded: { ...pbx1, protect: true },
  closed: { ...pbx1, readOnly: true },
})
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})

test('the output is as Asterisk gave it, and nothing else', async () => {
  const { code, stdout, stderr } = await line.run(['command', 'core', 'show', 'version'])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^Asterisk 22\.[^\n]*\n$/)
})

test('a command that Asterisk does not have exits with 1', async () => {
  const { code, stdout, stderr } = await line.run(['-x', 'pjsip reload all'])
  assert.deepEqual([code, stderr], [1, ''])
  assert.match(stdout, /^No such command 'pjsip reload all'/)
})

test('options stand anywhere, and --json is one document', async () => {
  const { code, stdout } = await line.run(['command', 'core', 'show', 'version', '--json', '--fail-on', 'Asterisk'])
  const { source, success, lines } = JSON.parse(stdout)
  assert.deepEqual([code, source, success, lines.length], [1, 'pbx1', false, 1])
})

test('--quiet prints nothing of what worked', async () => {
  assert.deepEqual(await line.run(['command', '-q', 'core', 'show', 'version']), { code: 0, stdout: '', stderr: '' })
})

test('what came from the wire cannot drive a terminal', async () => {
  const { stdout } = await line.run(['command', 'hostile'])
  assert.equal(stdout, 'a\tb\\x1b[2J\\u202e\n')
})

test('an account without the right is told which', async () => {
  const { code, stdout, stderr } = await line.run(['-c', 'reader', '-x', 'core show version'])
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /^amiable: reader: Command was refused: .*write = command/)
})

test('of several servers each has its heading, and one that fails makes it 8', async () => {
  const { code, stdout, stderr } = await line.run(['-c', 'pbx1,away,reader', '-x', 'core show version'])
  assert.equal(code, 8)
  assert.match(stdout, /^==> pbx1 <==\nAsterisk 22/)
  assert.match(stderr, /^amiable: away: .*ECONNREFUSED/m)
  assert.match(stderr, /^amiable: reader: Command was refused/m)
})

test('a context that is protected wants --yes, one that is read-only refuses, and both show', async () => {
  const [asked, answered, refused, shown, several] = await Promise.all([
    line.run(['-c', 'guarded', '-x', 'dialplan reload']),
    line.run(['-c', 'guarded', 'command', '--yes', 'dialplan reload']),
    line.run(['-c', 'closed', 'command', '--yes', 'dialplan reload']),
    line.run(['-c', 'guarded,closed', '-x', 'core show version']),
    line.run(['-c', 'pbx1,reader', '-x', 'dialplan reload']),
  ])
  assert.deepEqual([asked.code, answered.code, refused.code, shown.code, several.code], [2, 0, 2, 0, 2])
  assert.match(asked.stderr, /dialplan reload on guarded wants to be asked about/)
  assert.match(refused.stderr, /closed is read-only: dialplan reload is refused\n {2}amiable context set closed/)
  assert.match(several.stderr, /on pbx1, reader wants to be asked about/)
})

test('errors are JSON too where the output is', async () => {
  const { code, stderr } = await line.run(['-c', 'away', 'command', 'x', '-o', 'json'])
  const { error } = JSON.parse(stderr)
  assert.deepEqual([code, error.code, error.exit, error.source], [3, 'AMI_CONNECT', 3, 'away'])
})

test('SIGINT while it waits ends it with 130, and the server sees a clean end', async () => {
  const child = line.start(['-x', 'forever'])
  const done = ended(child)
  await server.waitFor('Command', { Command: 'forever' })
  child.kill('SIGINT')
  assert.equal((await done).code, 130)
})
