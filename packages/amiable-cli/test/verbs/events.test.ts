import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { connect } from 'amiable'
import { record, startServer } from 'amiable/testing'
import { CommandLine, ended } from '../../../../tools/testbed/command.ts'

const server = await startServer({ users: { frank: 'lean' } })
const account = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
const line = new CommandLine({ pbx1: account, away: { ...account, port: 1 } })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})

/** Starts a watch, waits until it is logged in, and lets events come. */
async function watch(args: readonly string[], emit: () => void) {
  // that of the command before may not be gone yet, and would count for this one
  while (server.sessions.length > 0) await turn()
  const child = line.start(['events', ...args])
  const done = ended(child)
  await server.waitForLogin()
  emit()
  return { child, done }
}

const hangup = (n: number) =>
  server.emit('Hangup', { Channel: `PJSIP/${n}-1`, Uniqueid: `${n}.1`, Cause: 16, 'Cause-txt': 'Normal\x1b[2J' })

test('events are lines until ^C, and then they are counted', async () => {
  const { child, done } = await watch(['Hangup', '--time', 'none'], () => hangup(1))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  child.kill('SIGINT')
  const { code, stdout, stderr } = await done
  assert.deepEqual([code, stdout], [0, 'Hangup              PJSIP/1-1  16 Normal\\x1b[2J\n'])
  assert.match(stderr, /^1 event in .*, none lost\n$/)
})

test('-n and -w wait for an event, and --for ends with 5', async () => {
  const found = await watch(['Hangup', '-w', 'Uniqueid=2.1', '-n', '1', '--for', '90s', '--json'], () =>
    [1, 2].map(hangup),
  )
  const { code, stdout } = await found.done
  const { source, data } = JSON.parse(stdout)
  assert.deepEqual([code, source, data.Uniqueid], [0, 'pbx1', '2.1'])
  const late = await watch(['Hangup', '-n', '1', '--for', '50ms'], () => {})
  assert.equal((await late.done).code, 5)
})

test('--until ends at an event, --call follows one call, --stats counts', async () => {
  const until = await watch(['--call', '1.1', '--until', 'Uniqueid=1.1', '--stats'], () => [2, 1].map(hangup))
  const { code, stdout } = await until.done
  assert.equal(code, 0)
  assert.match(stdout, /^EVENT +COUNT +\/s\nHangup +1 /)
})

test('the login asks for the classes that are needed', async () => {
  const { done } = await watch(['Hangup', '-n', '1', '--for', '90s'], () => hangup(1))
  await done
  const login = server.calls.filter(({ name }) => name === 'Login').at(-1)
  assert.equal(login?.get('Events'), 'call')
})

test('a lost connection is made again, and the gap is said', async () => {
  const { child, done } = await watch(['Hangup', '-n', '2', '--time', 'none'], () => hangup(1))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  const again = new Promise((resolve) =>
    child.stdout.on('data', (text) => /connected again/.test(text) && resolve(true)),
  )
  server.disconnect()
  await again
  hangup(2)
  const { code, stdout } = await done
  assert.equal(code, 0)
  assert.match(stdout, /^Hangup.*\n-- connection lost: .*\n-- connected again after .* missing\nHangup.*PJSIP\/2-1/)
})

test('a server that answers no more when the time is over may have sent what did not come', async () => {
  const fault = server.faults.drop({ action: 'Ping' })
  const { done } = await watch(['Hangup', '-n', '2', '--for', '300ms', '--time', 'none'], () => hangup(1))
  const { code, stdout, stderr } = await done
  fault[Symbol.dispose]()
  assert.equal(code, 5)
  assert.match(stdout, /^Hangup.*\n-- connection lost: pbx1: no answer to Ping .* within 2000 ms\n$/)
  assert.match(stderr, /^1 event in .*; the connection was lost once, and the events of that time are missing\n$/)
})

test('a recording is read with the same filters, without a server', async () => {
  const file = `${line.home}/calls.jsonl.gz`
  const client = await connect(account)
  const recording = record(client, file)
  const seen = new Promise((resolve) => client.on('Hangup', ({ Uniqueid }) => Uniqueid === '2.1' && resolve(true)))
  for (const n of [1, 2]) hangup(n)
  await seen
  await recording.stop()
  await client.close()
  const read = (...args: string[]) => line.run(['events', '-r', file, ...args])
  const [all, one, none, missing] = await Promise.all([
    read('Hangup', '-o', 'csv', '-s', 'Uniqueid'),
    read('-w', 'Uniqueid=2.1', '-o', 'jsonl'),
    read('Newchannel', '-n', '1'),
    line.run(['events', '-r', 'none.jsonl']),
  ])
  assert.deepEqual(
    all.stdout.split('\n').map((row) => row.split(',').at(-1)),
    ['Uniqueid', '1.1', '2.1', ''],
  )
  assert.equal(JSON.parse(one.stdout).data.Uniqueid, '2.1')
  assert.deepEqual([none.code, missing.code], [5, 2])
  assert.match(missing.stderr, /the recording none\.jsonl cannot be read/)
})

for (const [args, code, says] of [
  [['--class', 'cal'], 2, /no event has the class cal; did you mean call\?/],
  [['-w', 'a b'], 2, /-w cannot read a b/],
  [['-n', 'x'], 2, /--count .*whole number/],
  [['-c', 'away'], 3, /^amiable: away: .*ECONNREFUSED/],
] as const) {
  test(`exit status ${code}: events ${args.join(' ')}`, async () => {
    const ran = await line.run(['events', ...args])
    assert.deepEqual([ran.code, ran.stdout], [code, ''])
    assert.match(ran.stderr, says)
  })
}

test('of several servers one that cannot be reached makes it 8', async () => {
  const { done } = await watch(['-c', 'pbx1,away', 'Hangup', '-n', '1', '--time', 'none'], () => hangup(1))
  const { code, stdout } = await done
  assert.deepEqual([code, stdout.startsWith('pbx1  Hangup')], [8, true])
})

test('a reader that stops costs events, and never the connection', async () => {
  const { child, done } = await watch(['--time', 'none', 'UserEvent', '--until', 'Last=yes'], () => {})
  child.stdout.pause()
  // more than the command, the pipe and both ends of the socket have room for
  const text = 'x'.repeat(2_000)
  for (let n = 1; n <= 8_000; n++) {
    server.emit('UserEvent', { UserEvent: 'Flood', Text: text })
    if (n % 100 === 0) await server.flushed()
  }
  child.stdout.resume()
  server.emit('UserEvent', { UserEvent: 'Flood', Last: 'yes' })
  const { code, stdout, stderr } = await done
  assert.equal(code, 0)
  const lost = Number(/, ([\d,]+) lost/.exec(stderr)?.[1]?.replaceAll(',', ''))
  const printed = stdout.split('\n').filter((row) => row.startsWith('UserEvent')).length
  assert.ok(lost > 0, stderr)
  assert.equal(printed + lost, 8_001)
  assert.match(stdout, /^-- [\d,]+ events lost: whatever reads this is too slow$/m)
})

for (const [args, says] of [
  [
    [],
    /^amiable: events were lost, because this output is read too slowly\n {2}Without --overflow fail they are counted/m,
  ],
  [['--json'], /^\{.*"code":"AMI_OVERFLOW".*"exit":7/m],
] as const) {
  test(`--overflow fail ends a watch that nobody reads with 7, after its Logoff: ${args}`, async () => {
    while (server.sessions.length > 0) await turn()
    const child = line.start(['events', 'UserEvent', '--overflow', 'fail', '--full', ...args])
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const gone = new Promise<number | null>((resolve) => child.on('exit', resolve))
    await server.waitForLogin()
    const before = server.calls.length
    // as much as finds room in the pipe and in the writer, and more
    for (let n = 1; n <= 8_000; n++) {
      server.emit('UserEvent', { UserEvent: 'Flood', Text: 'x'.repeat(1_000) })
      if (n % 100 === 0) await server.flushed()
    }
    while (server.sessions.length > 0) await turn()
    assert.equal(server.calls.slice(before).filter(({ name }) => name === 'Logoff').length, 1)
    child.stdout.resume()
    assert.equal(await gone, 7, stderr)
    assert.match(stderr, says)
  })
}

test('a damaged file of the program itself is 70, and says so', async () => {
  const copy = join(line.home, 'damaged')
  const installed = dirname(dirname(line.bin))
  for (const folder of ['bin', 'dist']) cpSync(join(installed, folder), join(copy, folder), { recursive: true })
  writeFileSync(join(copy, 'dist/catalog.json'), '{')
  const child = spawn(process.execPath, [join(copy, 'bin/amiable.cjs'), 'docs', 'Hangup'], { env: line.env() })
  const { code, stdout, stderr } = await ended(child)
  assert.deepEqual([code, stdout], [70, ''])
  assert.match(stderr, /^amiable: this is a fault of amiable itself: SyntaxError: .*JSON[\s\S]*Please report it/)
})
