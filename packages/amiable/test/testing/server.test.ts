import assert from 'node:assert/strict'
import { test } from 'node:test'
import { good } from '../../../../tools/testbed/certificates.ts'
import { RawClient } from '../../../../tools/testbed/raw-client.ts'
import { ManualClock, startServer } from '../../src/testing/index.ts'

test('a scripted reply, list, delay and fallback', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock })
  using client = await RawClient.login(server.port)
  server.handle('MyAction', (action) => ({ Message: `hello ${action.get('Name')}`, Row: ['1', '2'] }))
  const asked = await client.ask({ Action: 'myaction', ActionID: 'm', Name: 'Zo\xc3\xab' })
  assert.equal(asked, 'Response: Success\r\nActionID: m\r\nMessage: hello Zo\xc3\xab\r\nRow: 1\r\nRow: 2\r\n\r\n')
  assert.match(await client.ask({ Action: 'ListCommands' }), /^MyAction: Scripted\. {2}\(Priv: <none>\)\r$/m)
  server.handle('MyList', (_, reply) => {
    reply.list({
      message: 'Rows follow',
      rows: [
        ['MyRow', { N: 1 }],
        ['MyRow', { N: 2 }],
      ],
      complete: 'MyListComplete',
    })
  })
  const list = await client.ask({ Action: 'MyList', ActionID: 'l' })
  assert.match(list, /EventList: start\r\nMessage: Rows follow\r\n\r\nEvent: MyRow\r\nActionID: l\r\nN: 1\r\n\r\n/)
  assert.match(list, /Event: MyListComplete\r\nActionID: l\r\nEventList: Complete\r\nListItems: 2\r\n\r\n$/)
  {
    using _ = server.handle('Ping', async (action, reply, builtIn) => {
      await reply.delay(30_000)
      return action.actionId === 'no' ? { Response: 'Error', Message: 'no' } : builtIn()
    })
    client.action({ Action: 'Ping', ActionID: 'no' })
    client.action({ Action: 'Ping', ActionID: 'yes' })
    await server.waitFor('Ping', { ActionID: 'no' })
    await clock.advance(30_000)
    await client.until(/Response: Error\r\nActionID: no\r\nMessage: no\r\n\r\n/)
    await clock.advance(30_000)
    await client.until(/ActionID: yes\r\nPing: Pong/)
  }
  assert.match(await client.ask({ Action: 'Ping' }), /Pong/)
})

test('the ledger and waitFor', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock })
  using client = await RawClient.login(server.port)
  const waiting = server.waitFor('DBPut', { Family: /^cid/, Val: 'b' })
  client.action({ Action: 'DBPut', Family: 'cidname', Key: '1', Val: 'a' })
  client.action({ Action: 'DBPut', Family: 'cidname', Key: '1', Val: 'b' })
  assert.equal((await waiting).get('val'), 'b')
  assert.equal((await server.waitFor('DBPut')).get('Val'), 'a')
  const none = assert.rejects(server.waitFor('DBPut', undefined, { timeout: 1000 }), { code: 'AMI_TIMEOUT' })
  await clock.advance(1000)
  await none
  const [login] = server.calls
  assert.equal(login?.outcome, 'executed')
  assert.doesNotMatch(JSON.stringify(server.calls), /lean/)
})

test('emit: entries, repeated headers, UTF-8, a Privilege of one’s own', async () => {
  await using server = await startServer({
    systemName: 'lab',
    timestamps: true,
    clock: new ManualClock(1_795_393_342_241),
  })
  using client = await RawClient.login(server.port, 'on')
  server.emit('Custom', [
    ['Name', 'Zoë'],
    ['Name', 'again'],
    ['Gone', undefined],
  ])
  const text = Buffer.from(await client.until(/again\r\n\r\n/), 'latin1').toString('utf8')
  const head = 'Event: Custom\r\nPrivilege: call,all\r\nTimestamp: 1795393342.241000\r\nSystemName: lab\r\n'
  assert.ok(text.endsWith(`${head}Name: Zoë\r\nName: again\r\n\r\n`))
  server.emit('Custom', { Privilege: 'agent,all', A: 1 })
  await client.until(/Event: Custom\r\nPrivilege: agent,all\r\nA: 1\r\n\r\n/)
  server.send('raw bytes')
  await client.until(/raw bytes$/)
})

test('restart: Shutdown, end of file, the same port again, AstDB kept', async () => {
  await using server = await startServer()
  using client = await RawClient.login(server.port, 'system')
  server.system.database('f', 'k', 'v')
  server.channels.create({ name: 'PJSIP/1' })
  const { port } = server
  await server.restart()
  await client.closed()
  assert.match(client.text, /Event: Shutdown\r\nPrivilege: system,all\r\nShutdown: Cleanly\r\nRestart: True\r\n\r\n$/)
  assert.equal(server.port, port)
  using again = await RawClient.login(port)
  assert.match(await again.ask({ Action: 'DBGet', Family: 'f', Key: 'k' }), /Val: v\r\n/)
  assert.deepEqual(server.channels.list(), [])
  again.action({ Action: 'Command', ActionID: 'stop', Command: 'core stop now' })
  await again.closed()
  assert.doesNotMatch(again.text, /ActionID: stop/)
})

test('restart: who comes in its last moments is served until then, stays open, and is closed by the next one', async () => {
  await using server = await startServer()
  using before = await RawClient.login(server.port, 'system')
  const restarted = server.restart({ late: 100 })
  await before.until(/Event: Shutdown/)
  using late = await RawClient.login(server.port, 'on')
  await before.closed()
  await restarted
  const said = late.text
  late.action({ Action: 'Ping', ActionID: 'nobody' })
  using next = await RawClient.login(server.port, 'on')
  await next.ask({ Action: 'Ping' })
  server.emit('Custom', {})
  await next.until(/Event: Custom/)
  assert.equal(late.text, said)
  await server.restart()
  await late.closed()
  assert.equal(late.text, said)
})

test('FullyBooted comes later where the server is not booted yet', async () => {
  await using server = await startServer({ booted: false })
  using client = await RawClient.login(server.port, 'system')
  await client.ask({ Action: 'Ping' })
  assert.doesNotMatch(client.text, /FullyBooted/)
  await server.boot()
  await client.until(/Event: FullyBooted\r\n/)
})

test('over TLS, and with the read stall of Asterisk 15 to 23', async () => {
  await using server = await startServer({ tls: good })
  server.faults.tlsReadStall()
  using client = await RawClient.open(server.port, true)
  client.action({ Action: 'Login', Username: 'frank', Secret: 'lean', Events: 'off' })
  await client.until(/accepted\r\n\r\n/)
  // measured on 22.10 and 16.28: sixty Pings in one record, thirty-three answers, then silence until more comes
  client.send(Array.from({ length: 60 }, (_, n) => `Action: Ping\r\nActionID: ${100 + n}\r\n\r\n`).join(''))
  await client.until(/ActionID: 132\r\n/)
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.equal(client.text.match(/Pong/g)?.length, 33)
  client.action({ Action: 'Ping', ActionID: 'more' })
  await client.until(/ActionID: more\r\n/)
  assert.equal(client.text.match(/Pong/g)?.length, 61)
})

test('the manual clock runs timers in order, each at its own time', async () => {
  const clock = new ManualClock(0)
  const seen: [string, number][] = []
  const note = (name: string) => (): void => void seen.push([name, clock.now()])
  clock.setTimeout(note('b'), 20)
  clock.setTimeout(() => {
    note('a')()
    clock.setTimeout(note('a+5'), 5)
  }, 10)
  clock.clearTimeout(clock.setTimeout(note('never'), 1))
  await clock.advance(15)
  assert.deepEqual(seen, [
    ['a', 10],
    ['a+5', 15],
  ])
  assert.equal(clock.next, 5)
  assert.equal(await clock.advanceToNext(), true)
  assert.deepEqual(seen.at(-1), ['b', 20])
  assert.equal(await clock.advanceToNext(), false)
  assert.equal(clock.pending, 0)
})
