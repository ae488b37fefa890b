import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { CommandLine, ended } from '../../../../tools/testbed/command.ts'

const server = await startServer({ users: { frank: 'lean' } })
server.handle('MyAction', () => ({ Message: 'done\x1b[2J', Hello: 'world' }))
const line = new CommandLine({
  pbx1: { port: server.port, username: 'frank', secret: 'lean' },
  closed: { port: server.port, username: 'frank', secret: 'lean', readOnly: true },
})
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})
const send = (...args: string[]) => line.run(['send', ...args])

test('a reply is one line, and its headers beneath', async () => {
  const [paused, core] = await Promise.all([
    send('queuepause', 'Interface=Local/member@default/n', 'Paused=yes'),
    send('CoreStatus'),
  ])
  assert.deepEqual([paused.code, paused.stdout, paused.stderr], [0, 'Success  Interface paused successfully\n', ''])
  assert.match(core.stdout, /^Success\n {2}CoreStartupDate +\d{4}-/)
})

test('a list is its rows, and in JSON everything', async () => {
  const [table, json] = await Promise.all([send('QueueStatus'), send('QueueStatus', '--json')])
  assert.match(table.stdout, /^Success {2}Queue status will follow\nEvent +Queue/)
  const { source, data, events } = JSON.parse(json.stdout)
  assert.deepEqual([source, data.Response, events[0].Event], ['pbx1', 'Success', 'QueueParams'])
})

test('an action that the catalog does not know is sent with --no-check, and its text cannot drive a terminal', async () => {
  const { code, stdout } = await send('MyAction', 'Any=thing', '--no-check')
  assert.deepEqual([code, stdout], [0, 'Success  done\\x1b[2J\n  Hello  world\n'])
})

test('a connection that is lost while --wait waits is no event that came too late', async () => {
  const child = line.start(['send', 'DBPut', 'Family=a', 'Key=lost', 'Val=1', '--wait', 'Hangup', '--for', '60s'])
  const done = ended(child)
  await server.waitFor('DBPut', { Key: 'lost' })
  server.disconnect()
  const { code, stderr } = await done
  assert.notEqual(code, 5)
  assert.match(stderr, /the connection was lost/)
})

test('--wait prints the event that follows, also one that comes before the answer, and exits with 5 without it', async () => {
  const pause = ['QueuePause', 'Interface=Local/member@default/n', 'Paused=yes', '--wait', 'QueueMemberPause']
  const [table, json, late] = await Promise.all([
    send(...pause),
    send(...pause, '-w', 'Paused=1', '--json'),
    send(...pause, '-w', 'Paused=7', '--for', '300ms'),
  ])
  assert.deepEqual([table.code, table.stderr], [0, ''])
  assert.match(
    table.stdout,
    /^Success {2}Interface paused successfully\n\nQueueMemberPause\n(?: {2}.*\n)* {2}Paused +1\n/,
  )
  const { data, waited } = JSON.parse(json.stdout)
  assert.deepEqual([data.Response, waited.data.Event, waited.source], ['Success', 'QueueMemberPause', 'pbx1'])
  assert.deepEqual([late.code, late.stdout], [5, 'Success  Interface paused successfully\n'])
  assert.match(late.stderr, /QueueMemberPause did not come within 300 ms/)
})

for (const [args, says] of [
  [['--wait', 'QueueMemberPuase'], /there is no event QueueMemberPuase; did you mean QueueMemberPause\?/],
  [['--wait', 'Queue*'], /there is no event Queue\*/],
  [['-w', 'Paused=1'], /--where needs --wait EVENT/],
] as const) {
  test(`a mistake exits with 2: send Ping ${args.join(' ')}`, async () => {
    const { code, stderr } = await send('Ping', ...args)
    assert.equal(code, 2)
    assert.match(stderr, says)
  })
}

test('raw is the headers as they came', async () => {
  const { stdout } = await send('MyAction', '--no-check', '-o', 'raw')
  assert.deepEqual(stdout.split('\n').toSpliced(1, 1), [
    'Response: Success',
    'Message: done\x1b[2J',
    'Hello: world',
    '',
    '',
  ])
})

test('variables and repeated parameters arrive, and an ActionID of your own is used', async () => {
  await send(
    'Originate',
    'Channel=Local/wait@default',
    'Application=Echo',
    '-V',
    'A=1',
    '-V',
    'B=x,y',
    'ActionID=own-1',
  )
  const action = await server.waitFor('Originate', { ActionID: 'own-1' })
  assert.deepEqual(action.getAll('Variable').length, 2)
})

test('--dry-run prints what would be sent and needs no server', async () => {
  const { code, stdout } = await line.run(['-c', 'closed', 'send', 'DBPut', 'Family=a', 'Key=b', 'Val:=', '--dry-run'])
  assert.equal(code, 0)
  assert.match(stdout, /^Action: DBPut\nActionID: \S+\nFamily: a\nKey: b\nVal:\s*\n$/)
  const secret = await send('Login', 'Secret=marked', '--dry-run', '--no-check')
  assert.doesNotMatch(secret.stdout, /marked/)
})

test('a value comes from a file or from standard input', async () => {
  line.file('value', 'from a file\n')
  const { stdout } = await line.run(['send', 'DBPut', 'Family=@value', 'Key=@-', 'Val=x', '--dry-run'], {
    input: 'piped\n',
  })
  assert.match(stdout, /Family: from a file\nKey: piped\n/)
})

for (const [args, code, says] of [
  [['QueuPause'], 2, /there is no action QueuPause; did you mean QueuePause\?/],
  [['QueuePause', 'Interfce=x', 'Paused=yes'], 2, /QueuePause has no parameter Interfce; did you mean Interface\?/],
  [['QueuePause'], 2, /QueuePause needs Interface, Paused/],
  [['QueuePause', 'Interface=x', 'Paused=maybe'], 2, /Paused of QueuePause must be yes or no/],
  [['QueuePause', 'Interface'], 2, /Interface must be Name=value/],
  [['Originate', 'Channel=x', '-V', 'A'], 2, /--variable must be NAME=value/],
  [['Originate', 'Channel=x', '--retry'], 2, /--retry cannot be used with Originate/],
  [['Hangup', 'Channel=/^PJSIP/'], 2, /Hangup of everything that fits \/\^PJSIP\/ .*wants to be asked/],
  [['Hangup', 'Channel=none'], 1, /^amiable: pbx1: Hangup was refused: No such channel/],
  [['NoSuch', '--no-check'], 1, /NoSuch was refused/],
] as const) {
  test(`exit status ${code}: send ${args.join(' ')}`, async () => {
    const ran = await send(...args)
    assert.deepEqual([ran.code, ran.stdout], [code, ''])
    assert.match(ran.stderr, says)
  })
}

test('a read-only context refuses what changes something, and sends what reads', async () => {
  const [refused, read] = await Promise.all([
    line.run(['-c', 'closed', 'send', 'DBPut', 'Family=a', 'Key=b', 'Val=c']),
    line.run(['-c', 'closed', 'send', 'CoreStatus']),
  ])
  assert.deepEqual([refused.code, read.code], [2, 0])
  assert.match(refused.stderr, /closed is read-only: DBPut is refused/)
})

test('a connection that breaks after the action had left is exit status 6, of a read 3', async () => {
  server.faults.reset({ action: 'DBDel' })
  server.faults.reset({ action: 'DBGet' })
  const [changed, read] = await Promise.all([send('DBDel', 'Family=a', 'Key=b'), send('DBGet', 'Family=a', 'Key=b')])
  assert.deepEqual([changed.code, read.code], [6, 3])
  assert.match(changed.stderr, /look before you repeat it/)
})
