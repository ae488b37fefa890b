// One call as a ladder, as a user runs it: as it happens, and out of a recording.
import assert from 'node:assert/strict'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { connect } from 'amiable'
import { record, startServer } from 'amiable/testing'
import { CommandLine, ended } from '../../../../tools/testbed/command.ts'

const server = await startServer({ users: { frank: 'lean' }, endpoints: { 200: { answers: 'answer', ringTime: 5 } } })
server.system.dialplan('[office]\nexten => 200,1,Dial(PJSIP/200,60)\n')
const account = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
const line = new CommandLine({ pbx1: account })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})
const { channels } = server

/** Makes a call and resolves with its channels when they talk. */
async function talk(hostile = ''): Promise<[string, string]> {
  const name = channels.create({
    name: 'PJSIP/100',
    callerIdNum: '100',
    callerIdName: `Ann${hostile}`,
    context: 'office',
    exten: '200',
    run: true,
  })
  for (;;) {
    const all = channels.list()
    if (all.length === 2 && all.every(({ bridge }) => bridge !== '')) return [name, all[1]?.name ?? '']
    await turn()
  }
}

async function over(): Promise<void> {
  for (const { name } of channels.list()) channels.hangup(name)
  while (channels.list().length > 0) await turn()
}

/** Resolves when a command prints this. */
function prints(child: ChildProcessWithoutNullStreams, what: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let said = ''
    child.stdout.on('data', (text: string) => {
      said += text
      if (what.test(said)) resolve()
    })
  })
}

/** Times and the ids of bridges differ each time. */
const lasting = (text: string) =>
  text
    .replace(/^ +\d+\.\d{3}/gm, '   T')
    .replace(/-[\da-f]{8}/g, '-N')
    .replace(/bridge [\da-f-]+/g, 'bridge ID')
    .replace(/\d+(?:\.\d+)? (?:ms|s)\b/g, 'SOME ms')
    .replace(/\d\d:\d\d:\d\d\.\d{3}/g, 'TIME')

const file = `${line.home}/calls.jsonl`

test('a call of a recording is a ladder, JSON, or a diagram', async () => {
  const client = await connect(account)
  const recorder = record(client, file)
  await talk()
  await over()
  await client.send('Ping')
  await recorder.stop()
  await client.close()
  const listed = await line.run(['call', '-r', file, '--list'])
  assert.match(listed.stdout, /^CALL +BEGAN +CHANNELS {2}WHO\n/)
  const shown = await line.run(['call', '100', '-r', file])
  assert.equal(shown.code, 0, shown.stderr)
  assert.equal(
    lasting(shown.stdout),
    [
      'Ann <100> → 200  SOME ms  answered after SOME ms  16 Normal Clearing',
      '',
      'A  PJSIP/100-N  Ann <100>',
      'B  PJSIP/200-N  200',
      '     time  A       B',
      '   T  ●                 new → 200@office',
      '   T  ├──────▶●         dial 200',
      '   T  │◀╌╌╌╌╌╌┤         ringing',
      '   T  │◀╌╌╌╌╌╌┤         ANSWER',
      '   T  ┆       │         answered',
      '   T  ╞═══════╡         bridge ID simple_bridge',
      '   T  │       ✕         16 Normal Clearing',
      '   T  ✕                 16 Normal Clearing',
      '',
    ].join('\n'),
  )
  const json = await line.run(['call', 'PJSIP/100', '-r', file, '-o', 'json'])
  const { channels: lanes, steps, complete } = JSON.parse(json.stdout)
  assert.deepEqual([lanes[0].party, lanes[0].ended, complete], ['Ann <100>', true, true])
  assert.equal(steps.at(-1).kind, 'hangup')
  assert.equal(steps.at(-1).event.Event, 'Hangup')
  const diagram = await line.run(['call', '100', '-r', file, '-o', 'mermaid'])
  assert.match(diagram.stdout, /^sequenceDiagram\n {2}participant A as PJSIP\/100-[\da-f]+ Ann #60;100#62;\n/)
  const rows = await line.run(['call', '100', '-r', file, '-o', 'jsonl', '--events'])
  assert.ok(rows.stdout.trim().split('\n').length >= steps.length)
})

test('a call that is not there, a file that is not there and two servers are errors', async () => {
  const [none, missing, live] = await Promise.all([
    line.run(['call', '999', '-r', file]),
    line.run(['call', '-r', 'nothing.jsonl']),
    line.run(['call', '999']),
  ])
  assert.deepEqual([none.code, missing.code, live.code], [1, 2, 1])
  assert.match(none.stderr, /^amiable: there is no call with 999\n {2}amiable call -r .* --list/)
  assert.match(missing.stderr, /^amiable: the recording nothing\.jsonl cannot be read/)
  assert.match(live.stderr, /there is no call with 999\n {2}Only calls that are there now are known; -r FILE/)
})

test('a call is followed as it happens until it has ended, and what was before is said', async () => {
  const [name] = await talk('\x1b[2J田')
  const child = line.start(['call', 'PJSIP/100'])
  const done = ended(child)
  await prints(child, /time +A +B/)
  server.emit('Hold', { Channel: name, Uniqueid: channels.get(name)?.uniqueid ?? '' })
  await over()
  const { code, stdout, stderr } = await done
  assert.equal(code, 0, stderr)
  assert.equal(
    lasting(stdout),
    [
      'not known: what A, B did before this was started',
      'A  PJSIP/100-N  Ann\\x1b[2J田 <100>',
      'B  PJSIP/200-N  200',
      '     time  A       B',
      '   T  ┆       │         hold',
      '   T  │       ✕         16 Normal Clearing',
      '   T  ✕                 16 Normal Clearing',
      'Ann\\x1b[2J田 <100> → 200  TIME  SOME ms  16 Normal Clearing',
      '',
    ].join('\n'),
  )
  assert.match(stderr, /^3 of \d+ events shown/)
})

test('a connection that is lost is said, and a call that ended meanwhile is over', async () => {
  await talk()
  const child = line.start(['call', '100'])
  const done = ended(child)
  await prints(child, /time +A/)
  const lost = prints(child, /the connection was lost/)
  server.disconnect()
  await over()
  await lost
  const { code, stdout } = await done
  assert.equal(code, 0)
  assert.match(stdout, /-- connected again: the events of that time are missing\n.*gone while events were missing/)
})

test('--no-follow says what is known now; ^C ends with 130', async () => {
  await talk()
  const now = await line.run(['call', '--no-follow', '-o', 'json'])
  assert.deepEqual([now.code, JSON.parse(now.stdout).complete], [0, false])
  const child = line.start(['call'])
  const done = ended(child)
  await new Promise((resolve) => child.stdout.once('data', resolve))
  child.kill('SIGINT')
  assert.equal((await done).code, 130)
  await over()
})

test('an account that may not list channels is told what it needs', async () => {
  using other = new CommandLine({ pbx: { port: lists.port, username: 'eve', secret: 'lean' } })
  const { code, stderr } = await other.run(['call'])
  assert.equal(code, 1)
  assert.match(stderr, /may not list channels\n {2}Its section in manager\.conf needs read = call and write = /)
})
const lists = await startServer({ users: { eve: { secret: 'lean', write: [] } } })
after(() => lists.close())
