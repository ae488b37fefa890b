// A shell whose lines come from a pipe, as a script has it.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { startServer } from 'amiable/testing'
import { CommandLine } from '../../../../tools/testbed/command.ts'

const server = await startServer({ users: { frank: 'lean' } })
const second = await startServer({ users: { frank: 'lean' }, asterisk: 16 })
const account = { port: server.port, username: 'frank', secret: 'lean' }
const line = new CommandLine({
  pbx1: account,
  pbx2: { ...account, port: second.port },
  away: { ...account, port: 1 },
  reader: { ...account, readOnly: true },
})
after(async () => {
  line[Symbol.dispose]()
  await server.close()
  await second.close()
})
const lines = async (given: readonly string[], args: readonly string[] = []) =>
  await line.run(['shell', ...args], { input: given.map((one) => `${one}\n`).join('') })

test('verbs, actions and console commands go over one connection', async () => {
  const before = server.calls.filter(({ name }) => name === 'Login').length
  const { code, stdout, stderr } = await lines([
    '# a remark',
    '',
    'Ping',
    'amiable list queues -o name',
    '! core show version',
    "send DBPut Family=a Key=b 'Val=c d'",
  ])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^Success\n {2}Ping {2}Pong\nsupport\nsales\nAsterisk 22[^\n]*\nSuccess[^\n]*\n$/)
  assert.equal(server.calls.filter(({ name }) => name === 'Login').length - before, 1)
  assert.equal(server.calls.findLast(({ name }) => name === 'DBPut')?.get('Val'), 'c d')
})

test('the exit status is that of the last line, and a line that fails does not end the others', async () => {
  const { code, stdout, stderr } = await lines(['nothing', "list 'queues", 'Hangup Chanel=x', 'Ping', '! no such'])
  assert.equal(code, 1)
  assert.match(stdout, /^Success\n {2}Ping {2}Pong\nNo such command/)
  assert.match(stderr, /there is no verb nothing\n[\s\S]*the line needs another '\n[\s\S]*no parameter Chanel/)
  assert.equal((await lines(['! no such', 'Ping'])).code, 0)
  assert.equal((await lines(['Ping', 'exit', '! no such'])).code, 0)
})

test('settings hold from their line on', async () => {
  const { code, stdout, stderr } = await lines([
    '\\json',
    'Ping',
    'Ping -o raw',
    '\\json',
    '\\x',
    'list queues -w Queue=sales -s Queue,Callers',
    '\\timing',
    '\\c pbx2',
    '! core show version',
  ])
  assert.equal(code, 0, stderr)
  const end = stdout.indexOf('\n}\n') + 3
  assert.equal(JSON.parse(stdout.slice(0, end)).data.Ping, 'Pong')
  assert.match(stdout.slice(end), /^Response: Success\n[\s\S]*\n\nQueue {4}sales\nCallers {2}0\nAsterisk 16/)
  assert.match(
    stderr,
    /^answers are JSON\nanswers are text\na row is a block\neach line says how long it took\n[\d.]+ m?s\n/,
  )
})

test('what a shell cannot do is said, and what it is not for', async () => {
  const wrong = [
    '\\nothing',
    'shell',
    'send -',
    'DBPut Family=a Key=b Val=@-',
    '\\watch soon',
    '\\watch 1',
    '\\c',
    '\\c none',
  ]
  for (const one of wrong) {
    const { code, stdout, stderr } = await lines([one])
    assert.deepEqual([code, stdout], [2, ''], one)
    assert.match(stderr, /^amiable: /)
  }
  assert.match((await lines(['\\?'])).stdout, /ACTION Name=value/)
  assert.equal((await lines(['DBPut Family=a Key=b Val=c'], ['-c', 'reader'])).code, 2)
})

test('events come beside, with the options of the verb', async () => {
  const child = line.start(['shell'])
  let shown = ''
  const came = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        shown += text
        if (/PJSIP\/9-1/.test(shown)) resolve()
      })
    }
  })
  const before = server.calls.filter(({ name }) => name === 'Login').length
  child.stdin.write('watch Hangup -w Cause=17 --time none\nwatch\n')
  while (server.calls.filter(({ name }) => name === 'Login').length < before + 2) await turn()
  for (const Cause of [16, 17])
    server.emit('Hangup', { Channel: `PJSIP/${Cause === 17 ? 9 : 8}-1`, Cause, 'Cause-txt': 'x\x1b[2J' })
  await came
  child.stdin.end('watch off\nwatch\n')
  assert.equal(await new Promise((resolve) => child.on('close', resolve)), 0)
  assert.match(shown, /watch Hangup -w Cause=17 --time none\n/)
  assert.match(shown, /Hangup {14}PJSIP\/9-1 {2}17 x\\x1b\[2J\n/)
  assert.match(shown, /, none lost\nno events are shown\n$/)
  assert.doesNotMatch(shown, /PJSIP\/8/)
})

test('exit status 3 and 2 where there is no server, or more than one', async () => {
  assert.equal((await lines(['Ping'], ['-c', 'away'])).code, 3)
  const several = await lines(['Ping'], ['--all'])
  assert.deepEqual([several.code, several.stdout], [2, ''])
})
