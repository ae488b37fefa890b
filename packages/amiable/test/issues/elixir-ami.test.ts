// The defects of ElixirAmi (lib/, at a42998e), each shown to be absent here; docs/guides/from-elixir-ami.md lists them.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { attachAgi } from '../../src/agi/index.ts'
import { connect, createClient } from '../../src/client/connect.ts'
import { ActionError, type LostError } from '../../src/errors.ts'
import { callAgi, startServer } from '../../src/testing/index.ts'
import { settle } from '../../src/testing/time/settle.ts'
import { Rig, readyRig, watch } from '../support/rig.ts'

test('1: a refused login is not ready, is not tried again by itself, and ends nobody else', async () => {
  await using rig = new Rig()
  await using _ = rig
  const connected = watch(rig.client.connect())
  const peer = await rig.nextPeer()
  peer.send('Asterisk Call Manager/11.0.0\r\n')
  peer.reply(await peer.next(), 'Success', 'Challenge: 1')
  peer.reply(await peer.next(), 'Error', 'Message: Authentication failed')
  await settle()
  assert.equal((connected.error as { code: string }).code, 'AMI_AUTH')
  assert.equal(rig.client.state, 'closed')
  rig.clock.tick(600_000)
  assert.equal(rig.peers.length, 1)
})

test('2: a drop keeps every listener, tells pending callers, and is followed by a delay that grows', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  let heard = 0
  client.on('Hangup', () => heard++)
  const pending = watch(client.send('Ping'))
  await peer.next()
  peer.fail()
  await settle()
  assert.equal((pending.error as LostError).code, 'AMI_LOST')
  const delays: (number | undefined)[] = []
  for (let i = 0; i < 3; i++) {
    delays.push(rig.last('waiting')?.delay)
    rig.clock.tick(rig.last('waiting')?.delay ?? 0)
    ;(await rig.nextPeer()).fail()
    await settle()
  }
  assert.deepEqual(
    delays,
    [...delays].sort((a = 0, b = 0) => a - b),
  )
  assert.ok((delays[2] ?? 0) > (delays[0] ?? 0))
  rig.clock.tick(rig.last('waiting')?.delay ?? 0)
  const again = await rig.nextPeer()
  await again.accept()
  await settle()
  again.say('Event: Hangup', 'Channel: PJSIP/1')
  await settle()
  assert.equal(heard, 1)
})

test('3: close is the end; nothing connects again', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const closed = client.close()
  peer.reply(await peer.next(), 'Goodbye')
  peer.end()
  await closed
  rig.clock.tick(600_000)
  await settle()
  assert.equal(rig.peers.length, 1)
  assert.deepEqual(await client.closed, { by: 'close' })
})

test('4: every option is read, and one that there is not is refused', async () => {
  const options = { username: 'frank', secret: 'lean' }
  assert.throws(() => createClient({ ...options, connectionTimeout: 1 } as never), {
    code: 'AMI_ARGUMENT',
    argument: 'connectionTimeout',
  })
  await using rig = new Rig({ loginTimeout: 300 })
  await using _ = rig
  const connected = watch(rig.client.connect())
  await rig.nextPeer()
  await settle()
  rig.clock.tick(300)
  await settle()
  assert.match(String(connected.error), /within 300 ms/)
})

test('5: an action is sent under its own name', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  void client.send('SendText', { Channel: 'PJSIP/1', Message: 'hi' }).catch(() => {})
  assert.equal((await peer.next()).name, 'SendText')
})

test('6: nothing is smuggled in by CR or LF, and no secret is ever shown', async () => {
  await using rig = await readyRig({ secret: 'hush-hush' })
  const { client, peer } = rig
  await using _ = rig
  const evil = 'x\r\nAction: Command\r\nCommand: core stop now'
  assert.throws(() => client.sendRaw('Getvar', { Variable: evil }), { code: 'AMI_ARGUMENT' })
  assert.throws(() => client.sendRaw('Getvar', { [evil]: 'x' }), { code: 'AMI_ARGUMENT' })
  assert.throws(() => client.sendRaw('Ping', {}, { variables: { A: evil } }), { code: 'AMI_ARGUMENT' })
  assert.throws(() => client.sendRaw('Ping', {}, { variables: { [evil]: 'x' } }), { code: 'AMI_ARGUMENT' })
  assert.doesNotMatch(inspect(client, { depth: 9, showHidden: true }), /hush/)
  assert.doesNotMatch(peer.raw, /hush|core stop/)
  assert.doesNotMatch(inspect(rig.statuses, { depth: 9 }), /hush/)
})

test('7: no line that a server sends ends the client', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const one = watch(client.sendRaw('CoreShowChannelMap', { Channel: 'PJSIP/1' }))
  const action = await peer.next()
  peer.send('no colon at all\r\n\r\n')
  peer.send(`Event: Strange\r\nvalue with\nbare line feeds\r\n${'x'.repeat(70_000)}\r\n\r\n`)
  // an event of a pending action before its answer
  peer.say('Event: Early', `ActionID: ${action.id}`)
  peer.reply(action, 'Error', 'Message: Could not complete channel map')
  await settle()
  assert.ok(one.error instanceof ActionError)
  assert.equal(client.state, 'ready')
  assert.ok(client.stats().faults > 0, 'it is counted')
})

test('8: every line of a command, every repeated header, every variable', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const lines = client.command('core show channels')
  peer.reply(await peer.next(), 'Success', 'Output: one', 'Output:   two', 'Output: ', 'Output: three')
  assert.deepEqual(await lines, ['one', '  two', '', 'three'])
  const heard = watch(client.events('Hangup').next())
  peer.say('Event: Hangup', 'Channel: PJSIP/1-1', 'ChanVariable: A=1', 'ChanVariable: B=x=y', 'Other: 1', 'Other: 2')
  await settle()
  const event = heard.value?.value
  assert.deepEqual(event?.variables(), { A: '1', B: 'x=y' })
  assert.deepEqual(event?.getAll('Other'), ['1', '2'])
})

test('9: Success and Complete in any case, and lists that carry no marks, are whole when they are', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  // res/res_fax.c spells its mark Start
  const list = client.send('FAXSessions')
  const action = await peer.next()
  peer.reply(action, 'Success', 'EventList: Start')
  peer.say('Event: FAXSessionsEntry', `ActionID: ${action.id}`, 'Channel: PJSIP/1')
  peer.say('Event: FAXSessionsComplete', `ActionID: ${action.id}`, 'EventList: complete', 'Total: 1')
  assert.equal((await list).events.length, 1)
  // res/res_fax.c:manager_fax_session announces an event and marks nothing: a Ping behind it proves the end
  const heard: string[] = []
  client.on('*', (event) => heard.push(event.Event))
  const one = client.send('FAXSession', { SessionNumber: 1 })
  const asked = await peer.next()
  const fence = await peer.next()
  peer.reply(asked, 'Success', 'Message: FAXSession event will follow')
  peer.say('Event: FAXSession', `ActionID: ${asked.id}`, 'SessionNumber: 1')
  peer.reply(fence, 'Success', 'Ping: Pong')
  assert.equal((await one).events.length, 1)
  assert.deepEqual(heard, [], 'and none of it leaks to listeners')
})

test('10: rows in order, the completing event apart, and listeners may see them too', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const seen: string[] = []
  client.on('*', (event) => seen.push(event.Event), { all: true })
  const list = client.send('CoreShowChannels')
  const action = await peer.next()
  peer.reply(action, 'Success', 'EventList: start')
  for (const n of [1, 2, 3]) peer.say('Event: CoreShowChannel', `ActionID: ${action.id}`, `Channel: PJSIP/${n}`)
  peer.say('Event: CoreShowChannelsComplete', `ActionID: ${action.id}`, 'EventList: Complete', 'ListItems: 3')
  const { events, completion } = await list
  assert.deepEqual(
    events.map(({ Channel }) => Channel),
    ['PJSIP/1', 'PJSIP/2', 'PJSIP/3'],
  )
  assert.equal(completion?.Event, 'CoreShowChannelsComplete')
  await settle()
  assert.equal(seen.length, 4)
})

test('11: a timeout of its own for each call, nothing is left behind, and a late answer is no event', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const heard: string[] = []
  client.on('*', (event) => heard.push(event.Event))
  const slow = watch(client.send('Ping', undefined, { timeout: 60_000 }))
  const call = watch(client.send('CoreStatus', undefined, { timeout: 50 }))
  const [ping, action] = [await peer.next(), await peer.next()]
  rig.clock.tick(50)
  await settle()
  assert.equal((call.error as { code: string }).code, 'AMI_TIMEOUT')
  assert.equal(client.stats().inFlight, 1)
  peer.reply(ping, 'Success', 'Ping: Pong')
  peer.reply(action)
  await settle()
  assert.equal(slow.value?.Ping, 'Pong')
  assert.deepEqual(heard, [])
  assert.equal(client.stats().lateReplies, 1)
})

test('12: events in order, one after the other; an empty message is none', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const heard: string[] = []
  client.on('*', (event) => heard.push(event.get('N') ?? 'empty'))
  // apps/app_queue.c:manager_queue_rule_show ends with one blank line too many
  peer.send('Event: A\r\nN: 1\r\n\r\n\r\nEvent: B\r\nN: 2\r\n\r\n\r\n\r\nEvent: C\r\nN: 3\r\n\r\n')
  await settle()
  assert.deepEqual(heard, ['1', '2', '3'])
})

test('13: MD5, an event mask, a keepalive, a login timeout and a Logoff', async () => {
  await using rig = new Rig({ events: ['call', 'user'], keepalive: { interval: 1_000, timeout: 500 } })
  await using _ = rig
  const peer = await rig.ready()
  const login = peer.actions[1]
  assert.equal(login?.get('AuthType'), 'MD5')
  assert.match(login?.get('Key') ?? '', /^[0-9a-f]{32}$/)
  assert.equal(login?.get('Events'), 'call,user')
  rig.clock.tick(1_000)
  assert.equal((await peer.next()).name, 'Ping')
  rig.clock.tick(500)
  await settle()
  assert.match(String(rig.last('lost')?.error), /silent/)
  rig.clock.tick(rig.last('waiting')?.delay ?? 0)
  const again = await rig.nextPeer()
  await again.accept()
  await settle()
  void rig.client.close()
  assert.equal((await again.next()).name, 'Logoff')
})

test('14: ActionIDs are unlike those of any other client', async () => {
  const ids = new Set<string>()
  for (let i = 0; i < 20; i++) {
    await using rig = await readyRig()
    const { client, peer } = rig
    void client.send('Ping').catch(() => {})
    ids.add((await peer.next()).id)
  }
  assert.equal(ids.size, 20)
})

test('15: AsyncAGI: each result is its command’s own, and a hangup is known at once', async () => {
  await using server = await startServer({ users: { frank: 'lean' } })
  await using client = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  let reason: unknown
  await using _agi = attachAgi(client, async (call) => {
    const names = Array.from({ length: 10 }, (_, n) => `N${n}`)
    await Promise.all(names.map((name) => call.setVariable(name, name)))
    assert.deepEqual(await Promise.all(names.map((name) => call.getVariable(name))), names)
    caller.hangup()
    await once(call.signal, 'abort')
    reason = call.signal.reason
  })
  const caller = await callAgi({ server })
  await caller.ended
  await _agi.close()
  assert.equal((reason as { code?: string }).code, 'AGI_HANGUP')
})
