import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import fs, { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { RawClient } from '../../../../../tools/testbed/raw-client.ts'
import { record, startProxy, startServer } from '../../../src/testing/index.ts'
import { RecordingFile } from '../../../src/testing/recording/file.ts'
import { RecordingWriter } from '../../../src/testing/recording/writer.ts'
import { SeededRandom } from '../../../src/testing/time/seeded-random.ts'

const directory = mkdtempSync(join(tmpdir(), 'amiable-lines-'))
after(() => rmSync(directory, { recursive: true }))
const fileOf = (name: string): string => join(directory, name)

const BANNER = 'Asterisk Call Manager/11.0.0\r\n'

const names = 'Channel Linkedid Exten Priority Line Line-000000-000001 LineState Variable Var-1 Value Output Secret'
  .concat(' KEY key Keyboard Password PasswordDigest Md5Cred OauthSecret RefreshToken ExpectedResponse Response')
  .concat(' Response-MD5 SessionKey SessionID Family JSON X Privilege my_pin xpin db_pw dbPwOld WWW-Authenticate')
  .concat(' Application AppData ChanVariable ChanVariable(PJSIP/1:2) Challenge Base64Body ActionID CommandID Result')
  .split(' ')
const values = ['', '1', 'PJSIP/trunk-00000001', 'hush', 'secret=hush', 'my_password: hush', '{"secret":"hush"}']
  .concat(['"Zed" <1>', 'a\\b', '\\', 'Zo\xc3\xab', '\xe9', '\xe2\x80\xa8', '\xed\xa0\x80', '\xf0\x9f\x98\x80'])
  .concat([
    'my_token=hush',
    'a:hush@c',
    'sip:a@c',
    '100@default',
    'x%3Dhush',
    '%41',
    'Authenticate',
    'DISA',
    'aPin',
    'x\\u0070in=3',
  ])
  .concat([
    'Bearer hush-hush',
    '?token=hush',
    'monkey: see',
    'AES_ENCRYPT(a,b)',
    'new',
    'new:',
    'own',
    '@',
    'a:b',
    '@:@',
  ])
  .concat(['tab\there', '\x07', '\x7f', '\0', 'x'.repeat(300), 'md5_cred=hush', 'new\nline', 'bare\rreturn', '\r'])
const firsts = [
  'Event: Hangup',
  'Event: VarSet',
  'event: own',
  'Event: ChallengeResponseFailed',
  'Event: ChannelReload',
  'Event: AsyncAGIExec',
  'Event: ChallengeSent',
  'Event: AgentCalled',
].concat(['Response: Success', 'Response: Follows', 'Event:', 'Eve', '', 'Secret: hush', 'Ping: Pong'])

/** Messages of every kind; what is odd in them is as seldom or as frequent as `odd` says. */
function messages(random: SeededRandom, count: number, odd: number): string {
  let text = ''
  for (let n = 0; n < count; n++) {
    const any = (list: readonly string[]): string =>
      list[random.integer(0, 99) < odd ? random.integer(0, list.length - 1) : random.integer(0, 1)]!
    text += `${any(firsts)}\r\n`
    for (let left = random.integer(0, 8); left > 0; left--) text += `${any(names)}: ${any(values)}\r\n`
    text += '\r\n'
  }
  return text
}

/** The recording of some pieces. */
async function recorded(pieces: readonly string[]): Promise<string> {
  const file = fileOf('pieces.jsonl')
  const writer = new RecordingWriter(
    () => new RecordingFile(file),
    'x',
    () => 1,
  )
  for (const piece of pieces) writer.chunk(1, 'out', piece, false)
  writer.end(1)
  await writer.close()
  const text = readFileSync(file, 'utf8')
  // all lines but the first, the end of the connection, the last, and what is behind it
  assert.equal(writer.messages, text.split('\n').length - 4)
  return text
}

test('many messages at once are written as by one look at each, whatever they hold', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = new SeededRandom(seed)
    const text = messages(random, 40, [2, 20, 100][seed % 3]!)
    // the first chunk, which has the banner, takes the other way
    const expected = await recorded([BANNER + text])
    assert.doesNotMatch(expected, /(?:\\n|"text":")(?:Secret|Password|Md5Cred|SessionKey): hush/i)
    assert.equal(await recorded([BANNER, text]), expected, `seed ${seed}`)
    const cuts = Array.from({ length: 5 }, () => random.integer(0, text.length)).sort((a, b) => a - b)
    const pieces = [0, ...cuts].map((from, n) => text.slice(from, cuts[n]))
    assert.equal(await recorded([BANNER, ...pieces]), expected, `seed ${seed}, cut at ${cuts}`)
  }
})

test('events of any length, up to what one look takes and past it', async () => {
  for (const length of [65_000, 131_000, 131_072, 200_000, 700_000]) {
    const event = (n: number): string => `Event: Long\r\nN: ${n}\r\nValue: ${'y'.repeat(length)}\r\n\r\n`
    const text = event(1) + event(2) + event(3)
    const pieces = Array.from({ length: Math.ceil(text.length / 65_536) }, (_, n) => text.substr(n * 65_536, 65_536))
    assert.equal(await recorded([BANNER, ...pieces]), await recorded([BANNER + text]), `${length}`)
  }
})

test('a file that is behind says so, until it has caught up; closing writes what waits', async () => {
  for (const name of ['behind.jsonl', 'behind.jsonl.gz']) {
    const file = new RecordingFile(fileOf(name))
    const line = Buffer.from(`${'z'.repeat(99_999)}\n`)
    let lines = 0
    while (file.behind === undefined) {
      file.add(line)
      lines++
    }
    assert.ok(lines * line.length < 16 << 20)
    await file.behind
    assert.equal(file.behind, undefined)
    for (; lines % 100 !== 0; lines++) file.add(line)
    // one that is longer than a write, and one behind it
    file.add(Buffer.from(`${'w'.repeat(999_999)}\n`))
    file.add(Buffer.from('last\n'))
    await file.close()
    const bytes = readFileSync(fileOf(name))
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')
    assert.equal(text, `${line.toString('latin1').repeat(lines)}${'w'.repeat(999_999)}\nlast\n`)
  }
})

test('a recording whose source does not wait for the disk ends where too much waits', async () => {
  const file = new RecordingFile(fileOf('flooded.jsonl'))
  const line = Buffer.from(`${'z'.repeat((1 << 20) - 1)}\n`)
  // nothing is written before the next turn
  for (let lines = 0; lines < 64; lines++) file.add(line)
  assert.equal(file.ended, false)
  file.add(line)
  assert.equal(file.ended, true)
  assert.equal(file.behind, undefined, 'a proxy waits for nothing more')
  await assert.rejects(file.close(), { code: 'AMI_LIMIT', limit: 'recording', value: 64 << 20 })
})

for (const name of ['hung.jsonl', 'hung.jsonl.gz']) {
  test(`a disk that hangs keeps nobody waiting for the end for ever (${name})`, async (t) => {
    t.mock.method(fs, 'write', () => undefined)
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const too = { code: 'AMI_LIMIT', message: /too slow/ }
    const file = new RecordingFile(fileOf(name))
    file.add(Buffer.from('line\n'))
    const closed = assert.rejects(file.close(), too)
    t.mock.timers.tick(30_000)
    await closed

    // nor a proxy for room
    const other = new RecordingFile(fileOf(name))
    const line = Buffer.from(`${randomBytes(250_000).toString('latin1')}\n`, 'latin1')
    while (other.behind === undefined) {
      other.add(line)
      await new Promise(setImmediate)
    }
    t.mock.timers.tick(30_000)
    await other.behind
    await assert.rejects(other.close(), too)
  })
}

test('a proxy reads on when its recorders have caught up', async () => {
  await using server = await startServer()
  await using proxy = await startProxy({ target: { port: server.port } })
  let behind: Promise<void> | undefined
  let passed = ''
  proxy.tap({
    chunk: (_session, direction, text) => {
      if (direction === 'out') passed += text
    },
    end: () => {},
    get behind() {
      return behind
    },
  })
  using client = await RawClient.login(proxy.port, 'on')
  let resolve = (): void => {}
  behind = new Promise((done) => {
    resolve = () => done()
  })
  server.send('Event: First\r\n\r\n')
  await client.until(/First/)
  server.send('Event: Second\r\n\r\n')
  // the server answers another one meanwhile
  using other = await RawClient.login(server.port, 'on')
  await other.ask({ Action: 'Ping' })
  assert.match(passed, /First/)
  assert.doesNotMatch(passed, /Second/)
  behind = undefined
  resolve()
  await client.until(/Second/)
})

test('where the file cannot be written, what passes passes, and the end of the recording says why', async () => {
  await using server = await startServer()
  await using proxy = await startProxy({ target: { port: server.port } })
  const recording = record(proxy, join(directory, 'nowhere', 'x.jsonl.gz'))
  using client = await RawClient.login(proxy.port, 'on')
  server.emit('UserEvent', { UserEvent: 'passes' })
  await client.until(/passes/)
  await assert.rejects(recording.stop(), { code: 'ENOENT' })
})

test('all of a flood is in its file when the recording has stopped', async () => {
  const file = fileOf('flood.jsonl')
  await using server = await startServer()
  await using proxy = await startProxy({ target: { port: server.port } })
  const recording = record(proxy, file)
  using client = await RawClient.login(proxy.port, 'user')
  for (let n = 0; n < 20_000; n++) server.emit('UserEvent', { UserEvent: 'Flood', N: n })
  server.emit('UserEvent', { UserEvent: 'Last' })
  await client.until(/UserEvent: Last/)
  await recording.stop()
  assert.ok(statSync(file).size > 2_000_000)
  const numbers = [...readFileSync(file, 'latin1').matchAll(/UserEvent: Flood\\r\\nN: (\d+)\\r\\n\\r\\n"\}\n/g)]
  assert.deepEqual(
    numbers.map(([, n]) => Number(n)),
    Array.from({ length: 20_000 }, (_, n) => n),
  )
})
