import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawClient } from '../../../../../tools/testbed/raw-client.ts'
import { ManualClock, startServer } from '../../../src/testing/index.ts'

const dialplan = `
[default]
exten => wait,1,Answer()
 same => n,Wait(60)
exten => conf,1,Answer()
 same => n,ConfBridge(room)
 same => n,Wait(60)
`

const names = (text: string): string[] => [...text.matchAll(/^Event: (\S+)\r$/gm)].map(([, name]) => name ?? '')

test('rows run ahead: a channel is listed before its Newchannel comes', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock })
  using client = await RawClient.login(server.port, 'on')
  using _ = server.faults.lag({ core: 20 })
  const channel = server.channels.create({ name: 'PJSIP/ep1' })
  const list = await client.ask({ Action: 'CoreShowChannels' })
  assert.ok(list.includes(`Channel: ${channel}\r\n`))
  assert.doesNotMatch(client.text, /Newchannel/)
  await clock.advance(20)
  await client.until(/Event: Newchannel\r\n/)
})

test('events of one way keep their order, those of another overtake them', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock })
  using client = await RawClient.login(server.port, 'on')
  const lag = server.faults.lag({ core: 1_000, hints: 0 })
  const channel = server.channels.create({ name: 'PJSIP/ep1' })
  for (const value of ['1', '2', '3', '4']) server.channels.setVariable(channel, 'N', value)
  server.system.hint('100', 'default', 'PJSIP/ep1', 1, 'InUse')
  server.emit('UserEvent', { UserEvent: 'at once' })
  // what is on its way stays behind what went before it
  lag.off()
  server.channels.setVariable(channel, 'N', '5')
  await client.until(/UserEvent: at once\r\n/)
  assert.deepEqual(names(client.text).slice(-2), ['ExtensionStatus', 'UserEvent'])
  await clock.advance(1_000)
  await client.until(/Value: 5\r\n/)
  assert.deepEqual(
    [...client.text.matchAll(/^Value: (\d)\r$/gm)].map(([, value]) => value),
    ['1', '2', '3', '4', '5'],
  )
  assert.deepEqual(names(client.text).filter((name) => name === 'Newchannel' || name === 'VarSet')[0], 'Newchannel')
})

test('the same seed is late by the same', async () => {
  const times = async (): Promise<number[]> => {
    const clock = new ManualClock()
    await using server = await startServer({ clock, seed: 7 })
    using client = await RawClient.login(server.port, 'on')
    server.faults.lag({ core: 50 })
    const came: number[] = []
    for (let n = 0; n < 5; n++) server.channels.create({ name: 'PJSIP/ep1' })
    const seen = (): number => names(client.text).filter((name) => name === 'Newchannel').length
    for (let ms = 1; ms <= 51; ms++) {
      await clock.advance(1)
      await client.ask({ Action: 'Ping' })
      while (came.length < seen()) came.push(ms)
    }
    return came
  }
  const first = await times()
  assert.equal(first.length, 5)
  assert.ok((first.at(-1) ?? 0) > 1)
  assert.deepEqual(await times(), first)
})

for (const asterisk of [22, 16] as const) {
  test(`${asterisk}: a channel that changes while it is listed${asterisk === 22 ? ' is a row twice, the newer one behind' : ' is one row'}`, async () => {
    const clock = new ManualClock()
    await using server = await startServer({ clock, asterisk })
    using client = await RawClient.login(server.port)
    using _ = server.faults.lag({ core: 20 })
    const channel = server.channels.create({ name: 'PJSIP/ep1' })
    const states = async (): Promise<string[]> => {
      const list = await client.ask({ Action: 'CoreShowChannels' })
      const rows = list.split('\r\n\r\n').filter((row) => row.includes(`\r\nChannel: ${channel}\r\n`))
      return rows.map((row) => /ChannelStateDesc: (\w+)/.exec(row)?.[1] ?? '')
    }
    assert.deepEqual(await states(), ['Ring'])
    server.channels.answer(channel)
    assert.deepEqual(await states(), asterisk === 22 ? ['Ring', 'Up'] : ['Up'])
    await clock.advance(20)
    assert.deepEqual(await states(), ['Up'])
  })
}

test('what has left is listed for a moment: BridgeId, a party of a room, a parked call', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock, dialplan })
  using client = await RawClient.login(server.port)
  client.action({
    Action: 'Originate',
    Channel: 'Local/wait@default/n',
    Context: 'default',
    Exten: 'conf',
    Priority: '1',
  })
  client.action({
    Action: 'Originate',
    Channel: 'Local/wait@default/n',
    Context: 'default',
    Exten: 'conf',
    Priority: '1',
  })
  await clock.advance(50)
  const parties = async (): Promise<string[]> => {
    const list = await client.ask({ Action: 'ConfbridgeList', Conference: 'room' })
    return [...list.matchAll(/^Channel: (.*)\r$/gm)].map(([, name]) => name ?? '')
  }
  const [one = '', other = ''] = await parties()
  const bridgeOf = async (channel: string): Promise<string> => {
    const list = await client.ask({ Action: 'CoreShowChannels' })
    const row = list.split('\r\n\r\n').find((part) => part.includes(`\r\nChannel: ${channel}\r\n`))
    return /^BridgeId: (.*)$/m.exec(row ?? '')?.[1] ?? 'no row'
  }
  const bridge = await bridgeOf(one)
  assert.notEqual(bridge, '')
  using _ = server.faults.lag({ core: 20, rooms: 20, parking: 20 })
  await client.ask({ Action: 'ConfbridgeKick', Conference: 'room', Channel: one })
  assert.equal(await bridgeOf(one), bridge)
  assert.deepEqual((await parties()).toSorted(), [one, other].toSorted())
  await clock.advance(50)
  assert.deepEqual(await parties(), [other])
  assert.equal(await bridgeOf(one), '')

  await client.ask({ Action: 'Park', Channel: other })
  const parked = async (): Promise<boolean> =>
    (await client.ask({ Action: 'ParkedCalls' })).includes(`\r\nParkeeChannel: ${other}\r\n`)
  await clock.advance(50)
  assert.equal(await parked(), true)
  await client.ask({ Action: 'Hangup', Channel: other })
  await clock.advance(10)
  assert.equal(await parked(), true)
  await clock.advance(50)
  assert.equal(await parked(), false)
})

test('queues that are read anew: none of it is told', async () => {
  await using server = await startServer()
  using client = await RawClient.login(server.port, 'on')
  server.queues.addMember('support', { interface: 'PJSIP/ep3' })
  await client.until(/Event: QueueMemberAdded\r\n[\s\S]*?\r\n\r\n/)
  const before = client.text.length
  server.queues.reload({ support: { strategy: 'random', members: [{ interface: 'PJSIP/ep1' }] }, new: {} })
  const status = await client.ask({ Action: 'QueueStatus' })
  assert.deepEqual(
    [...status.matchAll(/^(?:Queue|Location|Strategy): (.*)\r$/gm)].map(([, value]) => value),
    [...['support', 'random', 'support', 'PJSIP/ep3', 'support', 'PJSIP/ep1'], ...['new', 'ringall']],
  )
  server.emit('UserEvent', { UserEvent: 'behind' })
  await client.until(/UserEvent: behind\r\n/)
  assert.deepEqual(
    names(client.text.slice(before)).filter((name) => !/^Queue(Params|Member|StatusComplete)$/.test(name)),
    ['UserEvent'],
  )
})

test('what cannot be late is refused', async () => {
  await using server = await startServer()
  for (const options of [{ core: -1 }, { rooms: '5' }, { other: 1 }, null, 5] as never[]) {
    assert.throws(() => server.faults.lag(options), { code: 'AMI_ARGUMENT' })
  }
  assert.deepEqual(server.faults.active, [])
})
