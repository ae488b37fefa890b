import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { CommandLine } from '../../../../tools/testbed/command.ts'

const line = new CommandLine()
after(() => line[Symbol.dispose]())
const docs = (...args: string[]) => line.run(['docs', ...args])

test('an action: its parameters, rights, answer and the line that sends it', async () => {
  const { code, stdout } = await docs('queuepause')
  assert.equal(code, 0)
  assert.match(stdout, /^QueuePause +action, every version, write = agent$/m)
  assert.match(stdout, /^ {2}Paused\* +yes\/no/m)
  assert.match(stdout, /^ {2}changes +something on the server$/m)
  assert.match(stdout, /^ {2}amiable send QueuePause Interface=… Paused=…$/m)
})

test('--live is what the server says of it: the line of ListCommands where its console has no page', async () => {
  await using server = await startServer({ users: { frank: 'lean' } })
  using own = new CommandLine({ pbx1: { port: server.port, username: 'frank', secret: 'lean' } })
  const [action, event] = await Promise.all([
    own.run(['docs', 'queuepause', '--live']),
    own.run(['docs', 'DialEnd', '--live']),
  ])
  assert.equal(action.code, 0, action.stderr)
  assert.match(action.stdout, /^QueuePause: .*\(Priv: agent,all\)\n$/)
  assert.equal(event.code, 1)
  assert.match(event.stderr, /the server says nothing of DialEnd\n {2}It may lack the module/)
})

test('an event: its headers and classes; a name that is both has both pages', async () => {
  const [event, both] = await Promise.all([docs('DialEnd'), docs('Hangup')])
  assert.match(event.stdout, /^DialEnd +event, every version, read = call$/m)
  assert.match(event.stdout, /^ {2}DialStatus\* .*ANSWER/m)
  assert.match(event.stdout, /^ {2}amiable events DialEnd$/m)
  assert.match(both.stdout, /^Hangup +action[\s\S]*^Hangup +event/m)
})

test('a list by keyword, kind and version', async () => {
  const [found, old, none] = await Promise.all([
    docs('-k', 'transfer', '--events', '--json'),
    docs('--actions', '--asterisk', '22', '--json'),
    docs('-k', 'nosuchword'),
  ])
  const names = JSON.parse(found.stdout).map(({ name }: { name: string }) => name)
  assert.ok(names.includes('BlindTransfer') && !names.includes('Atxfer'))
  assert.ok(!JSON.parse(old.stdout).some(({ name }: { name: string }) => name === 'SIPpeers'))
  assert.deepEqual([none.code, none.stdout, none.stderr], [0, '', 'nothing found\n'])
  // each has its own line, also where an action has the name of an event
  const table = await docs('-k', 'ringinuse')
  assert.match(table.stdout, /^QueueMemberRingInUse +action +Chooses/m)
  assert.match(table.stdout, /^QueueMemberRinginuse +event +An agent is rung/m)
})

test('JSON has the facts and the fields', async () => {
  const { action, event } = JSON.parse((await docs('Hangup', '--json')).stdout)
  assert.equal(action.parameters.find(({ name }: { name: string }) => name === 'Channel').required, true)
  assert.ok(event.headers.some(({ name }: { name: string }) => name === 'Cause-txt'))
})

for (const [args, says] of [
  [['QueuPause'], /the catalog knows no QueuPause; did you mean QueuePause\?/],
  [['Ping', '--events'], /the catalog knows no Ping/],
  [['Ping', '--asterisk', 'x'], /--asterisk must be a version/],
] as const) {
  test(`a mistake exits with 2: docs ${args.join(' ')}`, async () => {
    const { code, stderr } = await docs(...args)
    assert.equal(code, 2)
    assert.match(stderr, says)
  })
}
