// A terminal that is closed while a command runs: the command logs off and ends, and leaves no core file.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { startServer } from 'amiable/testing'
import { CommandLine } from '../../../tools/testbed/command.ts'
import { hasPty, holdTerminal } from '../../../tools/testbed/pty.ts'

const server = await startServer({ users: { frank: 'lean' } })
const line = new CommandLine({ pbx1: { port: server.port, username: 'frank', secret: 'lean' } })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})

const skip = !hasPty && 'there is no python3 to hold a terminal'

for (const [words, action] of [
  [['events']],
  [['events', '--rate']],
  [['record', 'recording.jsonl']],
  [['shell']],
  [['top'], 'QueueStatus'],
  [['queue', '--watch'], 'QueueStatus'],
  [['list', 'queues', '--watch'], 'QueueSummary'],
  [['send', 'CoreStatus'], 'CoreStatus'],
] as const) {
  test(`${words.join(' ')} on a terminal that is closed`, { skip }, async () => {
    const before = server.calls.length
    const count = (name: string) => server.calls.slice(before).filter((call) => call.name === name).length
    if (words[0] === 'send') server.faults.drop({ action: 'CoreStatus', times: 1 })
    const command = [process.execPath, line.bin, ...words]
    const terminal = holdTerminal('closed', command, { env: line.env({ TERM: 'xterm' }), cwd: line.home })
    while (count('Login') === 0 || (action !== undefined && count(action) === 0)) await turn()
    // by SIGHUP, as any program that knows nothing of it
    assert.equal(await terminal.release(), '-1')
    // one that is not logged in yet has nothing to log off
    if (action !== undefined) assert.equal(count('Logoff'), 1)
  })
}

test('an error of which nobody can be told ends the command too', async (t) => {
  if (process.platform !== 'linux') return t.skip('/dev/full is of Linux')
  for (const words of ['nothing', '-H ami://frank@127.0.0.1:1 list queues']) {
    const ran = spawnSync('sh', ['-c', `exec ${process.execPath} ${line.bin} ${words} 2>/dev/full`], {
      env: line.env(),
      timeout: 60_000,
    })
    // null: it had to be ended
    assert.notEqual(ran.status, null, words)
    assert.notEqual(ran.status, 0, words)
  }
})
