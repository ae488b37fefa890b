// record, proxy and replay: what is recorded is shown and served again, and no secret is in it.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { connect } from 'amiable'
import { startServer } from 'amiable/testing'
import { CommandLine, ended } from '../../../../tools/testbed/command.ts'
import { RawClient } from '../../../../tools/testbed/raw-client.ts'
import { sizeOf } from '../../src/output/size.ts'

const server = await startServer({ users: { frank: 'a marked secret' } })
const line = new CommandLine({ pbx1: { port: server.port, username: 'frank', secret: 'a marked secret' } })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})

async function start(...args: string[]) {
  const child = line.start(args)
  const done = ended(child)
  const first = () => new Promise<string>((resolve) => child.stdout.once('data', resolve))
  return { child, done, first }
}

test('what is recorded is shown by events --read, and served again by replay', async () => {
  const recorder = await start('record', 'calls.jsonl')
  await server.waitForLogin()
  for (const n of [1, 2]) server.emit('Hangup', { Channel: `PJSIP/${n}-1`, Uniqueid: `${n}.1`, Cause: 16 })
  await server.flushed()
  const until = async () => {
    for (;;) {
      const read = await line.run(['events', '--read', 'calls.jsonl', 'Hangup', '-o', 'csv', '-s', 'Uniqueid'])
      if (read.stdout.includes('2.1')) return read
    }
  }
  await until()
  recorder.child.kill('SIGINT')
  const { code, stdout, stderr } = await recorder.done
  assert.deepEqual([code, stdout], [0, ''])
  assert.match(stderr, /^[\d,]+ messages {2}[\d.]+ k?B {2}/)
  assert.doesNotMatch(readFileSync(join(line.home, 'calls.jsonl'), 'utf8'), /marked/)

  const again = await line.run(['record', 'calls.jsonl'])
  assert.equal(again.code, 2)
  assert.match(again.stderr, /there is a file calls\.jsonl already/)

  const served = await start('replay', 'calls.jsonl', '--listen', '127.0.0.1:0', '--speed', 'max')
  const [, url = '', file = ''] = /AMIABLE_URL='(.+)' AMIABLE_SECRET_FILE='(.+)'/.exec(await served.first()) ?? []
  const env = { AMIABLE_URL: url, AMIABLE_SECRET_FILE: file }
  const seen = await line.run(['events', 'Hangup', '-n', '2', '--for', '20s', '-o', 'csv', '-s', 'Uniqueid'], { env })
  assert.equal(seen.code, 0, seen.stderr)
  assert.match(seen.stdout, /,1\.1\n.*,2\.1\n$/)
  served.child.kill('SIGTERM')
  assert.equal((await served.done).code, 0)
})

test('record with names and globs holds these events alone, of those that come with their classes', async () => {
  while (server.sessions.length > 0) await turn()
  const { child, done } = await start('record', 'chosen.jsonl', 'hangup', 'Dial*')
  await server.waitForLogin()
  for (const name of ['DialBegin', 'Newchannel', 'DialEnd', 'Newstate', 'Hangup']) {
    server.emit(name, { Channel: `PJSIP/${name}` })
  }
  const read = () => line.run(['events', '--read', 'chosen.jsonl', '-o', 'csv', '-s', 'Channel'])
  let seen = ''
  while (!seen.includes('Hangup')) seen = (await read()).stdout
  child.kill('SIGINT')
  assert.equal((await done).code, 0)
  assert.equal(server.calls.findLast(({ name }) => name === 'Login')?.get('Events'), 'call')
  assert.deepEqual(seen.match(/PJSIP\/\w+/g), ['PJSIP/DialBegin', 'PJSIP/DialEnd', 'PJSIP/Hangup'])
})

test('a login that fails leaves no recording behind, in one file or in parts', async () => {
  using other = new CommandLine({ pbx1: { port: server.port, username: 'frank', secret: 'wrong' } })
  for (const [name, ...args] of [['one.jsonl'], ['part-001.jsonl', '--rotate', '1M']] as const) {
    const { code } = await other.run(['record', name.replace('-001', ''), ...args])
    assert.equal(code, 4)
    assert.equal(existsSync(join(other.home, name)), false)
  }
})

test('a proxy passes everything on and records it without the secret', async () => {
  const proxy = await start(
    'proxy',
    '--listen',
    '127.0.0.1:0',
    '--to',
    `127.0.0.1:${server.port}`,
    '--record',
    'crm.jsonl.gz',
  )
  const port = Number((await proxy.first()).trim().split(':')[1])
  const ami = await connect({ host: '127.0.0.1', port, username: 'frank', secret: 'a marked secret' })
  assert.equal((await ami.send('Ping')).Ping, 'Pong')
  await ami.close()
  proxy.child.kill('SIGINT')
  const { code, stderr } = await proxy.done
  assert.equal(code, 0)
  assert.match(stderr, /^\d+ messages in /)
})

test('proxy --show shows what passes without the secret, and what the program does wrong', async () => {
  const proxy = await start('proxy', '--listen', '127.0.0.1:0', '--to', `127.0.0.1:${server.port}`, '--show')
  using program = await RawClient.open(await addressOf(proxy.child))
  await program.until(/Call Manager/)
  program.send('Action: Login\r\nUsername: frank\r\nSecret: a marked secret\r\nActionID: 1\r\n\r\n')
  await program.until(/Authentication accepted/)
  program.send('Action: QueuePause\r\nInterfce: PJSIP/\x1b[2J\r\nPaused: yes\r\n\r\n')
  await program.until(/Response: Error/)
  proxy.child.kill('SIGINT')
  const { code, stdout } = await proxy.done
  assert.equal(code, 0)
  assert.match(stdout, /^[\d:.]+ {2}1 < Asterisk Call Manager/)
  assert.match(stdout, /1 > Login\n {4}Action: Login\n {4}Username: frank\n {4}Secret: \*\*\*\n/)
  assert.match(stdout, / {4}Interfce: PJSIP\/\\x1b\[2J\n/)
  assert.match(stdout, / {2}! no ActionID: nobody can tell/)
  assert.match(stdout, / {2}! QueuePause has no parameter Interfce.*; did you mean Interface\?/)
  assert.match(stdout, /1 < Response\n {4}Response: Error\n/)
  assert.doesNotMatch(stdout, /marked/)
})

test('proxy --only shows some actions with their answers, as JSON too, and records beside it', async () => {
  const proxy = await start(
    ...['proxy', '--listen', '127.0.0.1:0', '--to', `127.0.0.1:${server.port}`, '--only', 'ping,user*'],
    ...['--json', '--record', 'beside.jsonl'],
  )
  const port = await addressOf(proxy.child)
  const ami = await connect({ host: '127.0.0.1', port, username: 'frank', secret: 'a marked secret' })
  const came = new Promise((resolve) => ami.on('UserEvent', resolve))
  await ami.send('Ping')
  await ami.send('UserEvent', { UserEvent: 'seen' })
  await came
  await ami.close()
  proxy.child.kill('SIGINT')
  const { stdout } = await proxy.done
  const shown = stdout
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row))
  assert.deepEqual(shown.map(({ direction, name }) => `${direction} ${name}`).sort(), [
    'in Ping',
    'in UserEvent',
    'out Response',
    'out Response',
    'out UserEvent',
  ])
  assert.deepEqual(shown[0].remarks, [])
  assert.match(readFileSync(join(line.home, 'beside.jsonl'), 'utf8'), /Action: Challenge/)
})

/** The port that a proxy printed beside its data. */
async function addressOf(child: { stderr: NodeJS.ReadableStream }): Promise<number> {
  const text = await new Promise<string>((resolve) => child.stderr.once('data', (part) => resolve(String(part))))
  return Number(/:(\d+)\n/.exec(text)?.[1])
}

for (const [args, code, says] of [
  [['record', 'x.jsonl', '--max', 'big'], 2, /--max must be a size/],
  [['record', 'none/x.jsonl'], 2, /there is no folder none for the recording/],
  [['replay', 'none.jsonl'], 2, /the recording none\.jsonl cannot be read/],
  [['replay', '.config/amiable/config.json', '--speed', '-1'], 2, /--speed must be a number above 0/],
  [['replay', '.config/amiable/config.json', '--listen', '127.0.0.1:0'], 2, /^amiable: /],
  [['proxy', '--to', 'x', '--record', 'y'], 2, /--to must be ADDRESS:PORT/],
  [['proxy', '--to', 'x:1'], 2, /proxy needs --show, --record FILE or both/],
] as const) {
  test(`exit status ${code}: ${args.join(' ')}`, async () => {
    const ran = await line.run(args)
    assert.deepEqual([ran.code, ran.stdout], [code, ''])
    assert.match(ran.stderr, says)
  })
}

test('sizes have units', () => {
  assert.deepEqual(['500M', '2g', '10', '0', 'x', '1T'].map(sizeOf), [
    524_288_000,
    2_147_483_648,
    10,
    undefined,
    undefined,
    undefined,
  ])
})

test('a disk that takes no more ends a recording at once, after its Logoff', async () => {
  const before = server.calls.length
  const count = (name: string) => server.calls.slice(before).filter((call) => call.name === name).length
  // the shell's limit for files: the system refuses what is behind it
  const words = `ulimit -f 64; exec ${process.execPath} ${line.bin} record full.jsonl`
  const child = spawn('sh', ['-c', words], { env: line.env(), cwd: line.home, stdio: ['pipe', 'pipe', 'pipe'] })
  const done = ended(child)
  while (count('Login') === 0) await turn()
  for (let n = 0; n < 400; n++) server.emit('UserEvent', { UserEvent: 'Full', Text: 'x'.repeat(1_000) })
  const { code, stderr } = await done
  assert.equal(code, 74)
  assert.match(stderr, /^amiable: .*EFBIG/m)
  assert.equal(count('Logoff'), 1)
})
