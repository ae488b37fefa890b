import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawClient } from '../../../../tools/testbed/raw-client.ts'
import { ManualClock, startServer } from '../../src/testing/index.ts'

const dialplan = `
[default]
exten => 201,hint,Custom:desk,CustomPresence:desk
exten => 301,hint,PJSIP/ep1
exten => wait,1,Answer()
 same => n,Wait(60)
`

test('hints of the dialplan follow the states that a test sets', async () => {
  await using server = await startServer({ dialplan })
  using client = await RawClient.login(server.port, 'call')
  server.system.deviceState('PJSIP/ep1', 'RINGING')
  await client.until(
    /Event: DeviceStateChange\r\n[\s\S]*Event: ExtensionStatus\r\n[\s\S]*Exten: 301\r\n[\s\S]*Status: 8\r\n/,
  )
  server.system.presence('CustomPresence:desk', 'away', '', 'lunch')
  const told = await client.until(/Event: PresenceStatus\r\n[\s\S]*?\r\n\r\n/)
  assert.match(told, /Exten: 201\r\nContext: default\r\n.*\r\nStatus: away\r\nSubtype: \r\nMessage: lunch\r\n\r\n$/)
  server.system.dialplan('[default]\nexten => 302,hint,PJSIP/ep1\n')
  await client.until(/Event: ExtensionStatus\r\n[\s\S]*Exten: 302\r\n[\s\S]*StatusText: Ringing\r\n/)
})

test('a hint whose status a test sets keeps it, whatever its device does', async () => {
  await using server = await startServer({ dialplan })
  using client = await RawClient.login(server.port, 'call')
  server.system.hint('100', 'default', 'PJSIP/ep1', 1, 'InUse')
  await client.until(/Exten: 100\r\n[\s\S]*StatusText: InUse\r\n/)
  server.system.deviceState('PJSIP/ep1', 'RINGING')
  await client.until(/Exten: 301\r\n[\s\S]*StatusText: Ringing\r\n/)
  assert.match(await client.ask({ Action: 'ExtensionStateList' }), /Exten: 100\r\n.*\r\n.*\r\nStatus: 1\r\n/)
})

test('who is taken out of a queue goes on, and has not abandoned it', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ dialplan, clock })
  using client = await RawClient.login(server.port, 'on')
  client.action({ Action: 'Originate', Channel: 'Local/wait@default/n', Application: 'Queue', Data: 'sales' })
  await clock.advance(10)
  await client.until(/Event: QueueCallerJoin\r\n/)
  const [caller = ''] = server.queues.callers('sales')
  server.queues.leave('sales', caller)
  await clock.advance(1_000)
  await client.until(new RegExp(`Event: Hangup\\r\\n[\\s\\S]*Channel: ${caller}\\r\\n`))
  assert.match(client.text, /Event: QueueCallerLeave\r\n/)
  assert.doesNotMatch(client.text, /QueueCallerAbandon|ABANDONED/)
})

test('a telephone that registers is a contact, and is reported whenever it is reached or not', async () => {
  await using server = await startServer()
  using client = await RawClient.login(server.port, 'system,call')
  server.system.contact('ep2', 'sip:a@127.0.0.1:5061', 'Reachable')
  await client.until(
    /ContactStatus: Reachable\r\nAOR: ep2\r\nEndpointName: ep2\r\nRoundtripUsec: 1500\r\n[\s\S]*Peer: PJSIP\/ep2\r\nPeerStatus: Reachable\r\n[\s\S]*Device: PJSIP\/ep2\r\nState: NOT_INUSE\r\n/,
  )
  assert.match(
    await client.ask({ Action: 'PJSIPShowContacts' }),
    /Uri: sip:a@127.0.0.1:5061\r\n[\s\S]*Status: Reachable\r\n/,
  )
  server.system.contact('ep2', 'sip:b@127.0.0.1:5062', 'Unreachable')
  await client.until(
    /URI: sip:a@127.0.0.1:5061\r\nContactStatus: Removed\r\n[\s\S]*URI: sip:b@127.0.0.1:5062\r\nContactStatus: Unreachable\r\n[\s\S]*PeerStatus: Unreachable\r\n[\s\S]*State: UNAVAILABLE\r\n/,
  )
  server.system.contact('ep2', '')
  await client.until(/URI: sip:b@127.0.0.1:5062\r\nContactStatus: Removed\r\n/)
  assert.match(await client.ask({ Action: 'PJSIPShowContacts' }), /No Contacts found/)
  assert.throws(() => server.system.contact('nobody', ''), { code: 'AMI_ARGUMENT', argument: 'endpoint' })
})

for (const asterisk of [22, 16] as const) {
  test(`a registration of ${asterisk} is what the other side has answered`, async () => {
    await using server = await startServer({ asterisk })
    using client = await RawClient.login(server.port, 'system')
    server.system.registration('provider', {
      server: 'sip:pbx.example',
      client: 'sip:me@pbx.example',
      status: 'Rejected',
    })
    await client.until(
      /Event: Registry\r\n.*\r\nChannelType: PJSIP\r\nUsername: sip:me@pbx.example\r\nDomain: sip:pbx.example\r\nStatus: Rejected\r\n/,
    )
    const list = { Action: 'PJSIPShowRegistrationsOutbound' }
    assert.match(
      await client.ask(list),
      /ObjectName: provider\r\n[\s\S]*Status: Rejected\r\nNextReg: 0\r\n[\s\S]*Registered: 0\r\nNotRegistered: 1\r\n/,
    )
    assert.match(
      await client.ask({ Action: 'PJSIPRegister', Registration: 'provider' }),
      /Reregistration sent[\s\S]*Status: Unregistered\r\n[\s\S]*Event: Registry\r\n[\s\S]*Status: Registered\r\n/,
    )
    const row = await client.ask(list)
    assert.match(row, /Status: Registered\r\nNextReg: 60\r\n/)
    assert.equal(row.includes('SupportOutbound: no\r\n'), asterisk === 22)
    assert.match(await client.ask({ Action: 'PJSIPUnregister', Registration: '*all' }), /Unregistrations queued/)
    assert.match(await client.ask({ Action: 'PJSIPRegister', Registration: 'x' }), /Unable to retrieve registration/)
  })
}

test('custom states outlive a restart, as AstDB does', async () => {
  await using server = await startServer({ dialplan })
  const { port } = server
  using client = await RawClient.login(port)
  await client.ask({ Action: 'Setvar', Variable: 'DEVICE_STATE(Custom:desk)', Value: 'BUSY' })
  await client.ask({ Action: 'Setvar', Variable: 'PRESENCE_STATE(CustomPresence:desk)', Value: 'dnd' })
  await server.restart()
  using again = await RawClient.login(port)
  const state = await again.ask({ Action: 'Getvar', Variable: 'DEVICE_STATE(Custom:desk)' })
  assert.match(state, /Value: BUSY\r\n/)
  assert.match(await again.ask({ Action: 'ExtensionStateList' }), /Exten: 201\r\n.*\r\n.*\r\nStatus: 2\r\n/)
  assert.match(await again.ask({ Action: 'PresenceStateList' }), /CustomPresence:desk\r\nStatus: dnd\r\n/)
})

test("16 knows no Immediate and sets no times; the caller's withdrawal is noticed within a second", async () => {
  const clock = new ManualClock()
  await using server = await startServer({ asterisk: 16, dialplan, clock })
  using client = await RawClient.login(server.port, 'on')
  const call = { Action: 'Originate', Application: 'Queue', Data: 'sales', Async: 'true' }
  for (const ChannelId of ['a', 'b']) {
    client.action({ ...call, Channel: 'Local/wait@default/n', ChannelId })
    await clock.advance(10)
    await client.until(/Event: QueueCallerJoin\r\n/)
  }
  const [, Caller = ''] = server.queues.callers('sales')
  const change = { Action: 'QueueChangePriorityCaller', Queue: 'sales', Caller, Priority: '5', Immediate: 'yes' }
  assert.match(await client.ask(change), /Priority change for caller on queue/)
  assert.equal(server.queues.callers('sales')[1], Caller)
  await client.ask({ Action: 'QueueWithdrawCaller', Queue: 'sales', Caller })
  await clock.advance(1_000)
  const told = await client.until(/Variable: QUEUESTATUS\r\nValue: WITHDRAW\r\n/)
  assert.match(told, /Event: QueueCallerAbandon\r\n[\s\S]*Variable: QUEUE_WITHDRAW_INFO\r\nValue: \r\n/)
  assert.doesNotMatch(client.text, /QUEUEWAIT|DIALEDTIME/)
  assert.equal(server.queues.callers('sales').length, 1)
})
