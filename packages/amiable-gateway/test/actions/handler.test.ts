import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { Bench, soon } from './handler-bench.ts'

const bench = await Bench.start()
after(() => bench.close())
beforeEach(() => {
  bench.audits.length = 0
  bench.mark()
})

const PING = 'ami.action.pbx1.read.Ping'
const CALL = { params: { Channel: 'PJSIP/100', Context: 'from-crm', Exten: '200', Priority: 1 } }

test('an answer says who gave it, and that Asterisk received the action', async () => {
  const answer = await bench.ask(PING)
  assert.equal(answer?.body.ok, true)
  assert.equal(answer?.body.delivered, 'yes')
  assert.equal(answer?.body.server, 'pbx1')
  assert.equal(answer?.body.gateway, 'gw-a')
  assert.equal(answer?.body.response?.Ping, 'Pong')
  assert.equal(bench.received.length, 1)
})

test('a list comes in one answer', async () => {
  const answer = await bench.ask('ami.action.pbx1.read.CoreShowChannels')
  assert.equal(answer?.body.ok, true)
  assert.equal(answer?.body.response?.EventList, 'start')
})

test('any is whichever server is ready, and only for class read', async () => {
  const answer = await bench.ask('ami.action.any.read.Ping')
  assert.equal(answer?.body.server, 'pbx1')
  const denied = await bench.ask('ami.action.any.call.Originate', CALL, { headers: soon() })
  assert.equal(denied?.body.error?.code, 'GW_DENIED')
})

const BAD: readonly (readonly [
  says: RegExp,
  code: string,
  subject: string,
  raw?: string,
  headers?: Record<string, string>,
])[] = [
  [/the body must be JSON/, 'AMI_ARGUMENT', PING, '{'],
  [/the body must be JSON/, 'AMI_ARGUMENT', PING, '\0'],
  [/the body must be an object/, 'AMI_ARGUMENT', PING, '[]'],
  [/the body must be an object/, 'AMI_ARGUMENT', PING, 'null'],
  [/parms is unknown/, 'AMI_ARGUMENT', PING, '{"parms":{}}'],
  [/params must be an object/, 'AMI_ARGUMENT', PING, '{"params":"x"}'],
  [/params\.a must be a string, a number/, 'AMI_ARGUMENT', PING, '{"params":{"a":{}}}'],
  [/params\.a must be a string, a number/, 'AMI_ARGUMENT', PING, '{"params":{"a":null}}'],
  [/wait must be "outcome"/, 'AMI_ARGUMENT', PING, '{"wait":"x"}'],
  [/wait cannot be given with Ping/, 'AMI_ARGUMENT', PING, '{"wait":"outcome"}'],
  [/a must not hold CR, LF/, 'AMI_ARGUMENT', PING, '{"params":{"a":"b\\r\\nAction: Logoff"}}'],
  [/must not hold CR, LF, NUL or a colon/, 'AMI_ARGUMENT', PING, '{"params":{"a: b\\r\\nAction":"Logoff"}}'],
  [/cannot be a parameter/, 'AMI_ARGUMENT', PING, '{"params":{"Action":"Logoff"}}'],
  [/cannot be a parameter/, 'AMI_ARGUMENT', PING, '{"params":{"actionid":"x"}}'],
  [/actionId must/, 'AMI_ARGUMENT', PING, '{"actionId":"a b"}'],
  [
    /at most 128 headers/,
    'AMI_ARGUMENT',
    PING,
    JSON.stringify({ params: { a: Array.from({ length: 200 }, () => 'x') } }),
  ],
  [/must be at most 65536 bytes, got 70013/, 'GW_TOO_LARGE', PING, JSON.stringify({ actionId: 'x'.repeat(69_998) })],
  [/Amiable-Timeout must be a whole number/, 'AMI_ARGUMENT', PING, '{}', { 'Amiable-Timeout': '1e3' }],
  [/Amiable-Timeout must be a whole number/, 'AMI_ARGUMENT', PING, '{}', { 'Amiable-Timeout': '120001' }],
  [/Amiable-Expires must be/, 'AMI_ARGUMENT', PING, '{}', { 'Amiable-Expires': '9007199254740000' }],
  [/Amiable-Expires must be/, 'AMI_ARGUMENT', PING, '{}', { 'Amiable-Expires': '-1' }],
  [/Amiable-Rows must be/, 'AMI_ARGUMENT', PING, '{}', { 'Amiable-Rows': '0' }],
  [/Amiable-Key must be/, 'AMI_ARGUMENT', PING, '{}', { 'Amiable-Key': 'a b' }],
  [
    /Amiable-Rows cannot stand beside Amiable-Key/,
    'AMI_ARGUMENT',
    PING,
    '{}',
    { 'Amiable-Key': 'a', 'Amiable-Rows': '1' },
  ],
  [/the subject must be/, 'AMI_ARGUMENT', 'ami.action.pbx1.read'],
  [/the subject must be/, 'AMI_ARGUMENT', 'ami.action.pbx1.read.Ping.x'],
  [/the subject must be/, 'AMI_ARGUMENT', 'ami.action.pbx1.read.Pi ng'],
  [/expired \d+ ms ago/, 'GW_EXPIRED', PING, '{}', { 'Amiable-Expires': '1700000000' }],
  [/must be asked for in class call/, 'GW_DENIED', 'ami.action.pbx1.read.Originate', JSON.stringify(CALL)],
  [/Amiable-Expires is missing/, 'GW_DENIED', 'ami.action.pbx1.call.Originate', JSON.stringify(CALL)],
  [/not in actions\.allow/, 'GW_DENIED', 'ami.action.pbx1.danger.GetConfig', '{"params":{"Filename":"manager.conf"}}'],
  [/pbx2 cannot be reached/, 'GW_UNAVAILABLE', 'ami.action.pbx2.read.Ping'],
]

for (const [says, code, subject, raw = '{}', headers = {}] of BAD) {
  test(`${code}, and nothing is sent: ${says.source} ${raw.slice(0, 40)}`, async () => {
    const answer = await bench.ask(subject, {}, { raw, headers })
    assert.match(answer?.body.error?.message ?? '', says)
    assert.equal(answer?.body.ok, false)
    assert.equal(answer?.body.error?.code, code)
    assert.equal(answer?.body.error?.delivered, 'no')
    assert.equal(answer?.body.delivered, 'no')
    assert.match(answer?.headers?.['Nats-Service-Error'] ?? '', new RegExp(`^${code}: `))
    assert.match(answer?.headers?.['Nats-Service-Error-Code'] ?? '', /^\d{3}$/)
    assert.deepEqual(bench.received, [])
  })
}

test('bytes that are no text are refused', async () => {
  const answer = await bench.ask(PING, {}, { raw: new Uint8Array([0x22, 0xff, 0x22]) })
  assert.equal(answer?.body.error?.code, 'AMI_ARGUMENT')
})

test('what Asterisk refuses was delivered, and its answer is there', async () => {
  const answer = await bench.ask(
    'ami.action.pbx1.call.Hangup',
    { params: { Channel: 'PJSIP/none' } },
    { headers: soon() },
  )
  assert.equal(answer?.body.error?.code, 'AMI_REFUSED')
  assert.equal(answer?.body.delivered, 'yes')
  assert.equal(answer?.body.response?.Message, 'No such channel')
  // the operator is told of what the gateway cannot do, and this is nothing of the kind
  assert.deepEqual(bench.complaints, [])
})

test('an answer that does not come in time leaves unknown what happened', async () => {
  bench.server.handle('QueuePause', () => new Promise<undefined>(() => {}), { times: 1 })
  const other = await Bench.start({}, { server: bench.server })
  after(() => other.client.destroy())
  const headers = { 'Amiable-Timeout': '50' }
  const params = { Queue: 'q', Interface: 'PJSIP/1', Paused: true }
  const answer = await other.ask('ami.action.pbx1.queue.QueuePause', { params }, { headers })
  assert.equal(answer?.body.error?.code, 'AMI_TIMEOUT')
  assert.equal(answer?.body.delivered, 'unknown')
  assert.equal(answer?.body.error?.retryable, false)
})

test('an answer goes to a listed inbox and nowhere else', async () => {
  for (const reply of [
    undefined,
    '',
    'ami.event.pbx1.Hangup',
    'ami.status.pbx1.gap',
    '$JS.API.STREAM.DELETE.AMI',
    '$KV.AMI_STATE.pbx1.writer',
    '_INBOX.x',
    '_INBOX_crm',
    '_INBOX_crm.',
    '_INBOX_crm.>',
    '_INBOX_crm.*',
    '_INBOX_crm.a b',
    '_INBOX_crm.a\r\nPUB ami.event.pbx1.Hangup 0',
    '_INBOX_crm..a',
    '_INBOX_other.a',
    `_INBOX_crm.${'a'.repeat(300)}`,
  ]) {
    const before = bench.answers.length
    await bench.ask(PING, {}, { reply })
    assert.equal(bench.answers.length, before, String(reply))
    assert.equal(bench.audits.at(-1)?.rule, 'reply')
  }
  assert.deepEqual(bench.received, [])
  for (const reply of ['_INBOX_crm.a', '_INBOX_bi.a.b', '_R_.abc.def']) {
    assert.equal((await bench.ask(PING, {}, { reply }))?.body.ok, true, reply)
  }
})

test('a gateway whose clock is wrong does nothing', async () => {
  bench.clockRight = false
  const answer = await bench.ask(PING)
  bench.clockRight = true
  assert.equal(answer?.body.error?.code, 'GW_UNAVAILABLE')
  assert.equal(answer?.body.delivered, 'no')
  assert.deepEqual(bench.received, [])
})

test('a call is always asynchronous, and its channel can be looked for', async () => {
  const params = { ...CALL.params, Async: false, async: 'no' }
  const twice = await bench.ask('ami.action.pbx1.call.Originate', { params }, { headers: soon() })
  assert.equal(twice?.body.error?.code, 'GW_DENIED')
  const answer = await bench.ask('ami.action.pbx1.call.Originate', CALL, { headers: soon() })
  const [call] = bench.received
  assert.equal(call?.get('Async'), 'true')
  assert.match(answer?.body.channelId ?? '', /^gw-[\w-]{36}$/)
  assert.equal(call?.get('ChannelId'), answer?.body.channelId)
})

test('the audit has names and the target, and no value', async () => {
  const params = { Channel: 'PJSIP/none', Cause: 'secret-1' }
  const headers = soon({ 'Amiable-Caller': 'crm\u0007 app' })
  await bench.ask('ami.action.pbx1.call.Hangup', { params }, { headers })
  const [record] = bench.audits
  assert.deepEqual(
    { ...record, at: '', ms: 0 },
    {
      v: 1,
      at: '',
      gateway: 'gw-a',
      server: 'pbx1',
      action: 'Hangup',
      class: 'call',
      caller: { from: '_INBOX_crm.>', claimed: 'crm? app' },
      target: 'PJSIP/none',
      params: ['Channel', 'Cause'],
      outcome: 'AMI_REFUSED',
      delivered: 'yes',
      ms: 0,
    },
  )
  await bench.ask('ami.action.pbx1.admin.MadeUp')
  assert.equal(bench.audits.at(-1)?.action, 'other')
})

test('a caller past its rate is refused, others are not, and the audit is not flooded', async () => {
  const slow = await Bench.start({ perCaller: 3 }, { server: bench.server })
  after(() => slow.client.destroy())
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => slow.ask(PING, {}, { reply: `_INBOX_crm.${n}` })),
  )
  const refused = answers.filter((answer) => answer?.body.error?.code === 'AMI_LIMIT')
  assert.ok(refused.length >= 15 && refused.length <= 17, `${refused.length}`)
  for (const answer of refused) assert.equal(answer?.body.delivered, 'no')
  assert.equal(slow.audits.length, 20 - refused.length)
  assert.equal((await slow.ask(PING, {}, { reply: '_INBOX_bi.1' }))?.body.ok, true)
})

test('a server past its limit refuses the next, and nothing of it is sent', async () => {
  const tight = await Bench.start({ inFlight: 1, queued: 1 }, { server: bench.server })
  after(() => tight.client.destroy())
  let release = () => {}
  bench.server.handle(
    'QueueStatus',
    (_action, reply) =>
      new Promise<undefined>((resolve) => {
        release = () => {
          reply.respond('Success')
          resolve(undefined)
        }
      }),
    { times: 1 },
  )
  const first = tight.ask('ami.action.pbx1.read.QueueStatus', {}, { reply: '_INBOX_crm.first' })
  await bench.server.waitFor('QueueStatus')
  const second = tight.ask(PING, {}, { reply: '_INBOX_crm.second' })
  const third = await tight.ask(PING, {}, { reply: '_INBOX_crm.third' })
  assert.equal(third?.body.error?.code, 'AMI_LIMIT')
  assert.equal(third?.body.delivered, 'no')
  release()
  await first
  assert.equal((await second)?.body.ok, true)
  assert.equal(tight.handler.underway('pbx1'), 0)
})

test('a caller who acknowledges nothing takes neither the memory nor the places of others', async () => {
  const tight = await Bench.start({ inFlight: 4, queued: 28 }, { server: bench.server })
  after(() => tight.client.destroy())
  const rows = Array.from({ length: 20 }, (_, n) => ['CoreShowChannel', { Channel: `PJSIP/${n}` }] as const)
  bench.server.handle(
    'CoreShowChannels',
    (_action, reply) => {
      reply.list({ rows, complete: 'CoreShowChannelsComplete' })
      return undefined
    },
    { times: 8 },
  )
  const headers = { 'Amiable-Rows': '1', 'Amiable-Timeout': '2000' }
  const list = (n: number) =>
    tight.ask('ami.action.pbx1.read.CoreShowChannels', {}, { headers, reply: `_INBOX_crm.list${n}` })
  const lists = Array.from({ length: 8 }, (_, n) => list(n))
  const refused = await list(8)
  assert.equal(refused?.body.error?.code, 'AMI_LIMIT')
  assert.match(refused?.body.error?.message ?? '', /at most 8 lists/)
  // places are another matter: what one caller may not take is there for the next
  const slow = Array.from({ length: 40 }, (_, n) =>
    tight.ask(
      'ami.action.pbx1.read.Ping',
      {},
      { reply: `_INBOX_crm.slow${n}`, headers: { 'Amiable-Timeout': '2000' } },
    ),
  )
  const own = await Promise.all(slow)
  assert.ok(own.some((answer) => /your other actions/.test(answer?.body.error?.message ?? '')))
  assert.equal((await tight.ask(PING, {}, { reply: '_INBOX_bi.1' }))?.body.ok, true)
  await Promise.all(lists)
})

test('a list in pieces keeps to the pace of its reader and ends with an empty message', async () => {
  const rows = Array.from({ length: 100 }, (_, n) => ({ Channel: `PJSIP/${n}` }))
  bench.server.handle(
    'CoreShowChannels',
    (_action, reply) => {
      reply.list({ rows: rows.map((row) => ['CoreShowChannel', row] as const), complete: 'CoreShowChannelsComplete' })
      return undefined
    },
    { times: 1 },
  )
  const before = bench.answers.length
  const done = bench.ask(
    'ami.action.pbx1.read.CoreShowChannels',
    {},
    {
      headers: { 'Amiable-Rows': '5' },
      reply: '_INBOX_crm.pieces',
    },
  )
  await until(() => bench.answers.length === before + 8)
  // eight are ahead: nothing more comes before one is acknowledged
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(bench.answers.length, before + 8)
  for (let n = 0; n < 12; n++) {
    bench.acknowledge?.()
    await until(() => bench.answers.length >= before + Math.min(20, 9 + n))
  }
  await done
  const got = bench.answers.slice(before)
  const pieces = got.slice(0, 20)
  assert.deepEqual(
    pieces.flatMap(({ body }) => body.rows as unknown as { Channel: string }[]).map(({ Channel }) => Channel),
    rows.map(({ Channel }) => Channel),
  )
  assert.ok(pieces.every(({ ack }) => ack === 'ami.flow.gw-a.1'))
  assert.equal(got[20]?.body.rows, 100)
  assert.equal(got[20]?.body.ok, true)
  assert.equal(got[21]?.text, '')
  assert.equal(got.length, 22)
})

test('a list whose reader acknowledges nothing ends at its time-out', async () => {
  const rows = Array.from({ length: 20 }, (_, n) => ['CoreShowChannel', { Channel: `PJSIP/${n}` }] as const)
  bench.server.handle(
    'CoreShowChannels',
    (_action, reply) => {
      reply.list({ rows, complete: 'CoreShowChannelsComplete' })
      return undefined
    },
    { times: 1 },
  )
  const before = bench.answers.length
  await bench.ask(
    'ami.action.pbx1.read.CoreShowChannels',
    {},
    {
      headers: { 'Amiable-Rows': '1', 'Amiable-Timeout': '100' },
    },
  )
  const got = bench.answers.slice(before)
  assert.equal(got[8]?.body.error?.code, 'AMI_TIMEOUT')
  assert.equal(got[9]?.text, '')
})

test('a list that is too long for one message is refused with what to do', async () => {
  const rows = Array.from({ length: 3_000 }, () => ['CoreShowChannel', { Channel: 'x'.repeat(200) }] as const)
  bench.server.handle(
    'CoreShowChannels',
    (_action, reply) => {
      reply.list({ rows, complete: 'CoreShowChannelsComplete' })
      return undefined
    },
    { times: 1 },
  )
  const answer = await bench.ask('ami.action.pbx1.read.CoreShowChannels')
  assert.equal(answer?.body.error?.code, 'GW_TOO_LARGE')
  assert.equal(answer?.body.delivered, 'yes')
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1))
}

test('what no message of the server can hold is refused with a code, in pieces and in a refusal too', async (t) => {
  t.after(() => {
    bench.maxPayload = 1_048_576
  })
  bench.maxPayload = 20_000
  const long = 'x'.repeat(18_000)
  bench.server.handle(
    'CoreShowChannels',
    (_action, reply) => {
      const rows = [
        ['CoreShowChannel', { Channel: 'PJSIP/1' }] as const,
        ['CoreShowChannel', { Channel: long }] as const,
      ]
      reply.list({ rows, complete: 'CoreShowChannelsComplete' })
      return undefined
    },
    { times: 1 },
  )
  const list = await bench.ask('ami.action.pbx1.read.CoreShowChannels', {}, { headers: { 'Amiable-Rows': '5' } })
  assert.deepEqual([list?.body.error?.code, list?.body.delivered], ['GW_TOO_LARGE', 'yes'])
  bench.server.handle('Ping', (_action, reply) => void reply.respond('Error', long), { times: 1 })
  const refused = await bench.ask(PING)
  assert.deepEqual([refused?.body.error?.code, refused?.body.delivered], ['AMI_REFUSED', 'yes'])
  assert.ok((refused?.text.length ?? 0) < bench.maxPayload)
})
