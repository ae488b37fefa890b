// On a terminal: questions, and one that nobody reads, as with ^S or over a stalled ssh.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { startServer } from 'amiable/testing'
import { CommandLine } from '../../../tools/testbed/command.ts'
import { hasPty, holdTerminal, typeLine } from '../../../tools/testbed/pty.ts'

const server = await startServer({ users: { frank: 'lean' } })
const line = new CommandLine({ pbx1: { port: server.port, username: 'frank', secret: 'lean' } })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})

const skip = !hasPty && 'there is no python3 to hold a terminal'

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
  const terminal = holdTerminal('unread', [process.execPath, line.bin, ...words], { env: line.env() })
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
  assert.equal(await terminal.release(), '0')
}

function logins(): number {
  return server.calls.filter(({ name }) => name === 'Login').length
}

async function typing(text: string, args: readonly string[]): Promise<string> {
  return await typeLine(text, [process.execPath, line.bin, ...args], { env: line.env() })
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
