import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { messagesOf, RawClient } from '../../../../../tools/testbed/raw-client.ts'
import { ManualClock, startServer } from '../../../src/testing/index.ts'

test('the banner is one line and nothing follows it', async () => {
  for (const [asterisk, version] of [
    [22, '11.0.0'],
    [16, '5.0.4'],
  ] as const) {
    await using server = await startServer({ asterisk })
    using client = await RawClient.open(server.port)
    client.action({ Action: 'Logoff', ActionID: 'bye' })
    await client.closed()
    const goodbye = 'Response: Goodbye\r\nActionID: bye\r\nMessage: Thanks for all the fish.\r\n\r\n'
    assert.equal(client.text, `Asterisk Call Manager/${version}\r\n${goodbye}`)
  }
})

test('a login by challenge, FullyBooted behind it, and the class of each event', async () => {
  await using server = await startServer({ systemName: 'lab' })
  using client = await RawClient.open(server.port)
  client.action({ Action: 'Challenge', AuthType: 'MD5' })
  const challenge = /Challenge: (\d+)\r\n/.exec(await client.until(/Challenge: \d+\r\n\r\n/))![1]!
  const key = createHash('md5').update(`${challenge}lean`).digest('hex')
  client.action({ Action: 'Login', AuthType: 'MD5', Username: 'FRANK', Key: key, ActionID: 'in' })
  const text = await client.until(/SessionTV: .*\r\n\r\n/)
  const [response, booted, auth] = messagesOf(text)
  assert.deepEqual(response, [
    ['Response', 'Success'],
    ['ActionID', 'in'],
    ['Message', 'Authentication accepted'],
  ])
  assert.deepEqual(
    booted?.map(([name]) => name),
    ['Event', 'Privilege', 'Uptime', 'LastReload', 'Status'],
  )
  assert.deepEqual(
    auth?.map(([name]) => name),
    'Event Privilege SystemName EventTV Severity Service EventVersion AccountID SessionID LocalAddress RemoteAddress UsingPassword SessionTV'.split(
      ' ',
    ),
  )
})

test('a wrong secret, an unknown user and no user are refused alike, a second later, and closed', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock, loginFailureDelay: 1000 })
  for (const headers of [
    { Username: 'frank', Secret: 'no' },
    { Username: 'nobody', Secret: 'lean' },
    { Secret: 'lean' },
  ]) {
    using client = await RawClient.open(server.port)
    client.action({ Action: 'Login', ActionID: 'x', ...headers } as Record<string, string>)
    await server.waitFor('Login')
    await clock.advance(999)
    assert.doesNotMatch(client.text, /Response/)
    await clock.advance(1)
    await client.closed()
    assert.match(
      client.text,
      /^Asterisk.*\r\nResponse: Error\r\nActionID: x\r\nMessage: Authentication failed\r\n\r\n$/,
    )
  }
})

test('before login only Login, Logoff and Challenge run', async () => {
  await using server = await startServer()
  using client = await RawClient.open(server.port)
  client.action({ Action: 'Ping', ActionID: '1' })
  client.action({ Action: 'Nonsense', ActionID: '2' })
  const text = await client.until(/ActionID: 2\r\n(.*\r\n)*?\r\n/)
  assert.equal(text.match(/Message: Permission denied/g)?.length, 2)
  assert.deepEqual(
    server.calls.map(({ name, outcome }) => [name, outcome]),
    [
      ['Ping', 'refused'],
      ['Nonsense', 'refused'],
    ],
  )
})

test('no login in time: closed without a word; too many without a login: closed with no byte', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock, authTimeout: 5000, authLimit: 1 })
  using first = await RawClient.open(server.port)
  await first.until(/\r\n/)
  using second = await RawClient.open(server.port)
  await second.closed()
  assert.equal(second.text, '')
  await clock.advance(5000)
  await first.closed()
  assert.equal(first.text, 'Asterisk Call Manager/11.0.0\r\n')
})

test('rights: any class of the action opens it, all classes of an event are needed', async () => {
  const users = { narrow: { secret: 's', read: ['call', 'user'], write: ['reporting'] } } as const
  await using server = await startServer({ users })
  using client = await RawClient.login(server.port, 'on', 'narrow', 's')
  assert.doesNotMatch(client.text, /FullyBooted/)
  assert.match(await client.ask({ Action: 'Originate' }), /Permission denied/)
  assert.match(await client.ask({ Action: 'CoreStatus' }), /CoreStartupDate/)
  const commands = await client.ask({ Action: 'ListCommands' })
  assert.match(commands, /^Ping: Asks whether the server answers.* {2}\(Priv: <none>\)\r$/m)
  assert.doesNotMatch(commands, /^Originate:/m)
  server.emit('UserEvent', { UserEvent: 'seen' })
  server.emit('VarSet', { Variable: 'hidden' })
  server.emit('Custom', { A: '1' }, { privilege: ['call', 'agent'] })
  const text = await client.ask({ Action: 'Ping' })
  assert.match(text, /Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: seen\r\n\r\n/)
  assert.doesNotMatch(text, /hidden|Custom/)
})

test('event masks are read as ast_instring reads them', async () => {
  const masks: [mask: string, user: boolean, dialplan: boolean][] = [
    ['on', true, true],
    ['off', false, false],
    ['call', false, false],
    ['us,x', true, false],
    [',', true, true],
    ['call, log', false, false],
    ['64', true, false],
    ['nonsense', false, false],
    ['call,log,', false, false],
  ]
  await using server = await startServer()
  using client = await RawClient.login(server.port)
  for (const [mask, user, dialplan] of masks) {
    client.action({ Action: 'Events', EventMask: mask })
    await client.until(/Events: \w+\r\n\r\n/)
    server.emit('UserEvent', { UserEvent: 'u' })
    server.emit('VarSet', { Variable: 'v' })
    const text = await client.ask({ Action: 'Ping' })
    assert.deepEqual([/UserEvent: u/.test(text), /Variable: v/.test(text)], [user, dialplan], mask)
  }
})

test('filters: excludes of the account, and includes of the session', async () => {
  const users = { frank: { secret: 'lean', eventFilters: ['!Event: VarSet'] } }
  await using server = await startServer({ users })
  using client = await RawClient.login(server.port, 'on')
  server.emit('VarSet', { Variable: 'never' })
  server.emit('Hangup', { Channel: 'one' })
  let text = await client.ask({ Action: 'Ping' })
  assert.match(text, /Channel: one/)
  assert.doesNotMatch(text, /never/)
  const criteria = 'action(include),name(Hangup),header(Channel),method(starts_with)'
  assert.match(
    await client.ask({ Action: 'Filter', Operation: 'Add', MatchCriteria: criteria, Filter: 'PJSIP/' }),
    /Success/,
  )
  server.emit('Hangup', { Channel: 'Local/1' })
  server.emit('Hangup', { Channel: 'PJSIP/1' })
  text = await client.ask({ Action: 'Ping' })
  assert.deepEqual(
    text.match(/Channel: .*/g),
    ['Channel: PJSIP/1\r'].map((line) => line.trim()),
  )
})

test('a session is served in order: what blocks holds back replies and events', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock })
  using client = await RawClient.login(server.port, 'call')
  client.action({
    Action: 'Originate',
    ActionID: 'o',
    Channel: 'Local/noanswer@default/n',
    Application: 'Wait',
    Data: '1',
    Timeout: '8000',
  })
  client.action({ Action: 'Ping', ActionID: 'p' })
  await server.waitFor('Originate')
  await clock.advance(7999)
  assert.doesNotMatch(client.text, /ActionID: [op]|Newchannel/)
  await clock.advance(1)
  const text = await client.until(/ActionID: p\r\n(.*\r\n)*?\r\n/)
  const o = text.indexOf('Response: Error\r\nActionID: o\r\nMessage: Originate failed')
  assert.ok(
    o !== -1 &&
      o < text.indexOf('Event: Newchannel') &&
      text.indexOf('Event: Newchannel') < text.indexOf('ActionID: p'),
  )
})

test('UserEvent goes to everybody as it came', async () => {
  await using server = await startServer()
  using one = await RawClient.login(server.port, 'user')
  using other = await RawClient.login(server.port, 'user')
  one.send(
    'Action: UserEvent\r\nActionID: u\r\nUserEvent: Foo\r\nA:  b\r\na:c\r\nEmpty:\r\nA: d\xe9\r\nnocolon\r\n\r\n',
  )
  const event =
    'Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: Foo\r\nActionID: u\r\nA:  b\r\na:c\r\nEmpty:\r\nA: d\xe9\r\nnocolon\r\n\r\n'
  assert.ok((await one.until(/nocolon\r\n\r\n/)).endsWith(`Message: Event Sent\r\n\r\n${event}`))
  assert.ok((await other.until(/nocolon\r\n\r\n/)).endsWith(event))
})

test('WaitEvent wakes on an event, and SuppressEvents lets the next answer go first', async () => {
  await using server = await startServer()
  using client = await RawClient.login(server.port, 'user')
  client.action({ Action: 'WaitEvent', ActionID: 'w', Timeout: '30' })
  await server.waitFor('WaitEvent')
  server.emit('UserEvent', { UserEvent: 'wake' })
  const text = await client.until(/Event: WaitEventComplete\r\nActionID: w\r\n\r\n/)
  assert.match(text, /ActionID: w\r\nMessage: Waiting for Event completed\.\r\n\r\nEvent: UserEvent\r\n/)
  client.send('Action: UserEvent\r\nUserEvent: held\r\nSuppressEvents: 1\r\n\r\nAction: Ping\r\nActionID: q\r\n\r\n')
  const after = await client.until(/UserEvent: held\r\n/)
  assert.ok(after.indexOf('ActionID: q') < after.indexOf('UserEvent: held'))
})

test('an ActionID past the buffers of CoreStatus loses its line end', async () => {
  await using server = await startServer()
  using client = await RawClient.login(server.port)
  client.action({ Action: 'CoreStatus', ActionID: 'i'.repeat(200) })
  assert.match(await client.until(/CoreCurrentCalls/), /\nActionID: i{139}CoreStartupDate: /)
})
