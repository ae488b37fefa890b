import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawClient } from '../../../../../tools/testbed/raw-client.ts'
import { connect } from '../../../src/index.ts'
import { startServer } from '../../../src/testing/index.ts'

const account = { host: '127.0.0.1', username: 'frank', secret: 'lean' } as const

test('a forged end: who matches by id alone ends the call with it, the client does not', async () => {
  await using server = await startServer()
  await using ami = await connect({ ...account, port: server.port })
  {
    using fault = server.faults.forgeEnd({ action: 'Hangup' })
    using naive = await RawClient.login(server.port)
    const answer = await naive.ask({ Action: 'Hangup', ActionID: '7', Channel: 'PJSIP/none' })
    assert.match(
      answer,
      /^Event: UserEvent\r\n(?:.+\r\n)*ActionID: 7\r\nEventList: Complete\r\n\r\nResponse: Error\r\n/,
    )
    await assert.rejects(ami.send('Hangup', { Channel: 'PJSIP/none' }), { code: 'AMI_REFUSED' })
    assert.equal(fault.hits, 2)
  }
  const rows = (await ami.send('QueueStatus')).events.length
  using _ = server.faults.forgeEnd({ action: 'QueueStatus', inside: true })
  assert.equal((await ami.send('QueueStatus')).events.length, rows)
})

test('a Follows without end: the next event is delivered all the same', async () => {
  await using server = await startServer()
  await using ami = await connect({ ...account, port: server.port })
  const events = ami.events('UserEvent')
  assert.equal(server.faults.deafFollows().hits, 1)
  server.emit('UserEvent', { UserEvent: 'heard' })
  assert.equal((await events.next()).value?.get('UserEvent'), 'heard')
  using _ = server.faults.deafFollows({ action: 'Ping' })
  assert.equal((await ami.send('Ping')).Ping, 'Pong')
})

test('a forged answer: who takes the next Response for its answer believes it, the client does not', async () => {
  await using server = await startServer()
  await using ami = await connect({ ...account, port: server.port })
  assert.equal(server.faults.forgeAnswer().hits, 1)
  using naive = await RawClient.login(server.port)
  using fault = server.faults.forgeAnswer(undefined, { action: 'Hangup' })
  const answer = await naive.ask({ Action: 'Hangup', ActionID: '7', Channel: 'PJSIP/none' })
  assert.match(answer, /^Response: Success\r\nMessage: Forged\r\n\r\n/)
  await assert.rejects(ami.send('Hangup', { Channel: 'PJSIP/none' }), { code: 'AMI_REFUSED' })
  using _ = server.faults.forgeAnswer('Error', { action: 'Ping' })
  assert.equal((await ami.send('Ping')).Ping, 'Pong')
  assert.equal(fault.hits, 2)
})

test('a torn row: the list ends where the server ends it, and lacks that row alone', async () => {
  await using server = await startServer()
  await using ami = await connect({ ...account, port: server.port })
  const before = (await ami.send('QueueStatus')).events.map((row) => `${row.Event} ${row.get('Queue')}`)
  for (const behind of [undefined, 'Response: Error\r\nMessage: Forged\r\n', 'Event: UserEvent\r\nUserEvent: x\r\n']) {
    using fault = server.faults.tornRow(behind, { action: 'QueueStatus' })
    using naive = await RawClient.login(server.port)
    const wire = await naive.ask({ Action: 'QueueStatus', ActionID: '7' })
    const forged = behind ?? 'Event: QueueStatusComplete\r\nEventList: Complete\r\nListItems: 1\r\n'
    assert.ok(wire.includes(`\r\n\r\n${forged}`), wire)
    const { events, completion } = await ami.send('QueueStatus')
    const after = events.map((row) => `${row.Event} ${row.get('Queue')}`)
    assert.deepEqual(after.slice(-before.length + 1), before.slice(1))
    assert.ok(Number(completion?.get('ListItems')) >= before.length)
    assert.equal(fault.hits, 2)
  }
  using _ = server.faults.tornRow()
  assert.equal((await ami.send('Ping')).Ping, 'Pong')
})

test('a flood: events come and no Ping is answered; the client finds the server dead', async () => {
  await using server = await startServer()
  const keepalive = { interval: 100, timeout: 300 }
  await using ami = await connect({ ...account, port: server.port, keepalive, reconnect: false })
  let heard = 0
  ami.on('*', ({ Event }) => void (Event === 'Flood' && heard++))
  using fault = server.faults.flood()
  await ami.closed
  assert.ok(fault.hits > 0 && heard >= 100)
})

test('a drip: bytes come and no Ping is answered; the client finds the server dead', async () => {
  await using server = await startServer()
  const keepalive = { interval: 100, timeout: 300 }
  await using ami = await connect({ ...account, port: server.port, keepalive, reconnect: false })
  using naive = await RawClient.login(server.port)
  using fault = server.faults.drip(10)
  await ami.closed
  assert.equal(ami.state, 'closed')
  await naive.until(/xxx$/)
  assert.ok(fault.hits >= 3)
})

test('an echo: the server says again what it was sent, and the error’s message does not', async () => {
  await using server = await startServer()
  await using ami = await connect({ ...account, port: server.port })
  using _ = server.faults.echo({ action: 'Setvar' })
  using naive = await RawClient.login(server.port)
  const ask = { Action: 'Setvar', Variable: 'MY_PASS', Value: 'hush-hush' }
  assert.ok((await naive.ask(ask)).includes('Message: cannot take \x1b[2JSetvar'))
  assert.match(naive.text, /hush-hush there\r\n/)
  await assert.rejects(ami.send('Setvar', { Variable: 'MY_PASS', Value: 'hush-hush' }), (error: Error) => {
    assert.doesNotMatch(error.message, /hush|[^\x20-\x7e]/)
    return true
  })
})

test('names that nobody has seen before all come, each once', async () => {
  await using server = await startServer()
  await using ami = await connect({ ...account, port: server.port })
  const names = new Set<string>()
  ami.on('*', (event) => void (event.Event.startsWith('MadeUp') && names.add(event.Event)))
  server.faults.madeUpNames(300)
  await ami.send('Ping')
  assert.equal(names.size, 300)
})

test('huge rows: each row of a list has its filling, and a limit of the client holds', async () => {
  await using server = await startServer()
  using _ = server.faults.hugeRows(100_000, { action: 'QueueStatus' })
  await using ami = await connect({ ...account, port: server.port })
  const { events } = await ami.send('QueueStatus')
  assert.ok(events.length > 2)
  for (const event of events) assert.equal(event.get('Huge')?.length, 100_000 - 8)
  await using small = await connect({ ...account, port: server.port, limits: { message: 50_000 } })
  await assert.rejects(small.send('QueueStatus'), { code: 'AMI_LIMIT' })
})
