import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { FROM_SOURCES } from '../../../../../tools/testbed/child.ts'
import { connect } from '../../../src/index.ts'
import {
  importRecording,
  like,
  readEvents,
  readRecording,
  record,
  replay,
  startServer,
} from '../../../src/testing/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'amiable-import-'))
after(() => rmSync(directory, { recursive: true }))
const account = { host: '127.0.0.1', username: 'frank', secret: 'lean' } as const

let files = 0
function fileWith(content: string | Buffer, end = '.ami'): string {
  const file = join(directory, `${++files}${end}`)
  writeFileSync(file, content, typeof content === 'string' ? 'latin1' : undefined)
  return file
}

const EVENTS = [
  ['Event: Hangup', 'Privilege: call,all', 'Channel: PJSIP/1', 'Cause: 16'],
  ['Event: UserEvent', 'Privilege: user,all', 'UserEvent: Zo\xc3\xab'],
]
const capture = (end: string, events = EVENTS): string =>
  `Asterisk Call Manager/11.0.0${end}${events.map((lines) => lines.map((line) => line + end).join('') + end).join('')}`

/** What a client hears of a replay. */
async function heard(recording: string): Promise<string[]> {
  await using served = await replay(recording, { begin: 'manual' })
  await using ami = await connect({ ...account, port: served.port, keepalive: false })
  const seen: string[] = []
  ami.on('*', (event) => void (event.Event === 'FullyBooted' || seen.push(event.Event)))
  served.start()
  await served.done
  // a reply comes through, whatever the recording ends with
  assert.equal((await ami.send('Ping')).Ping, 'Pong')
  return seen
}

test('captures are read whatever ends their lines', async () => {
  for (const end of ['\r\n', '\n', '\r\r\n']) {
    for (const content of [capture(end), `\xef\xbb\xbf${capture(end)}`, capture(end).slice(0, -end.length)]) {
      const whole = content.endsWith(end + end)
      for (const file of [fileWith(content), fileWith(gzipSync(Buffer.from(content, 'latin1')), '.ami.gz')]) {
        assert.deepEqual(await heard(file), whole ? ['Hangup', 'UserEvent'] : ['Hangup'], JSON.stringify(content))
        const events = await readEvents(file).toArray()
        assert.deepEqual(
          events.map((event) => event.toJSON()),
          [
            { Event: 'Hangup', Privilege: 'call,all', Channel: 'PJSIP/1', Cause: '16' },
            { Event: 'UserEvent', Privilege: 'user,all', UserEvent: 'Zoë' },
          ].slice(0, whole ? 2 : 1),
        )
      }
    }
  }
})

test('a capture’s bytes are kept where its lines end with CRLF, bare line feeds in values too', async () => {
  const text =
    'Event: Own\r\nA: one\ntwo\n\nthree\r\nB: \xe9\r\n\r\n\r\nEvent: Own\r\n\r\nResponse: Follows\r\nx: y\n\nz\n--END COMMAND--\r\n\r\n'
  const messages: string[] = []
  for await (const message of readRecording(fileWith(text))) messages.push(message.text)
  assert.equal(messages.join(''), text)
  assert.equal(messages.length, 3)
})

const telnet = `Trying 127.0.0.1...
Connected to localhost.
Escape character is '^]'.
Asterisk Call Manager/11.0.0
Action: Login
Username: frank
Secret: hush-hush

Response: Success
Message: Authentication accepted

Event: FullyBooted
Privilege: system,all
Status: Fully Booted

Action: Getvar
Variable: CITY

Response: Success
Variable: CITY
Value: Bern

Event: Hangup
Privilege: call,all
Channel: PJSIP/9
Cause: 17

Action: Command
Command: core show uptime

Response: Follows
Privilege: Command
System uptime: 1 hour

Last reload: 2 hours
--END COMMAND--

Action: QueueSummary

Response: Success
EventList: start
Message: Queue summary will follow

Event: QueueSummary
Queue: of-the-log
LoggedIn: 1

Event: QueueSummaryComplete
EventList: Complete
ListItems: 1

Connection closed by foreign host.
Trying 127.0.0.1...
Connected to localhost.
Asterisk Call Manager/11.0.0
Action: Ping

Response: Success
Ping: Pong
`

/** A connection of a telnet log, as the server of `banner` sees it. */
const connection = (n: number, banner = 'Asterisk Call Manager/11.0.0') => `${banner}
Action: Login
Username: frank
Secret: hush-hush

Response: Success
Message: Authentication accepted

Event: Hangup
Privilege: call,all
Channel: PJSIP/${n}

Action: Getvar
Variable: CITY

Response: Success
Variable: CITY
Value: Bern ${n}

`

for (const [what, log] of [
  [
    'a shell',
    `root@pbx:~# telnet localhost 5038\nTrying 127.0.0.1...\n${connection(1)}Connection closed by foreign host.\nroot@pbx:~# telnet localhost 5038\nTrying 127.0.0.1...\nConnected to localhost.\n${connection(2)}Connection closed by foreign host.\nroot@pbx:~# exit\nlogout\n`,
  ],
  ['PuTTY', ['', '=~=~= PuTTY log 2026.01.02 10:00:00 =~=~=\n'].map((line, n) => line + connection(n + 1)).join('')],
  ['nc', `${connection(1)}^C\n$ nc localhost 5038\n${connection(2)}`],
  ['telnet that is told to quit', `${connection(1)}^]\ntelnet> quit\nConnection closed.\n${connection(2)}`],
  ['Windows', `${connection(1)}Connection to host lost.\n\nPress any key to continue...\n${connection(2)}`],
  [
    'openssl s_client',
    `${connection(1)}closed\nCONNECTED(00000003)\ndepth=0 CN = pbx\nread R BLOCK\n${connection(2)}DONE\n`,
  ],
  ['a fork', [1, 2].map((n) => connection(n, 'Issabel Call Manager/1.3')).join('')],
  ['a proxy', [1, 2].map((n) => connection(n, 'Asterisk Manager Proxy/1.22')).join('')],
] as const) {
  test(`the log of ${what} is its connections, and nothing that a terminal or a shell said`, async () => {
    const recording = importRecording(log)
    assert.doesNotMatch(recording, /hush|telnet|quit|PuTTY|nc local|root@|Press|CONNECTED|closed|DONE|logout/)
    const events = await readEvents(recording).toArray()
    assert.deepEqual(
      events.map(({ session, Channel }) => [session, Channel]),
      [
        [1, 'PJSIP/1'],
        [2, 'PJSIP/2'],
      ],
    )
    for (const session of [1, 2]) {
      await using served = await replay(recording, { begin: 'manual', session })
      await using ami = await connect({ ...account, port: served.port, keepalive: false })
      assert.equal((await ami.send('Getvar', { Variable: 'CITY' })).Value, `Bern ${session}`)
    }
  })
}

test('an event that comes while somebody types an action in telnet is an event, and the action is one', async () => {
  const event = (n: number) => `Event: Hangup\nPrivilege: call,all\nChannel: PJSIP/${n}\n\n`
  const typed = `Action: Getvar\n${event(1)}${event(2)}Variable: CITY\n${event(3)}\n`
  const answer = 'Response: Success\nVariable: CITY\nValue: Bern\n\n'
  const recording = importRecording(`Asterisk Call Manager/11.0.0\n${typed}${answer}${event(4)}`)
  const channels = (await readEvents(recording).toArray()).map(({ Channel }) => Channel)
  assert.deepEqual(channels, ['PJSIP/1', 'PJSIP/2', 'PJSIP/3', 'PJSIP/4'])
  await using served = await replay(recording, { begin: 'manual' })
  await using ami = await connect({ ...account, port: served.port, keepalive: false })
  assert.equal((await ami.send('Getvar', { Variable: 'CITY' })).Value, 'Bern')
})

test('a telnet log is both directions: its events, and its answers to whoever asks', async () => {
  for (const log of [telnet, telnet.replaceAll('\n', '\r\n'), `\xff\xfb\x01\xff\xfd\x03${telnet}`]) {
    const file = fileWith(log, '.log')
    const flows = { in: 0, out: 0, end: 0 }
    const sessions = new Set<number>()
    for await (const { direction, session } of readRecording(file)) {
      flows[direction]++
      sessions.add(session)
    }
    assert.deepEqual(flows, { in: 5, out: 11, end: 1 })
    assert.deepEqual([...sessions], [1, 2])
    await using served = await replay(file, { begin: 'manual' })
    await using ami = await connect({ ...account, port: served.port })
    assert.equal((await ami.send('Getvar', { Variable: 'CITY' })).get('Value'), 'Bern')
    const { events, completion } = await ami.send('QueueSummary')
    assert.deepEqual(
      events.map((event) => event.get('Queue')),
      ['of-the-log'],
    )
    assert.equal(completion?.get('ListItems'), '1')
    const hangup = ami.events('Hangup')
    served.start()
    assert.equal((await hangup.next()).value?.get('Cause'), '17')
  }
})

test('importRecording makes a recording without secrets, for a file, a replay or readEvents', async () => {
  const text = importRecording(telnet, { redact: (name) => name === 'Queue' || undefined })
  assert.match(text, /^\{"amiable":"recording","version":1,/)
  assert.doesNotMatch(text, /hush|of-the-log/)
  assert.match(text, /Secret: \*\*\*/)
  assert.equal(importRecording(Buffer.from(telnet)), importRecording(telnet.replaceAll('\n', '\r\n')))
  for (const recording of [text, fileWith(text, '.jsonl')]) {
    assert.deepEqual(await heard(recording), ['Hangup'])
    const events = await readEvents(recording).toArray()
    assert.deepEqual(
      events.map(({ Event, session }) => [Event, session]),
      [
        ['FullyBooted', 1],
        ['Hangup', 1],
        ['QueueSummary', 1],
        ['QueueSummaryComplete', 1],
      ],
    )
    assert.ok(events.some((event) => like({ Event: 'Hangup', Cause: 17 }).asymmetricMatch(event)))
  }
})

test('what holds no AMI is refused with the reason, and leaves nothing behind', async () => {
  const pcap = Buffer.concat([Buffer.from('d4c3b2a1020004000000000000000000', 'hex'), Buffer.from(capture('\r\n'))])
  const cases: [string | Buffer, RegExp, string?][] = [
    ['', /it is empty/],
    [Buffer.alloc(0), /it is empty/, '.jsonl'],
    [pcap, /it is a packet capture; save the payload/, '.pcap'],
    [Buffer.from('0a0d0d0a1c000000', 'hex'), /packet capture/],
    [Buffer.from([1, 2, 0, 4, 5, 6]), /it is binary/],
    [Buffer.from([1, 13, 0, 4, 13, 6]), /it is binary/],
    [
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(capture('\r\n'), 'utf16le')]),
      /it is UTF-16; save it as UTF-8/,
    ],
    ['Dear all,\n\nthere was an Event: yesterday.\n', /no line begins with Event:, Response: or Action:/],
    ['\n\n\n', /no line begins/],
    ['Asterisk Call Manager/5.0.1\r\n', /no line begins/],
    ['Action: Ping\r\n\r\nAction: Logoff\r\n\r\n', /it has only actions, and nothing that a server said/],
    [capture('\r'), /its lines end with CR alone; save it with LF or CRLF/],
    ['{"amiable":"recording","version":1,"startedAt":1,"source":"x"}\n', /it has no messages/],
    ['{"amiable":"recording","version":2}\n{}\n', /its version is 2/],
    ['{"some":"json"}\n', /line 1 is no record/],
    [gzipSync(''), /nothing can be unpacked of it: it is empty, or was broken off/, '.jsonl.gz'],
    [gzipSync(capture('\r\n')).subarray(0, 11), /nothing can be unpacked of it/, '.jsonl.gz'],
    [Buffer.concat([gzipSync(capture('\r\n')).subarray(0, 20), Buffer.alloc(40, 7)]), /it cannot be unpacked/, '.gz'],
  ]
  for (const [content, why, end] of cases) {
    const file = fileWith(content, end)
    const refused = (error: Error & { code?: string; argument?: string }) => {
      assert.equal(error.code, 'AMI_ARGUMENT', String(error))
      assert.equal(error.argument, 'file')
      assert.match(error.message, why)
      assert.match(error.message, / file must be a recording or a capture of the wire: /)
      return true
    }
    await assert.rejects(replay(file), refused)
    await assert.rejects(readEvents(file).toArray(), refused)
    if (end === undefined && !String(content).startsWith('{')) {
      assert.throws(() => importRecording(content), { code: 'AMI_ARGUMENT', argument: 'text', message: why })
    }
  }
})

test('a recording that is broken off anywhere eats no reply, and tells all that is complete', async () => {
  const file = join(directory, 'day.jsonl')
  {
    await using server = await startServer()
    await using ami = await connect({ ...account, port: server.port })
    await using _ = record(ami, file)
    server.emit('UserEvent', { UserEvent: 'one' })
    await ami.send('QueueStatus')
    server.emit('UserEvent', { UserEvent: 'two' })
    await ami.send('Ping')
  }
  const bytes = readFileSync(file)
  const all = await readEvents(file).toArray()
  const cuts = Array.from({ length: 24 }, (_, n) => Math.floor(((n + 1) / 25) * bytes.length)).filter(
    (cut) => cut > 400,
  )
  let least = all.length
  for (const cut of cuts) {
    for (const [end, content] of [
      ['.jsonl', bytes.subarray(0, cut)],
      [
        '.jsonl.gz',
        gzipSync(bytes, { level: 1 }).subarray(0, Math.floor((cut / bytes.length) * gzipSync(bytes).length)),
      ],
    ] as const) {
      const broken = fileWith(content, end)
      const events = await readEvents(broken)
        .toArray()
        .catch((error: Error) => assert.match(error.message, /it has no messages|it is empty/))
      if (events === undefined) continue
      least = Math.min(least, events.length)
      assert.deepEqual(
        events.map((event) => event.toJSON()),
        all.slice(0, events.length).map((event) => event.toJSON()),
      )
      await heard(broken)
    }
  }
  assert.ok(least < all.length)

  // a message that is whole as a line, and is none
  const halves = [
    { t: 1, s: 1, d: 'out', text: 'Event: Own\r\nPrivilege: user,all\r\n\r\n' },
    { t: 2, s: 1, d: 'out', text: 'Event: Half\r\nPrivilege: user,all\r\n' },
    { t: 3, s: 1, d: 'end' },
    { t: 4, s: 2, d: 'in', text: 'Action: QueueStatus\r\nActionID: 1\r\n\r\n' },
    { t: 5, s: 2, d: 'out', text: 'Response: Success\r\nActionID: 1\r\nEventList: start\r\n\r\n' },
    { t: 6, s: 2, d: 'out', text: 'Event: QueueParams\r\nActionID: 1\r\nQueue: half' },
  ]
  const half = fileWith(halves.map((line) => `${JSON.stringify(line)}\n`).join(''), '.jsonl')
  assert.deepEqual(await heard(half), ['Own'])
  await using served = await replay(half, { begin: 'manual' })
  await using ami = await connect({ ...account, port: served.port })
  // the list that the recording ends within is the simulator's own
  assert.equal((await ami.send('QueueStatus')).completion?.Event, 'QueueStatusComplete')
})

test('what was written in pieces is one message again', async () => {
  const event = `Event: Own\r\nPrivilege: user,all\r\n${'A: 1\r\n'.repeat(3)}\r\n`
  const pieces = [event.slice(0, 12), event.slice(12, 40), event.slice(40)]
  const lines = pieces.map((text) => `${JSON.stringify({ t: 1, s: 1, d: 'out', text })}\n`)
  assert.deepEqual(await heard(fileWith(lines.join(''), '.jsonl')), ['Own'])
})

test('the events of a recording have their headers by name, and nothing of ours is overwritten', async () => {
  const text = importRecording(
    'Event: Own\nVar: 1\nVar: 2\nget: x\n__proto__: y\nsession: z\nChanVariable(IAX2/1.2.3.4:5): X=1\nEmpty:\n\n',
  )
  const [event] = await readEvents(text).toArray()
  assert.equal(event?.Event, 'Own')
  assert.equal(event?.Var, '1')
  assert.deepEqual(event?.getAll('var'), ['1', '2'])
  assert.equal(event?.get('GET'), 'x')
  assert.equal(event?.session, 1)
  assert.equal(event?.get('ChanVariable(IAX2/1.2.3.4:5)'), 'X=1')
  assert.equal(event?.get('Empty'), '')
  assert.equal(Object.getPrototypeOf({}), Object.prototype)
  assert.deepEqual(
    Object.entries(event?.toJSON() ?? {}).find(([name]) => name === 'Var'),
    ['Var', ['1', '2']],
  )
})

test('npm run generate -- --observe takes the same captures, and refuses with the same reasons', () => {
  const root = fileURLToPath(new URL('../../../../../', import.meta.url))
  const observe = (file: string): string => {
    const args = [...FROM_SOURCES, 'tools/codegen/src/main.ts', '--observe', file]
    const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tools/runner/tsconfig.run.json') }
    try {
      return execFileSync(process.execPath, args, { cwd: root, env, encoding: 'utf8', stdio: 'pipe' })
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string }
      return stdout + stderr
    }
  }
  for (const end of ['\r\n', '\n']) assert.match(observe(fileWith(capture(end))), /2 events seen/)
  assert.match(observe(fileWith(telnet, '.log')), /4 events seen/)
  assert.match(observe(fileWith('')), /file must be a recording or a capture of the wire: it is empty\n$/)
})
