// `queue` and `top` without a screen.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { CommandLine } from '../../../../tools/testbed/command.ts'

const server = await startServer({
  users: { frank: 'lean', eve: { secret: 'lean', write: [] } },
  queues: { sales: { members: [{ interface: 'PJSIP/300', name: 'Ann\x1b[2J' }] }, empty: {} },
})
const account = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
const line = new CommandLine({ pbx1: account, other: account, eve: { ...account, username: 'eve' } })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})
const { channels, queues } = server
queues.join('sales', channels.create({ name: 'PJSIP/102-0000002c', callerIdNum: '102', callerIdName: '田中' }))

const lasting = (text: string) => text.replace(/\b\d\d:\d\d\b/g, 'MM:SS')

test('queue prints who waits and who answers, once', async () => {
  const { code, stdout, stderr } = await line.run(['queue', 'SALES'])
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(
    lasting(stdout),
    [
      'sales  waiting 1  longest MM:SS  free 1  talking 0  paused 0  of 1  done 0  lost 0',
      '  #1 MM:SS  田中 <102>',
      '  AGENT       STATE  FOR  CALLS  LAST  PENALTY  WHY',
      '  Ann\\x1b[2J  ready           0              0',
      '',
    ].join('\n'),
  )
  const sorted = await line.run(['queue', '--sort', 'wait', '-o', 'jsonl'])
  const names = sorted.stdout
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row).name)
  assert.deepEqual(names, ['sales', 'empty', ...names.slice(2)])
  const json = JSON.parse((await line.run(['queue', 'sales', '--json'])).stdout)
  assert.equal(json[0].callers[0].party.name, '田中')
  const both = await line.run(['-c', 'pbx1,other', 'queue', 'sales'])
  assert.match(both.stdout, /^pbx1 {2}sales.*^other {2}sales|^other {2}sales.*^pbx1 {2}sales/ms)
})

test('a queue that is not there, and a screen without a terminal, are errors that say what to do', async () => {
  const [none, watch, top] = await Promise.all([
    line.run(['queue', 'slaes']),
    line.run(['queue', '--watch']),
    line.run(['top']),
  ])
  assert.deepEqual([none.code, watch.code, top.code], [1, 2, 2])
  assert.match(none.stderr, /there is no queue slaes; did you mean sales\?\n {2}There are /)
  assert.match(watch.stderr, /--watch needs a terminal\n {2}amiable queue prints it once/)
  assert.match(top.stderr, /top is a screen and needs a terminal\n {2}amiable top --once prints a view, --json/)
})

test('top --once prints a view, and --json what the model has of it', async () => {
  const once = await line.run(['top', '--once'])
  assert.equal(
    lasting(once.stdout),
    [
      'SINCE  STATE    FROM        TO  AT               TALK  LEGS',
      'MM:SS  waiting  田中 <102>      Queue(sales) #1           1',
      '',
    ].join('\n'),
  )
  const bridges = await line.run(['top', '--once', '--view', 'bridges'])
  assert.deepEqual([bridges.code, bridges.stdout, bridges.stderr], [0, '', 'no bridges\n'])
  const json = JSON.parse((await line.run(['top', '--json', '--view', 'channels'])).stdout)
  assert.equal(json[0].name, 'PJSIP/102-0000002c')
})

test('a server that does not answer its lists ends with 5 what waits for a picture', async () => {
  await using mute = await startServer({ users: { frank: 'lean' } })
  for (const action of ['CoreShowChannels', 'QueueStatus']) mute.handle(action, () => new Promise<undefined>(() => {}))
  using asked = new CommandLine({ mute: { ...account, port: mute.port } })
  for (const verb of [['top', '--once'], ['queue'], ['call']]) {
    const { code, stdout, stderr } = await asked.run([...verb, '--timeout', '200ms'])
    assert.deepEqual([code, stdout], [5, ''], verb.join(' '))
    assert.match(
      stderr,
      /^amiable: mute: the server did not list what there is within 600 ms\n {2}A list had no answer/,
    )
  }
})

test('a connection that is lost before the picture is there is said to be lost', async () => {
  await using broken = await startServer({ users: { frank: 'lean' } })
  broken.handle('CoreShowChannels', () => {
    broken.faults.reset()
    return new Promise<undefined>(() => {})
  })
  using asked = new CommandLine({ broken: { ...account, port: broken.port } })
  const { code, stderr } = await asked.run(['top', '--once'])
  assert.equal(code, 3)
  assert.match(stderr, /^amiable: broken: the connection /)
  assert.doesNotMatch(stderr, /model/)
})

test('an account that may not list channels is told what it needs', async () => {
  const { code, stderr } = await line.run(['-c', 'eve', 'top', '--once'])
  assert.equal(code, 1)
  assert.match(stderr, /may not list channels\n {2}Its section in manager\.conf needs one of: /)
})
