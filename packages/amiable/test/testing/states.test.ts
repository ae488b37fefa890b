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
