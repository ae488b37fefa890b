import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, test } from 'node:test'
import { authority, good } from '../../../../tools/testbed/certificates.ts'
import { CommandLine, ended } from '../../../../tools/testbed/command.ts'

const line = new CommandLine()
after(() => line[Symbol.dispose]())

/** Starts a simulated server and reads the line that it prints. */
async function simulated(...args: string[]) {
  const child = line.start(['simulate', '--listen', '127.0.0.1:0', ...args])
  const done = ended(child)
  const said = await new Promise<string>((resolve) => child.stdout.once('data', resolve))
  const [, url = '', file = ''] = /^export AMIABLE_URL='(.+)' AMIABLE_SECRET_FILE='(.+)'\n$/.exec(said) ?? []
  return { child, done, file, env: { AMIABLE_URL: url, AMIABLE_SECRET_FILE: file } }
}

test('the line that it prints is enough for the other verbs, and the secret is gone at the end', async () => {
  const { child, done, env, file } = await simulated('--asterisk', '16')
  const shown = await line.run(['-x', 'core show version'], { env })
  assert.deepEqual([shown.code, /^Asterisk 16\./.test(shown.stdout)], [0, true])
  child.kill('SIGINT')
  const { code, stderr } = await done
  assert.deepEqual([code, stderr], [0, 'a simulated Asterisk 16; in another terminal:\n'])
  assert.equal(existsSync(file), false)
})

test('--calls makes calls that events and list show', async () => {
  const { child, done, env } = await simulated('--calls', '20')
  const events = await line.run(['events', 'BridgeEnter', '-n', '2', '--for', '20s', '--time', 'none'], { env })
  assert.deepEqual([events.code, events.stdout.split('\n').length], [0, 3])
  const channels = await line.run(['list', 'channels'], { env })
  assert.match(channels.stdout, /^PJSIP\/10\d-\w{8} +Up/m)
  child.kill('SIGTERM')
  assert.equal((await done).code, 0)
})

test('--tls speaks TLS with the certificate of a file', async () => {
  const { child, done, env, file } = await simulated(
    '--tls',
    line.file('server.pem', `${good.cert}\n${good.key}\n`, 0o600),
  )
  const url = new URL(env.AMIABLE_URL)
  assert.equal(url.protocol, 'amis:')
  const ca = line.file('ca.pem', authority)
  const added = await line.run(['context', 'add', 'tls', '-H', url.href, '--ca', ca, '--secret-file', file])
  assert.equal(added.code, 0, added.stderr)
  const shown = await line.run(['-c', 'tls', '-x', 'core show version'])
  assert.deepEqual([shown.code, /^Asterisk 22\./.test(shown.stdout)], [0, true])
  child.kill('SIGINT')
  assert.equal((await done).code, 0)
})

test('--queues and --office make the office', async () => {
  const office = { queues: { front: { members: [{ interface: 'PJSIP/7', name: 'Gus' }] } }, endpoints: { 7: {} } }
  const file = line.file('office.json', JSON.stringify(office))
  const { child, done, env } = await simulated('--queues', 'sales=3,support=0', '--office', file)
  const queues = await line.run(['list', 'queues', '-o', 'name', '--sort', 'Queue'], { env })
  assert.equal(queues.stdout, 'front\nsales\nsupport\n')
  const members = await line.run(['list', 'members', '-o', 'csv', '-s', 'Queue,Location'], { env })
  assert.match(members.stdout, /^sales,PJSIP\/202$/m)
  assert.equal(members.stdout.match(/^sales,/gm)?.length, 3)
  const call = await line.run(['originate', 'PJSIP/201', '--app', 'Wait', '--data', '1', '--json'], { env })
  assert.equal(JSON.parse(call.stdout).outcome, 'answered', call.stderr)
  child.kill('SIGINT')
  assert.equal((await done).code, 0)
})

test('--faults says each fault as it begins, and the same seed draws the same', async () => {
  const first = async () => {
    const child = line.start([
      'simulate',
      '--listen',
      '127.0.0.1:0',
      '--faults',
      'seed=7,every=20ms,only=reset+drop+stall',
    ])
    const done = ended(child)
    let said = ''
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (text: string) => {
        said += text
        if ((said.match(/^fault: /gm)?.length ?? 0) >= 5) resolve()
      })
    })
    child.kill('SIGINT')
    assert.equal((await done).code, 0)
    return said.match(/^fault: .*$/gm)?.slice(0, 5)
  }
  const [one, other] = await Promise.all([first(), first()])
  assert.match(one?.[0] ?? '', /^fault: (?:reset|drop|stall) for [\d.]+ ms$/)
  assert.deepEqual(one, other)
})

for (const [args, code, says] of [
  [['--listen', 'here'], 2, /--listen must be ADDRESS:PORT/],
  [['--tls', 'none.pem'], 2, /--tls must be a file with a certificate and its key: ENOENT/],
  [['--calls', 'many'], 2, /--calls must be a number/],
  [['--queues', 'sales'], 2, /--queues must be names with at most 500 members each/],
  [['--office', 'none.json'], 2, /the office none\.json cannot be read: ENOENT/],
  [['--faults', 'every=x'], 2, /every of --faults must be a time/],
  [['--asterisk', '13'], 2, /Allowed choices are 16, 22/],
  [['--listen', '192.0.2.1:5038'], 3, /cannot listen on 192\.0\.2\.1:5038/],
] as const) {
  test(`exit status ${code}: simulate ${args.join(' ')}`, async () => {
    const ran = await line.run(['simulate', ...args])
    assert.deepEqual([ran.code, ran.stdout], [code, ''])
    assert.match(ran.stderr, says)
  })
}
