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

test('a drip: bytes come and no Ping is answered; the client finds the server dead', async () => {
  await using server = await startServer()
  const keepalive = { interval: 60, timeout: 60 }
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
