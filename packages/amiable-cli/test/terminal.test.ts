// A terminal that nobody reads, as with ^S or over a stalled ssh: the connection lives, and ^C ends the command.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { CommandLine } from '../../../tools/testbed/command.ts'

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

test('a terminal that nobody reads', { skip: !python && 'there is no python3 to hold a terminal' }, async () => {
  const args = ['-c', HOLDER, process.execPath, line.bin, 'events', '--time', 'none']
  const holder = spawn('python3', args, { env: line.env(), stdio: ['pipe', 'pipe', 'inherit'] })
  await server.waitForLogin()
  // far more than the terminal and the writer hold
  for (let n = 1; n <= 4_000; n++) {
    server.emit('UserEvent', { UserEvent: 'Flood', Text: 'x'.repeat(1_000) })
    if (n % 100 === 0) await server.flushed()
  }
  assert.equal(server.sessions.length, 1)
  assert.equal(server.calls.filter(({ name }) => name === 'Login').length, 1)
  holder.stdin.end('\n')
  const said = await new Promise<string>((resolve) => {
    let text = ''
    holder.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    holder.on('close', () => resolve(text.trim()))
  })
  assert.equal(said, '0')
})
