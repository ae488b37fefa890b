import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { connect } from 'amiable'
import { type PrivilegeClass, startServer } from 'amiable/testing'
import { CommandLine } from '../../../../tools/testbed/command.ts'

const line = new CommandLine()
after(() => line[Symbol.dispose]())
const rights = (...args: string[]) => line.run(['rights', ...args])

/** The classes that a printed section grants. */
function granted(section: string, key: 'read' | 'write'): PrivilegeClass[] {
  const [, classes = ''] = new RegExp(`^${key} = (.*)$`, 'm').exec(section) ?? []
  return classes.split(',').filter((name) => name !== '') as PrivilegeClass[]
}

test('the section is what the program needs, with what else to know as comments', async () => {
  const { code, stdout, stderr } = await rights(
    'Originate',
    'Hangup',
    '+OriginateResponse',
    '+hangup',
    '--name',
    'dial',
  )
  assert.deepEqual([code, stderr], [0, ''])
  const lines = stdout.split('\n')
  assert.deepEqual(lines.slice(0, 7), [
    '; 2 actions, 2 events',
    '[dial]',
    '; secret = a long random text',
    'deny = 0.0.0.0/0.0.0.0',
    'permit = 127.0.0.1/255.255.255.255',
    'read = call',
    'write = call,originate',
  ])
  assert.match(stdout, /^; Originate: .*write = system/m)
})

test('an account with these rights can do it, and without one of them cannot', async () => {
  const { stdout } = await rights('QueuePause', 'Getvar', '+QueueMemberPause')
  const [read, write] = [granted(stdout, 'read'), granted(stdout, 'write')]
  assert.ok(read.length > 0 && write.length > 1)
  const less = Object.fromEntries(
    write.map((name) => [`no-${name}`, { secret: 's', read, write: write.filter((one) => one !== name) }]),
  )
  await using server = await startServer({ users: { all: { secret: 's', read, write }, ...less } })
  const attempt = async (username: string) => {
    await using ami = await connect({ host: '127.0.0.1', port: server.port, username, secret: 's' })
    const paused = new Promise((resolve) => ami.on('QueueMemberPause', resolve))
    await ami.send('QueuePause', { Interface: 'Local/member@default/n', Paused: true })
    await paused
    await ami.send('Getvar', { Variable: 'X' })
  }
  await attempt('all')
  for (const username of Object.keys(less)) await assert.rejects(attempt(username), { code: 'AMI_REFUSED' }, username)
})

test('--for is what a verb of amiable needs, --asterisk says what a version lacks, JSON has it all', async () => {
  const [verb, old, json] = await Promise.all([
    rights('--for', 'originate'),
    rights('SIPpeers', '--asterisk', '22'),
    rights('Command', '--json'),
  ])
  assert.match(verb.stdout, /^read = call,system\nwrite = call,originate$/m)
  assert.match(old.stdout, /^; SIPpeers: Asterisk 22 does not have it\.$/m)
  assert.deepEqual(JSON.parse(json.stdout).write, ['command'])
})

for (const [args, says] of [
  [[], /rights needs actions, events with a \+ before them, or --for/],
  [['Originte'], /there is no action Originte; did you mean Originate\?/],
  [['DialEnd'], /there is no action DialEnd\n {2}It is an event: \+DialEnd/],
  [['+Hangp'], /there is no event Hangp; did you mean Hangup\?/],
  [['Ping', '--asterisk', 'new'], /--asterisk must be a version/],
  [['--for', 'topp'], /--for knows no topp/],
] as const) {
  test(`a mistake exits with 2: rights ${args.join(' ')}`, async () => {
    const { code, stderr } = await rights(...args)
    assert.equal(code, 2)
    assert.match(stderr, says)
  })
}
