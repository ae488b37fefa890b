import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { messagesOf, RawClient } from '../../../../tools/testbed/raw-client.ts'
import { ManualClock, startServer } from '../../src/testing/index.ts'

interface Scenario {
  readonly ask: Record<string, string>
  /** Milliseconds that have to go by. */
  readonly time: number
  /** Event names and header names by channel, as Asterisk 22 sent them. */
  readonly channels: Record<string, { readonly event: string; readonly headers: string }[]>
}

// DeviceStateChange and OriginateResponse come from producers of their own, whose order against the channel's is open
const ignored = new Set(['DeviceStateChange', 'OriginateResponse', 'QueueMemberStatus', 'Cdr'])

function byChannel(text: string): Scenario['channels'] {
  const names = new Map<string, string>()
  const found: Scenario['channels'] = {}
  for (const message of messagesOf(text)) {
    const [first, ...headers] = message
    if (first?.[0] !== 'Event' || ignored.has(first[1])) continue
    const channel =
      headers.find(([name]) => /^(Channel|DestChannel|LocalOneChannel|BridgeUniqueid)$/.test(name))?.[1] ?? ''
    const local = /^(Local\/.*-[0-9a-f]{8})(;[12])$/.exec(channel)
    const base = local?.[1] ?? channel
    if (!names.has(base)) names.set(base, `#${names.size}`)
    const key = `${names.get(base)}${local?.[2] ?? ''}`
    found[key] ??= []
    found[key].push({ event: first[1], headers: headers.map(([name]) => name).join(',') })
  }
  return found
}

const file = new URL('fixtures/calls-22.json', import.meta.url)
const scenarios = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Scenario>

for (const [name, { ask, time, channels }] of Object.entries(scenarios)) {
  test(`${name}: the events of each channel and bridge, and their headers, as Asterisk 22 sends them`, async () => {
    const clock = new ManualClock()
    const options = { systemName: 'lab22', channelVars: ['LABVAR', 'CALLERID(num)'], answerDelay: 500 }
    await using server = await startServer({ ...options, clock })
    using client = await RawClient.login(server.port, 'on')
    await client.until(/SessionTV.*\r\n\r\n/)
    const from = client.text.length
    client.action(ask)
    await server.waitFor('Originate')
    await clock.advance(time)
    await client.ask({ Action: 'Ping', SuppressEvents: '' })
    assert.deepEqual(byChannel(client.text.slice(from)), channels)
  })
}

const originate = {
  Action: 'Originate',
  ActionID: 'o',
  Channel: 'Local/wait@default/n',
  Application: 'Wait',
  Data: '30',
  Async: 'true',
}

test('OriginateResponse says why: busy, congestion, no answer, no such place', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock })
  using client = await RawClient.login(server.port, 'call')
  for (const [exten, reason] of [
    ['wait', 4],
    ['busy', 5],
    ['congestion', 8],
    ['noanswer', 3],
    ['nosuch', 0],
  ] as const) {
    client.action({ ...originate, Channel: `Local/${exten}@default/n`, Timeout: '5000', ActionID: exten })
    await server.waitFor('Originate')
    await clock.advance(6000)
    const event = await client.until(
      new RegExp(`Event: OriginateResponse\\r\\n(.*\\r\\n)*?ActionID: ${exten}\\r\\n(.*\\r\\n)*?\\r\\n`),
    )
    assert.match(
      event,
      new RegExp(`Response: ${reason === 4 ? 'Success' : 'Failure'}\\r\\n(.*\\r\\n)*Reason: ${reason}\\r\\n`),
    )
  }
})

test('endpoints take calls as they are told', async () => {
  const clock = new ManualClock()
  const endpoints = { 100: { answers: 'answer', ringTime: 2000 }, 101: { answers: 'busy' } } as const
  await using server = await startServer({ clock, endpoints })
  using client = await RawClient.login(server.port, 'call')
  client.action({
    ...originate,
    Channel: 'PJSIP/100',
    Context: 'default',
    Exten: 'wait',
    Priority: '1',
    Application: '',
  })
  await server.waitFor('Originate')
  await clock.advance(2000)
  const events = (await client.until(/Event: OriginateResponse/)).match(/Event: \w+/g)
  assert.deepEqual(events, [
    'Event: Newchannel',
    'Event: DialBegin',
    'Event: Newstate',
    'Event: DeviceStateChange',
    'Event: DialState',
    'Event: Newstate',
    'Event: DeviceStateChange',
    'Event: DialEnd',
    'Event: OriginateResponse',
  ])
  client.action({ ...originate, ActionID: 'b', Channel: 'PJSIP/101' })
  assert.match(await client.until(/ActionID: b\r\n(.*\r\n)*Reason: \d+/), /Reason: 5/)
})

test('variables get to the channel as they were meant', async () => {
  await using server = await startServer()
  using client = await RawClient.login(server.port, 'dialplan')
  client.send(
    'Action: Originate\r\nActionID: v\r\nChannel: Local/wait@default/n\r\nApplication: Wait\r\nData: 9\r\nAsync: true\r\n' +
      'Variable: A=a\\,b\\"c\\"\\\\d(e\r\nVariable: B=1,C=2\r\n\r\n',
  )
  await client.until(/Variable: A\r\nValue: a,b\\"c\\"\\\\d\(e\r\n/)
  const [one] = server.channels.list()
  assert.equal(server.channels.getVariable(one!.name, 'A'), 'a,b"c"\\d(e')
  assert.equal(server.channels.getVariable(one!.name, 'C'), '2')
})

test('a channel of the test: created, ringing, answered, its caller told in UTF-8 and escaped, hung up', async () => {
  await using server = await startServer()
  using client = await RawClient.login(server.port, 'call')
  const name = server.channels.create({ name: 'PJSIP/100', callerIdNum: '100', callerIdName: "Zoë O'Brien?" })
  server.channels.ring(name)
  server.channels.answer(name)
  server.channels.hangup(name, 17)
  const text = Buffer.from(await client.until(/Cause-txt: User busy\r\n\r\n/), 'latin1').toString('utf8')
  assert.match(text, /Event: NewCallerid\r\n(.*\r\n)*CallerIDName: Zoë O\\'Brien\\\?\r\n/)
  assert.deepEqual(
    text.match(/ChannelStateDesc: \w+/g),
    ['Ring', 'Ring', 'Ringing', 'Up', 'Up'].map((state) => `ChannelStateDesc: ${state}`),
  )
  assert.deepEqual(server.channels.list(), [])
})

test('lists follow the model: channels, bridges, queues, conferences, parked calls', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock })
  using client = await RawClient.login(server.port)
  const items = async (headers: Record<string, string>): Promise<number> =>
    Number(/ListItems: (\d+)/.exec(await client.ask(headers))?.[1] ?? -1)
  assert.equal(await items({ Action: 'ConfbridgeListRooms' }), -1)
  for (const exten of ['conf', 'park', 'q']) {
    client.action({ ...originate, Channel: `Local/${exten}@default/n` })
    await server.waitFor('Originate')
    await clock.advance(2000)
  }
  assert.equal(await items({ Action: 'CoreShowChannels' }), 8)
  assert.equal(await items({ Action: 'Status' }), 8)
  assert.equal(await items({ Action: 'BridgeList' }), 3)
  assert.equal(await items({ Action: 'ConfbridgeList', Conference: '100' }), 1)
  assert.equal(await items({ Action: 'ParkedCalls' }), 1)
  assert.match(await client.ask({ Action: 'QueueStatus', Queue: 'support' }), /InCall: 1\r\nStatus: 2/)
  assert.equal(await items({ Action: 'Hangup', Channel: '/^Local/' }), 8)
  await clock.advance(1000)
  assert.equal(await items({ Action: 'CoreShowChannels' }), 0)
})

test('a program is handed a call by AsyncAGI', async () => {
  await using server = await startServer({ answerDelay: 0 })
  using client = await RawClient.login(server.port, 'agi')
  client.action({ ...originate, Channel: 'Local/agi@default/n' })
  const start = await client.until(/Event: AsyncAGIStart\r\n(.*\r\n)*?\r\n/)
  const channel = /\r\nChannel: (.*)\r\n/.exec(start)![1]!
  const env = decodeURIComponent(/Env: (.*)\r\n/.exec(start)![1]!)
  assert.match(env, /^agi_request: async\nagi_channel: Local\/agi@default-00000000;2\n[\s\S]*\n\n$/)
  const run = async (command: string, id: string): Promise<string> => {
    client.action({ Action: 'AGI', Channel: channel, Command: command, CommandID: id })
    const text = await client.until(new RegExp(`Event: AsyncAGIExec\\r\\n(.*\\r\\n)*?CommandId: ${id}\\r\\n\\r\\n`))
    return decodeURIComponent(/\r\nResult: (.*)\r\nCommandId: .*\r\n\r\n$/.exec(text)![1]!)
  }
  assert.equal(await run('SET VARIABLE FOO "two words"', '1'), '200 result=1\n')
  assert.equal(await run('GET VARIABLE FOO', '2'), '200 result=1 (two words)\n')
  assert.equal(await run('NONSENSE', '3'), '510 Invalid or unknown command\n')
  assert.equal(await run('EXEC NoOp hi', '4'), '200 result=0\n')
  assert.equal(await run('ASYNCAGI BREAK', '5'), '200 result=0\n')
  await client.until(/Event: AsyncAGIEnd\r\n/)
})

test('redirect, bridge, park and a blind transfer move channels', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock })
  using client = await RawClient.login(server.port, 'call,dialplan')
  const call = async (exten: string): Promise<string> => {
    client.action({ ...originate, Channel: `Local/${exten}@default/n` })
    await server.waitFor('Originate')
    await clock.advance(1000)
    return server.channels.list().at(-2)!.name
  }
  const one = await call('wait')
  const two = await call('echo')
  assert.match(
    await client.ask({ Action: 'Redirect', Channel: one, Context: 'default', Exten: 'echo', Priority: '1' }),
    /Redirect successful/,
  )
  await clock.advance(1000)
  assert.equal(server.channels.get(one)?.application, 'Echo')
  assert.match(await client.ask({ Action: 'Bridge', Channel1: one, Channel2: two }), /Channels have been bridged/)
  await clock.advance(10)
  const bridge = server.channels.get(one)!.bridge
  assert.ok(bridge !== '' && bridge === server.channels.get(two)?.bridge)
  const transfer = { Action: 'BlindTransfer', Channel: two, Context: 'default', Exten: 'wait' }
  assert.match(await client.ask(transfer), /Transfer succeeded/)
  await clock.advance(10)
  assert.equal(server.channels.get(one)?.exten, 'wait')
  assert.match(await client.ask({ Action: 'Park', Channel: one }), /Park successful\n\r\n/)
  await clock.advance(10)
  assert.match(await client.ask({ Action: 'ParkedCalls' }), /ParkingSpace: 701/)
})

test('a queue calls its members, and says how each attempt went', async () => {
  const clock = new ManualClock()
  const queues = {
    help: { timeout: 5, members: [{ interface: 'PJSIP/100' }, { interface: 'PJSIP/101' }], strategy: 'rrmemory' },
  }
  const endpoints = { 100: { answers: 'noanswer' }, 101: { answers: 'answer' } } as const
  const dialplan = '[default]\nexten => help,1,Answer()\n same => n,Queue(help)\n'
  await using server = await startServer({ clock, queues, endpoints, dialplan })
  using client = await RawClient.login(server.port, 'agent')
  const caller = server.channels.create({ name: 'PJSIP/caller', exten: 'help', run: true })
  await clock.advance(8000)
  assert.deepEqual(server.queues.callers('help'), [])
  server.channels.hangup(caller)
  await clock.advance(10)
  const text = await client.until(/Event: AgentComplete\r\n(.*\r\n)*?\r\n/)
  assert.deepEqual(
    text.match(/Event: \w+/g)?.filter((event) => !event.includes('MemberStatus')),
    [
      'Event: QueueCallerJoin',
      'Event: AgentCalled',
      'Event: AgentRingNoAnswer',
      'Event: AgentCalled',
      'Event: QueueCallerLeave',
      'Event: AgentConnect',
      'Event: AgentComplete',
    ],
  )
  assert.match(text, /Reason: caller\r\n/)
})
