// On a terminal: questions, and one that nobody reads, as with ^S or over a stalled ssh.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { startServer } from 'amiable/testing'
import { CommandLine, ended } from '../../../tools/testbed/command.ts'

const server = await startServer({ users: { frank: 'lean' } })
const line = new CommandLine({ pbx1: { port: server.port, username: 'frank', secret: 'lean' } })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})

// holds the other end of a terminal and never reads it; a line on its input is a ^C, and it says how the command ended
const HOLDER = `
import os, pty, signal, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
sys.stdin.readline()
os.kill(pid, signal.SIGINT)
deadline = time.time() + 15
while time.time() < deadline:
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
        print(os.waitstatus_to_exitcode(status))
        sys.exit()
    time.sleep(0.05)
os.kill(pid, signal.SIGKILL)
print('it did not end')
`
const python = spawnSync('python3', ['-c', 'import os; os.waitstatus_to_exitcode']).status === 0
const skip = !python && 'there is no python3 to hold a terminal'

for (const args of [
  ['events', '--time', 'none'],
  ['top', '--interval', '10ms'],
]) {
  test(`${args[0]} on a terminal that nobody reads`, { skip }, async () => await unread(args))
}

async function unread(words: readonly string[]): Promise<void> {
  // that of the command before may not be gone yet, and would count for this one
  while (server.sessions.length > 0) await turn()
  const before = logins()
  const args = ['-c', HOLDER, process.execPath, line.bin, ...words]
  const holder = spawn('python3', args, { env: line.env(), stdio: ['pipe', 'pipe', 'inherit'] })
  await server.waitForLogin()
  if (words[0] === 'top') await server.waitFor('QueueStatus')
  // far more than the terminal and the writer hold
  for (let n = 1; n <= 8_000; n++) {
    server.emit('UserEvent', { UserEvent: 'Flood', Text: 'x'.repeat(1_000) })
    // every row of a screen is another one
    if (n % 20 === 0) server.channels.create({ name: `PJSIP/${n}` })
    const [oldest, ...others] = server.channels.list()
    if (oldest !== undefined && others.length > 30) server.channels.hangup(oldest.name)
    if (n % 100 === 0) await server.flushed()
  }
  assert.equal(server.sessions.length, 1)
  assert.equal(logins() - before, 1)
  holder.stdin.end('\n')
  const said = await new Promise<string>((resolve) => {
    let text = ''
    holder.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    holder.on('close', () => resolve(text.trim()))
  })
  assert.equal(said, '0')
}

function logins(): number {
  return server.calls.filter(({ name }) => name === 'Login').length
}

// types a line when the terminal shows a colon at the end, and prints everything that the terminal showed
const TYPIST = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
shown, typed = b'', False
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    shown += part
    if not typed and (shown.rstrip().endswith(b':') or shown.rstrip().endswith(b'[y/N]')):
        typed = True
        os.write(terminal, sys.argv[1].encode() + b'\\r')
print(shown.decode().replace('\\r', ''), end='')
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`

async function typing(text: string, args: readonly string[], env = {}): Promise<string> {
  const child = spawn('python3', ['-c', TYPIST, text, process.execPath, line.bin, ...args], { env: line.env(env) })
  const { stdout } = await ended(child)
  return stdout
}

test('a secret that is nowhere else is asked for, and not shown', { skip }, async () => {
  const shown = await typing('lean', ['-H', `ami://frank@127.0.0.1:${server.port}`, '-x', 'core show version'])
  assert.match(shown, /^secret of frank@127\.0\.0\.1: \nAsterisk 22[^\n]*\n0\n$/)
  const wrong = await typing('wrong', ['-H', `ami://frank@127.0.0.1:${server.port}`, '-x', 'core show version'])
  assert.match(wrong, /the login of frank was refused[\s\S]*\n4\n$/)
  assert.doesNotMatch(shown + wrong, /lean|: wrong/)
})

test('a protected context asks before it changes something', { skip }, async () => {
  await line.run(['context', 'set', 'pbx1', '--protect'])
  const [yes, no] = await Promise.all([
    typing('y', ['send', 'DBPut', 'Family=a', 'Key=b', 'Val=c']),
    typing('n', ['send', 'DBPut', 'Family=a', 'Key=b', 'Val=c']),
  ])
  assert.match(yes, /^DBPut on pbx1\? \[y\/N\] y\nSuccess[^\n]*\n0\n$/)
  assert.match(no, /amiable: nothing was changed\n2\n$/)
})
