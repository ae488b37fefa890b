// `send -`: the actions of standard input.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { startServer } from 'amiable/testing'
import { CommandLine, ended } from '../../../../tools/testbed/command.ts'

const server = await startServer({ users: { frank: 'lean' } })
const second = await startServer({ users: { frank: 'lean' } })
const account = { port: server.port, username: 'frank', secret: 'lean' }
const line = new CommandLine({
  pbx1: account,
  pbx2: { ...account, port: second.port },
  away: { ...account, port: 1 },
  safe: { ...account, protect: true },
  reader: { ...account, readOnly: true },
})
after(async () => {
  line[Symbol.dispose]()
  await server.close()
  await second.close()
})
const send = async (input: string, ...args: string[]) => await line.run(['send', '-', ...args], { input })

test('each action has one answer, over one connection', async () => {
  const before = server.calls.length
  const { code, stdout, stderr } = await send(
    'Action: DBPut\r\nFamily: many\r\nKey: a\r\nVal: 1\r\n\r\n{"Action":"DBGet","Family":"many","Key":"a"}\nAction: Ping\n',
    '-o',
    'jsonl',
  )
  assert.deepEqual([code, stderr], [0, ''])
  const answers = stdout
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text))
  assert.deepEqual(
    answers.map(({ data }) => data.Response),
    ['Success', 'Success', 'Success'],
  )
  assert.equal(answers[1].events[0].Val, '1')
  assert.deepEqual(
    // a session that lasts a second asks ListCommands whether the server has booted
    server.calls.slice(before).flatMap(({ name }) => (name === 'ListCommands' ? [] : name)),
    ['Challenge', 'Login', 'DBPut', 'DBGet', 'Ping', 'Logoff'],
  )
})

test('one that is wrong or refused is said with its line, and does not stop the others', async () => {
  const { code, stdout, stderr } = await send(
    'Action: Pong\n\nAction: DBGet\nFamily: none\nKey: a\n\nnothing\n\nAction: Hangup\nChannel: none\n\nAction: Ping\n\n',
  )
  assert.equal(code, 2)
  assert.match(stdout, /^Success\n {2}Ping {2}Pong\n$/)
  assert.match(stderr, /^amiable: line 1: there is no action Pong; did you mean Ping\?$/m)
  assert.match(stderr, /^amiable: pbx1: line 3: DBGet was refused: /m)
  assert.match(stderr, /^amiable: line 7: nothing must be Name: value$/m)
  assert.match(stderr, /^amiable: pbx1: line 9: Hangup was refused: /m)
  const refused = await send('{"Action":"Hangup","Channel":"none"}\n', '-o', 'json')
  assert.equal(refused.code, 1)
  assert.equal(JSON.parse(refused.stderr).error.code, 'AMI_REFUSED')
})

test('an answer comes before the next action is there', async () => {
  const child = line.start(['send', '-'])
  const done = ended(child)
  const answers = async (text: RegExp) =>
    await new Promise<void>((resolve) => child.stdout.on('data', (part: string) => text.test(part) && resolve()))
  child.stdin.write('Action: Ping\n\n')
  await answers(/Pong/)
  child.stdin.write('Action: CoreStatus\n\n')
  await answers(/CoreCurrentCalls/)
  child.kill('SIGINT')
  assert.equal((await done).code, 130)
})

test('several servers each have each action; one that is away is said, and makes it 8', async () => {
  const both = await send('Action: Ping\n\n', '-c', 'pbx1,pbx2')
  assert.deepEqual([both.code, both.stdout.split('\n').filter((text) => /^pbx\d {2}Success/.test(text)).length], [0, 2])
  const some = await send('Action: Ping\n\n', '-c', 'pbx1,away')
  assert.deepEqual([some.code, /^pbx1 {2}Success/.test(some.stdout)], [8, true])
  assert.equal((await send('Action: Ping\n\n', '-c', 'away')).code, 3)
})

test('a lost connection ends it: whether the action happened is not known, and the rest was not sent', async () => {
  server.faults.drop({ action: 'DBPut', times: 1 })
  const done = send('Action: DBPut\nFamily: a\nKey: lost\nVal: c\n\nAction: DBPut\nFamily: a\nKey: never\nVal: c\n')
  while (!server.calls.some((call) => call.name === 'DBPut' && call.get('Key') === 'lost')) await turn()
  server.disconnect()
  const { code, stderr } = await done
  assert.equal(code, 6)
  assert.match(stderr, /look before you repeat it[\s\S]*what stands behind line 1 was not sent\n$/)
  assert.ok(!server.calls.some((call) => call.get('Key') === 'never'))
})

test('a context that asks or only reads does so here too, and --yes answers', async () => {
  const put = 'Action: DBPut\nFamily: a\nKey: guarded\nVal: c\n\n'
  const [safe, reader, pattern] = await Promise.all([
    send(put, '-c', 'safe'),
    send(put, '-c', 'reader'),
    send('Action: Hangup\nChannel: /.*/\n\n'),
  ])
  assert.deepEqual([safe.code, reader.code, pattern.code], [2, 2, 2])
  assert.ok(!server.calls.some((call) => call.get('Key') === 'guarded' || call.get('Channel') === '/.*/'))
  assert.equal((await send(put, '-c', 'safe', '--yes')).code, 0)
})

test('--dry-run needs no server and hides secrets; what makes no sense here is said', async () => {
  const dry = await send('Action: Ping\nActionID: 1\n\nAction: Login\nSecret: lean\n', '--dry-run', '--no-check')
  assert.deepEqual([dry.code, dry.stderr], [0, ''])
  assert.match(dry.stdout, /^Action: Ping\nActionID: 1\n\nAction: Login\n[\s\S]*Secret: \*\*\*\n/)
  for (const args of [['Name=value'], ['--wait', 'Hangup'], ['-V', 'A=b'], ['--retry']]) {
    assert.equal((await send('', ...args)).code, 2, args.join(' '))
  }
  assert.deepEqual(await send(''), { code: 0, stdout: '', stderr: '' })
})
