import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { CommandLine, ended } from '../../../../tools/testbed/command.ts'

const server = await startServer({
  users: { frank: 'lean', deaf: { secret: 'lean', read: ['agent'] } },
})
const pbx1 = { port: server.port, username: 'frank', secret: 'lean' }
const line = new CommandLine({
  pbx1,
  deaf: { ...pbx1, username: 'deaf' },
  guarded: { ...pbx1, protect: true },
})
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})
const originate = (...args: string[]) => line.run(['originate', ...args])

test('an answered call is exit status 0, with its channel and Uniqueid', async () => {
  const { code, stdout, stderr } = await originate('Local/wait@default', '--app', 'Wait', '--data', '1')
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^answered after [\d.]+ m?s {2}Local\/wait@default-\w+;1 {2}\S+\n$/)
})

test('a busy one is 10, and JSON has every fact', async () => {
  const { code, stdout } = await originate('Local/busy@default', 'echo@default', '--json', '--caller-id', 'Ann <100>')
  const { source, outcome, Channel, took } = JSON.parse(stdout)
  assert.deepEqual([code, source, outcome, typeof took], [10, 'pbx1', 'busy', 'number'])
  assert.match(Channel, /^Local\/busy@default/)
  assert.equal((await server.waitFor('Originate', { CallerID: /Ann/ })).get('Priority'), '1')
})

test('no answer is 11, what cannot be dialled 14', async () => {
  const [ringing, failed] = await Promise.all([
    originate('Local/noanswer@default', 'echo@default', '--ring', '1s'),
    originate('None/100', 'echo@default'),
  ])
  assert.deepEqual([ringing.code, failed.code], [11, 14])
  assert.match(ringing.stdout, /^noAnswer after /)
})

test('--no-wait does not wait, --quiet prints nothing', async () => {
  const { code, stdout } = await originate('Local/wait@default', '--app', 'Wait', '--no-wait', '-V', 'A=1')
  assert.deepEqual([code, stdout], [0, 'Originate successfully queued\n'])
  const quiet = await originate('Local/busy@default', '--app', 'Wait', '-q')
  assert.deepEqual([quiet.code, quiet.stdout], [10, ''])
})

test('--hangup-after ends an answered call', async () => {
  const { code, stdout } = await originate(
    'Local/wait@default',
    '--app',
    'Wait',
    '--data',
    '60',
    '--hangup-after',
    '50ms',
  )
  assert.equal(code, 0)
  const channel = stdout.split('  ')[1] ?? ''
  assert.ok(server.calls.some((action) => action.name === 'Hangup' && action.get('Channel') === channel))
})

test('^C while it rings hangs the call up', async () => {
  const before = server.calls.filter(({ name }) => name === 'Originate').length
  const child = line.start(['originate', 'Local/noanswer@default', 'echo@default'])
  const done = ended(child)
  await server.waitFor(
    'Originate',
    (action) =>
      server.calls.indexOf(action) >= before &&
      /noanswer/.test(action.get('Channel') ?? '') &&
      action.get('Timeout') !== '1000',
  )
  child.kill('SIGINT')
  const { code, stderr } = await done
  assert.equal(code, 130)
  assert.match(stderr, /^amiable: (?:pbx1: )?interrupted: the call was hung up\n$/)
})

test('^C with --detach-on-interrupt leaves the call alone', async () => {
  const args = [
    'originate',
    'Local/noanswer@default',
    'echo@default',
    '--variable',
    'DETACHED=1',
    '--detach-on-interrupt',
  ]
  const child = line.start(args)
  const done = ended(child)
  const { ChannelId } = Object.fromEntries((await server.waitFor('Originate', { Variable: 'DETACHED=1' })).headers)
  child.kill('SIGINT')
  const { code, stderr } = await done
  assert.equal(code, 130)
  assert.match(stderr, /^amiable: (?:pbx1: )?interrupted: the call goes on\n$/)
  assert.ok(!server.calls.some((action) => action.name === 'Hangup' && action.get('Channel') === ChannelId))
})

/** Starts a call that is answered and lasts, and resolves when the command waits for its end. */
async function lasting(variable: string, ...options: string[]) {
  const before = server.calls.length
  const words = ['Local/wait@default', '--app', 'Wait', '--data', '60', '--wait', '-V', variable, ...options]
  const child = line.start(['originate', ...words])
  const done = ended(child)
  await server.waitFor('CoreShowChannels', (action) => server.calls.indexOf(action) >= before)
  return { child, done, hangups: () => server.calls.slice(before).filter(({ name }) => name === 'Hangup').length }
}

test('^C while it lasts hangs the call up, and is told', async () => {
  const { child, done, hangups } = await lasting('LASTS=1')
  child.kill('SIGINT')
  const { code, stdout, stderr } = await done
  assert.deepEqual([code, stderr, hangups()], [130, 'amiable: interrupted: the call was hung up\n', 1])
  assert.match(stdout, /^answered /)
})

test('^C while it lasts leaves the call alone with --detach-on-interrupt', async () => {
  const { child, done, hangups } = await lasting('LASTS=2', '--detach-on-interrupt')
  child.kill('SIGINT')
  const { code, stderr } = await done
  assert.deepEqual([code, stderr, hangups()], [130, 'amiable: interrupted: the call goes on\n', 0])
})

test('a Hangup that the server does not hear is not said to have worked', async () => {
  const UNKNOWN =
    'amiable: interrupted: the server has not answered to Hangup, and the call may go on\n  Look for it: amiable list channels\n'
  const ringing = line.start(['originate', 'Local/noanswer@default', 'echo@default', '-V', 'RINGS=1'])
  const rung = ended(ringing)
  const [{ child, done }] = await Promise.all([
    lasting('LASTS=3'),
    server.waitFor('Originate', { Variable: 'RINGS=1' }),
  ])
  server.faults.drop({ action: 'Hangup', execute: false })
  for (const one of [child, ringing]) one.kill('SIGINT')
  const both = await Promise.all([done, rung])
  server.faults.clear()
  for (const { code, stderr } of both) assert.deepEqual([code, stderr], [130, UNKNOWN])
})

test('a connection that is lost while the call lasts is 6', async () => {
  const { done } = await lasting('LASTS=4')
  server.disconnect()
  const { code, stderr } = await done
  assert.equal(code, 6)
  assert.match(stderr, /the connection was lost while the call lasted: it may go on\n {2}Look for it/)
})

test('a connection that breaks while it is dialled is 6: nobody knows', async () => {
  server.faults.reset({ action: 'Originate' })
  const { code, stderr } = await originate('Local/wait@default', '--app', 'Wait')
  assert.equal(code, 6)
  assert.match(stderr, /look before you repeat it/)
})

for (const [args, code, says] of [
  [['PJSIP/100'], 2, /originate needs EXTEN@CONTEXT or --app NAME/],
  [['100', '200'], 2, /100 must be a channel to dial/],
  [['PJSIP/100', '200', '--app', 'Echo'], 2, /cannot be given together/],
  [['PJSIP/100', 'a@b@c'], 2, /a@b@c must be EXTEN@CONTEXT:PRIORITY/],
  [['PJSIP/100', '200', '--data', 'x'], 2, /--data needs --app/],
  [['PJSIP/100', '200', '-c', 'guarded'], 2, /a call to PJSIP\/100 on guarded wants to be asked about/],
] as const) {
  test(`exit status ${code}: originate ${args.join(' ')}`, async () => {
    const ran = await originate(...args)
    assert.deepEqual([ran.code, ran.stdout], [code, ''])
    assert.match(ran.stderr, says)
  })
}
