import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { RawClient } from '../../../../../tools/testbed/raw-client.ts'
import {
  ExpectationError,
  expectEvents,
  ManualClock,
  type ObservedEvent,
  type RecordedMessage,
  readRecording,
  record,
  replay,
  startProxy,
  startServer,
} from '../../../src/testing/index.ts'
import { RecordingFile } from '../../../src/testing/recording/file.ts'
import { RecordingWriter } from '../../../src/testing/recording/writer.ts'
import { redact } from '../../../src/testing/redaction/redact.ts'

const directory = mkdtempSync(join(tmpdir(), 'amiable-recording-'))
after(() => rmSync(directory, { recursive: true }))

async function recorded(file: string): Promise<void> {
  await using server = await startServer({ systemName: 'recorded' })
  await using proxy = await startProxy({ target: { port: server.port } })
  await using _ = record(proxy, file)
  using client = await RawClient.login(proxy.port, 'user')
  await client.ask({ Action: 'QueueSummary', ActionID: 'one', Queue: 'support' })
  server.emit('UserEvent', [
    ['UserEvent', 'first'],
    ['Name', 'Zoë'],
  ])
  await client.until(/first/)
  client.send('Action: UserEvent\r\nUserEvent: latin\r\nByte: \xe9\r\n\r\n')
  await client.until(/Event: UserEvent\r\n(.*\r\n)*Byte/)
  client.action({ Action: 'Logoff' })
  await client.closed()
}

test('a proxy passes everything and its recording holds it, without the secret', async () => {
  const file = join(directory, 'session.jsonl.gz')
  await recorded(file)
  const text = gunzipSync(readFileSync(file)).toString('utf8')
  assert.match(text, /^\{"amiable":"recording","version":1,/)
  assert.doesNotMatch(text, /lean/)
  assert.match(text, /Secret: \*\*\*/)
  assert.match(text, /Zoë/)
  const messages: RecordedMessage[] = []
  for await (const message of readRecording(file)) messages.push(message)
  const out = messages.filter(({ direction }) => direction === 'out')
  assert.equal(out[0]?.text, 'Asterisk Call Manager/11.0.0\r\n')
  assert.ok(out.some(({ text: sent }) => sent.includes('Byte: \xe9')))
})

test('a replay sends the events again and answers as it was answered', async () => {
  const file = join(directory, 'again.jsonl')
  await recorded(file)
  await using served = await replay(file)
  using client = await RawClient.login(served.port, 'on')
  assert.equal(await served.done, 2)
  await client.until(/Byte: \xe9\r\n\r\n/)
  const answer = await client.ask({ Action: 'QueueSummary', ActionID: 'mine', Queue: 'support' })
  assert.match(
    answer,
    /Event: QueueSummary\r\n(.*\r\n)*ActionID: mine\r\n\r\nEvent: QueueSummaryComplete\r\nActionID: mine\r\n/,
  )
  assert.match(await client.ask({ Action: 'QueueSummary', Queue: 'sales' }), /Queue: sales/)
})

test('a replay keeps the pace of its recording, or a multiple', async () => {
  const file = join(directory, 'paced.jsonl')
  const clock = new ManualClock()
  const handlers: ((event: { headers: [string, string][] }) => void)[] = []
  const source = { on: (_: '*', handler: (typeof handlers)[0]) => void handlers.push(handler) }
  const recording = record(source, file, () => clock.now())
  for (const second of [0, 1, 2]) {
    handlers[0]?.({
      headers: [
        ['Event', 'UserEvent'],
        ['Privilege', 'user,all'],
        ['UserEvent', String(second)],
      ],
    })
    await clock.advance(1000)
  }
  await recording.stop()
  assert.equal(recording.messages, 3)
  const serverClock = new ManualClock()
  await using served = await replay(file, { speed: 10, clock: serverClock })
  using client = await RawClient.login(served.port, 'on')
  await client.until(/UserEvent: 0/)
  await serverClock.advance(99)
  assert.equal(served.sent, 1)
  await serverClock.advance(1)
  await client.until(/UserEvent: 1/)
  await serverClock.advance(100)
  await client.until(/UserEvent: 2/)
})

test('secrets go, names stay', () => {
  const cases: [string, string][] = [
    ['Action: Login\r\nSecret: a b\r\nKey: 0123\r\n\r\n', 'Action: Login\r\nSecret: ***\r\nKey: ***\r\n\r\n'],
    ['Event: AuthList\r\nPassword: x1\r\nMd5Cred: \r\n\r\n', 'Event: AuthList\r\nPassword: ***\r\nMd5Cred: \r\n\r\n'],
    ['Event: X\r\nResponse-MD5: hush\r\n\r\n', 'Event: X\r\nResponse-MD5: ***\r\n\r\n'],
    ['Line-000000-000001: secret=lean\r\n', 'Line-000000-000001: secret=***\r\n'],
    ['JSON: {"frank":{"secret":"le\\"an","read":"all"}}\r\n', 'JSON: {"frank":{"secret":"***","read":"all"}}\r\n'],
    // the keys of AstDB are what is asked for
    ['Action: DBGet\r\nFamily: x\r\nKey: 100\r\n\r\n', 'Action: DBGet\r\nFamily: x\r\nKey: 100\r\n\r\n'],
    ['Action: Login\r\nFamily: x\r\nKey: 0123\r\n\r\n', 'Action: Login\r\nFamily: x\r\nKey: ***\r\n\r\n'],
    ['Family: x\r\nKey: \r\nKeyboard: y\r\n', 'Family: x\r\nKey: \r\nKeyboard: y\r\n'],
  ]
  for (const [text, wanted] of cases) assert.equal(redact(text), wanted)
})

class Events {
  #queue: ObservedEvent[] = []
  #wake: (() => void) | undefined

  push(Event: string, headers: Record<string, string> = {}): void {
    this.#queue.push({ Event, get: (name) => headers[name] })
    this.#wake?.()
  }

  async *events(_: '*', options?: { signal?: AbortSignal }): AsyncGenerator<ObservedEvent> {
    options?.signal?.addEventListener('abort', () => this.#wake?.())
    for (;;) {
      while (this.#queue.length > 0) yield this.#queue.shift()!
      if (options?.signal?.aborted === true) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

test('expectEvents gives what matched, in order or in any', async () => {
  const source = new Events()
  const seen = expectEvents(source, ['Newchannel', { Event: 'Hangup', Channel: /^PJSIP/, Cause: 16 }])
  source.push('Hangup', { Channel: 'PJSIP/0', Cause: '16' })
  source.push('Newchannel', { Channel: 'PJSIP/1' })
  source.push('Hangup', { Channel: 'Local/1', Cause: '16' })
  source.push('Hangup', { Channel: 'PJSIP/1', Cause: '16' })
  assert.deepEqual(
    (await seen).map((event) => event.get('Channel')),
    ['PJSIP/1', 'PJSIP/1'],
  )
  const any = expectEvents(source, ['B', 'A'], { inOrder: false })
  source.push('A')
  source.push('B')
  assert.deepEqual(
    (await any).map((event) => event.Event),
    ['B', 'A'],
  )
})

test('expectEvents shows what came instead', async () => {
  const source = new Events()
  const clock = new ManualClock()
  const patterns = ['Newchannel', { Event: 'Hangup', Channel: 'PJSIP/1', Cause: (cause: string) => cause === '17' }]
  const seen = expectEvents(source, patterns, { within: 30_000, clock })
  source.push('Newchannel', { Channel: 'PJSIP/1' })
  source.push('Hangup', { Channel: 'PJSIP/1', Cause: '16' })
  const failed = assert.rejects(seen, (error: unknown) => {
    assert.ok(error instanceof ExpectationError)
    assert.match(
      error.message,
      /in this order: not all within 30000 ms\n {2}✓ Newchannel\n {2}✗ Hangup \{ Channel: PJSIP\/1/,
    )
    assert.match(error.message, /nearest: Cause: 16\n2 came:\n {2}Newchannel PJSIP\/1\n {2}Hangup PJSIP\/1$/)
    assert.deepEqual(error.actual, ['Newchannel PJSIP/1', 'Hangup PJSIP/1'])
    return true
  })
  await clock.advance(30_000)
  await failed
})

test('what comes in one piece is written as what comes message by message: secrets, quotes, bytes, blank lines', async () => {
  const messages = [
    'Event: Hangup\r\nChannel: PJSIP/1\r\nCause: 16\r\n\r\n',
    'Event: VarSet\r\nVariable: X\r\nValue: two words\r\n\r\n',
    'Event: Own\r\nsecret: hush\r\n\r\n',
    'Event: ChallengeResponseFailed\r\nResponse: hush\r\nExpectedResponse: hush\r\n\r\n',
    'Response: Success\r\nLine-000000-000001: secret=hush\r\n\r\n',
    'Response: Success\r\nJSON: {"a":{"secret":"hush"}}\r\n\r\n',
    'Event: Own\r\nName: Zo\xc3\xab\r\n\r\n',
    'Event: Own\r\nByte: \xe9\r\n\r\n',
    'Event: Own\r\nPath: a\\b "c"\r\n\r\n',
    'Event: Own\r\nBare: 1\nLine: feeds\r\n\r\n',
    '\r\n',
    'Event: Own\nBare: all\n\n',
    'Response: Follows\r\nPrivilege: Command\r\nActionID: 1\r\nfirst\n\nlast\n--END COMMAND--\r\n\r\n',
  ]
  const end = 'Event: Hangup\r\nCause: 17\r\n\r\n'
  const write = async (name: string, pieces: readonly string[]): Promise<string> => {
    const writer = new RecordingWriter(
      () => new RecordingFile(join(directory, name)),
      'x',
      () => 1,
    )
    for (const piece of pieces) writer.chunk(1, 'out', piece, false)
    await writer.close()
    assert.equal(writer.messages, pieces === whole ? wanted : writer.messages)
    return readFileSync(join(directory, name), 'utf8')
  }
  const whole: string[] = []
  let wanted = 0
  for (const message of messages) {
    const single = ['Asterisk Call Manager/11.0.0\r\n', end, end, message, end]
    wanted = single.length
    const expected = await write('single.jsonl', single)
    assert.doesNotMatch(expected, /hush/)
    whole.splice(0, whole.length, single.join(''))
    assert.equal(await write('whole.jsonl', whole), expected, message)
    // cut in the middle of the banner, of a message, and of an end of line
    const text = single.join('')
    for (const at of [10, 40, text.length - 1, text.length - 3]) {
      assert.equal(await write('cut.jsonl', [text.slice(0, at), text.slice(at)]), expected, message)
    }
  }
  const all = await write('single.jsonl', [...messages, end])
  wanted = messages.length + 1
  whole.splice(0, whole.length, [...messages, end].join(''))
  assert.equal(await write('whole.jsonl', whole), all)
})

test('a message without end is written in pieces that end on a line, and nothing of it is lost', async () => {
  const file = join(directory, 'endless.jsonl')
  const writer = new RecordingWriter(
    () => new RecordingFile(file),
    'x',
    () => 1,
  )
  const line = 'Secret: hush\r\nA: 12345\r\n'
  const chunk = line.repeat(2_500)
  writer.chunk(1, 'out', 'Event: Endless\r\n', false)
  for (let n = 0; n < 100; n++) {
    writer.chunk(1, 'out', chunk.slice(0, 999 + n), false)
    writer.chunk(1, 'out', chunk.slice(999 + n), false)
  }
  writer.end(1)
  await writer.close()
  let text = ''
  for await (const message of readRecording(file)) text += message.text
  assert.ok(writer.messages > 1)
  assert.equal(text, `Event: Endless\r\n${line.repeat(250_000).replaceAll('hush', '***')}`)
})
