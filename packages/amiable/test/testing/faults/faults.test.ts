import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawClient } from '../../../../../tools/testbed/raw-client.ts'
import {
  ManualClock,
  recoverableFaults,
  type ScheduledVerb,
  scheduleFaults,
  startServer,
} from '../../../src/testing/index.ts'

const ping = { Action: 'Ping', ActionID: 'p' }

test('replyLate holds the session back, or lets later replies overtake', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock })
  for (const overtake of [false, true]) {
    using client = await RawClient.login(server.port)
    using fault = server.faults.replyLate(500, { action: 'Ping', overtake, times: 1 })
    client.action({ Action: 'Ping', ActionID: 'late' })
    client.action({ Action: 'CoreStatus', ActionID: 'next' })
    await server.waitFor('Ping')
    await clock.advance(499)
    if (overtake) await client.until(/ActionID: next\r\n/)
    else assert.doesNotMatch(client.text, /ActionID: next/)
    assert.doesNotMatch(client.text, /ActionID: late/)
    await clock.advance(1)
    await client.until(/ActionID: late\r\n/)
    if (!overtake) await client.until(/ActionID: next\r\n/)
    assert.equal(fault.hits, 1)
  }
})

test('drop, twice, wrongActionId', async () => {
  await using server = await startServer()
  using client = await RawClient.login(server.port)
  const only = { action: 'DBPut' }
  const put = { Action: 'DBPut', ActionID: 'd', Family: 'f', Key: 'k', Val: 'v' }
  {
    using _ = server.faults.drop(only)
    assert.equal(await client.ask(put), '')
    assert.equal(server.system.database('f', 'k'), 'v')
  }
  {
    using _ = server.faults.drop({ ...only, execute: false })
    assert.equal(await client.ask({ ...put, Val: 'w' }), '')
    assert.equal(server.system.database('f', 'k'), 'v')
  }
  {
    using _ = server.faults.twice(only)
    assert.equal((await client.ask(put)).match(/ActionID: d\r\n/g)?.length, 2)
  }
  {
    using _ = server.faults.wrongActionId('other', only)
    assert.match(await client.ask(put), /^Response: Success\r\nActionID: other\r\n/)
  }
  {
    using _ = server.faults.wrongActionId(undefined, only)
    assert.doesNotMatch(await client.ask(put), /ActionID/)
  }
  assert.deepEqual(server.faults.active, [])
})

test('lists cut, cancelled, endless', async () => {
  await using server = await startServer()
  using client = await RawClient.login(server.port)
  const list = { Action: 'QueueStatus', ActionID: 'q' }
  {
    using _ = server.faults.cutList(2)
    const text = await client.ask(list)
    assert.deepEqual(text.match(/^(Response|Event): \w+/gm), [
      'Response: Success',
      'Event: QueueParams',
      'Event: QueueMember',
    ])
  }
  {
    using _ = server.faults.cancelList(1)
    const text = await client.ask(list)
    assert.match(text, /Event: QueueStatusComplete\r\nActionID: q\r\nEventList: Cancelled\r\nListItems: 1\r\n\r\n$/)
  }
  using endless = server.faults.endlessList()
  client.action(list)
  await client.until(/(Event: QueueParams(.*\r\n)*?\r\n[\s\S]*?){100}/)
  endless.off()
  assert.match(await client.ask(ping), /Ping: Pong/)
})

test('huge lines, too many headers, fused and malformed messages', async () => {
  await using server = await startServer()
  using client = await RawClient.login(server.port)
  const list = { Action: 'QueueSummary', ActionID: 's' }
  {
    using _ = server.faults.hugeLine(100_000, { action: 'QueueSummary' })
    assert.match(await client.ask(list), /\r\nHuge: x{99992,}\r\n/)
  }
  {
    using _ = server.faults.endlessHeaders(5000, { action: 'QueueSummary' })
    assert.match(await client.ask(list), /Header-4999: x\r\n\r\nEvent/)
  }
  {
    using _ = server.faults.fused({ action: 'QueueSummary' })
    assert.equal((await client.ask(list)).split('\r\n\r\n').length, 2)
  }
  {
    using _ = server.faults.strayLineFeed({ action: 'QueueSummary' })
    assert.match(await client.ask(list), /Message: Queue summary will follow\n\r\n\r\n/)
  }
  {
    using _ = server.faults.extraBlankLine({ action: 'QueueSummary' })
    assert.match(await client.ask(list), /\r\n\r\n\r\n$/)
  }
  {
    using _ = server.faults.garbage('trash\r\n\r\n', { action: 'QueueSummary' })
    assert.match(await client.ask(list), /^trash\r\n\r\nResponse/)
  }
  server.faults.garbage('now\r\n\r\n')
  await client.until(/now\r\n\r\n/)
})

test('writes cut at every byte, line endings mixed', async () => {
  await using server = await startServer()
  using client = await RawClient.login(server.port)
  const pieces: number[] = []
  client.socket.on('data', (chunk) => pieces.push(chunk.length))
  {
    using _ = server.faults.splitAt(3)
    await client.ask(ping)
  }
  assert.ok(pieces.length > 10, `${pieces.length} pieces`)
  using _ = server.faults.lineEndings('mixed')
  client.action(ping)
  const text = await client.until(/Timestamp.*\n\r?\n/)
  assert.ok(/[^\r]\n/.test(text) && text.includes('\r\n'))
})

test('a stall holds everything, what waited goes on after it', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock })
  using client = await RawClient.login(server.port, 'user')
  const fault = server.faults.stall(1000)
  client.action(ping)
  server.emit('UserEvent', { UserEvent: 'x' })
  await clock.advance(999)
  assert.doesNotMatch(client.text, /Pong|UserEvent/)
  await clock.advance(1)
  await client.until(/Pong/)
  assert.match(client.text, /UserEvent: x/)
  assert.equal(fault.hits, 1)
})

test('reset, half-close, refused and delayed logins, silence, no banner', async () => {
  await using server = await startServer()
  {
    using client = await RawClient.login(server.port)
    let code: string | undefined
    client.socket.on('error', (error: NodeJS.ErrnoException) => {
      code = error.code
    })
    server.faults.reset({ action: 'Ping', times: 1 })
    client.action(ping)
    await client.closed()
    assert.equal(code, 'ECONNRESET')
  }
  {
    using client = await RawClient.login(server.port)
    server.faults.halfClose({ action: 'Ping', times: 1 })
    client.action(ping)
    await client.closed()
    assert.doesNotMatch(client.text, /Pong/)
  }
  {
    server.faults.refuseLogin('Login Already In Use', { times: 1 })
    using client = await RawClient.open(server.port)
    client.action({ Action: 'Login', Username: 'frank', Secret: 'lean' })
    await client.closed()
    assert.match(client.text, /Response: Error\r\nMessage: Login Already In Use/)
  }
  {
    server.faults.noBanner({ times: 1 })
    using client = await RawClient.login(server.port)
    assert.match(client.text, /^Response: Success/)
  }
  {
    server.faults.silent({ times: 1 })
    using client = await RawClient.open(server.port)
    client.action({ Action: 'Login', Username: 'frank', Secret: 'lean' })
    using other = await RawClient.login(server.port)
    await other.ask(ping)
    assert.equal(client.text, '')
  }
  {
    server.faults.refuseConnection({ times: 1 })
    using client = await RawClient.open(server.port)
    await client.closed()
    assert.equal(client.text, '')
  }
})

test('header-by-header writes come in many segments', async () => {
  await using server = await startServer({ segments: 'header' })
  using client = await RawClient.login(server.port)
  let pieces = 0
  client.socket.on('data', () => pieces++)
  await client.ask({ Action: 'CoreSettings' })
  assert.ok(pieces > 5, `${pieces} segments`)
})

test('a seeded schedule draws the same faults again', async () => {
  const draw = async (seed: number): Promise<string> => {
    const clock = new ManualClock()
    await using server = await startServer({ clock })
    using schedule = scheduleFaults(server, { seed })
    await clock.advance(5000)
    return JSON.stringify(schedule.log)
  }
  const first = await draw(7)
  const drawn: { readonly verb: ScheduledVerb }[] = JSON.parse(first)
  assert.ok(drawn.length > 10)
  assert.ok(drawn.every(({ verb }) => recoverableFaults().includes(verb)))
  assert.equal(await draw(7), first)
  assert.notEqual(await draw(8), first)
})

test('bareLineFeeds ends every second line of a reply with a bare LF, and its last as ever', async () => {
  await using server = await startServer()
  using client = await RawClient.login(server.port)
  using fault = server.faults.bareLineFeeds({ action: 'CoreStatus', times: 1 })
  const text = await client.ask({ Action: 'CoreStatus', ActionID: 'c' })
  assert.match(text, /^Response: Success\r\nActionID: c\n\w.*[^\r]\r\n/)
  assert.ok((text.match(/[^\r]\n/g) ?? []).length >= 3)
  assert.match(text, /\r\n\r\n$/)
  assert.equal(fault.hits, 1)
  const clean = await client.ask({ Action: 'CoreStatus', ActionID: 'c' })
  assert.doesNotMatch(clean, /[^\r]\n/)
})

test('lineEndings: bare LFs alone, or by turns with CRLFs, in replies and in events, until it is off', async () => {
  await using server = await startServer()
  using client = await RawClient.login(server.port, 'user')
  {
    using _ = server.faults.lineEndings('lf')
    server.emit('UserEvent', { UserEvent: 'plain' })
    const event = await client.until(/UserEvent: plain\n\n/)
    assert.doesNotMatch(event, /\r/)
    client.action(ping)
    assert.doesNotMatch(await client.until(/Timestamp: .*\n\n/), /\r/)
  }
  {
    using _ = server.faults.lineEndings()
    server.emit('UserEvent', { UserEvent: 'mixed' })
    const ends = (await client.until(/UserEvent: mixed\r?\n\r?\n/)).match(/\r?\n/g) ?? []
    assert.ok(ends.length >= 4)
    for (const [n, end] of ends.entries()) assert.notEqual(end, ends[n + 1])
  }
  server.emit('UserEvent', { UserEvent: 'after' })
  assert.doesNotMatch(await client.until(/UserEvent: after\r\n\r\n/), /[^\r]\n/)
})

test('banner greets new connections with something else, as often as it is told to', async () => {
  await using server = await startServer()
  using fault = server.faults.banner('220 mail.example ESMTP\r\n', { times: 1 })
  using first = await RawClient.open(server.port)
  assert.match(await first.until(/\r\n/), /^220 mail\.example ESMTP\r\n$/)
  using second = await RawClient.open(server.port)
  await second.until(/^Asterisk Call Manager\/[\d.]+\r\n/)
  assert.equal(fault.hits, 1)
  assert.deepEqual(server.faults.active, [])
})

test('delayLogin holds the answer to a login back, right or wrong, and no other answer', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock })
  using _ = server.faults.delayLogin(700, { times: 2 })
  for (const [Secret, told] of [
    ['lean', /Authentication accepted/],
    ['fat', /Authentication failed/],
  ] as const) {
    using client = await RawClient.open(server.port)
    client.action({ Action: 'Login', Username: 'frank', Secret })
    await server.waitFor('Login', { Secret })
    await clock.advance(699)
    assert.doesNotMatch(client.text, /Authentication/)
    await clock.advance(1)
    await client.until(told)
  }
  using prompt = await RawClient.login(server.port)
  assert.match(await prompt.ask(ping), /Pong/)
})
