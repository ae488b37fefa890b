import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../../src/index.ts'
import {
  type MessageWatch,
  type RecordedMessage,
  startProxy,
  startServer,
  watchMessages,
} from '../../../src/testing/index.ts'

const ACCOUNT = { username: 'frank', secret: 'a marked secret' }

test('what passes a proxy is told message by message, in both directions, without the secret', async () => {
  await using server = await startServer({ users: { frank: ACCOUNT.secret } })
  await using proxy = await startProxy({ target: { port: server.port } })
  const seen: RecordedMessage[] = []
  const watch = watchMessages(proxy, (message) => void seen.push(message), { now: () => 7 })
  const ami = await connect({ port: proxy.port, host: '127.0.0.1', ...ACCOUNT })
  await ami.send('Setvar', { Variable: 'DB_PASS', Value: 'a marked value' }).catch(() => {})
  await ami.close()
  await watch.stop()
  const text = seen.map((one) => one.text).join('')
  assert.match(text, /^Asterisk Call Manager/)
  assert.match(text, /Action: Setvar\r\n(?:.*\r\n)*Value: \*\*\*\r\n/)
  assert.doesNotMatch(text, /marked/)
  for (const one of ['in', 'out']) assert.ok(seen.some(({ direction }) => direction === one))
  assert.equal(watch.messages, seen.filter(({ direction }) => direction !== 'end').length)
  assert.deepEqual([seen[0]?.time, seen[0]?.session, seen[0]?.direction], [0, 1, 'out'])
})

test('a client can be watched too, and a rule of your own holds', async () => {
  await using server = await startServer({ users: { frank: ACCOUNT.secret } })
  await using ami = await connect({ port: server.port, host: '127.0.0.1', ...ACCOUNT })
  const seen: string[] = []
  const watch = watchMessages(ami, ({ text }) => void seen.push(text), {
    redact: (name) => name === 'DOOR' || undefined,
  })
  const came = new Promise((resolve) => ami.on('UserEvent', resolve))
  server.emit('UserEvent', [
    ['UserEvent', 'x'],
    ['DOOR', '4711'],
  ])
  await came
  await watch.stop()
  assert.match(seen.join(''), /DOOR: \*\*\*/)
})

for (const [what, isProxy] of [
  ['client', false],
  ['proxy', true],
] as const) {
  test(`a listener may end its watch of a ${what} and begin another, which gets what follows`, async () => {
    await using server = await startServer({ users: { frank: ACCOUNT.secret } })
    await using proxy = await startProxy({ target: { port: server.port } })
    await using ami = await connect({ port: proxy.port, host: '127.0.0.1', ...ACCOUNT })
    const source = isProxy ? proxy : ami
    const seen: string[] = []
    await using _other = watchMessages(source, () => {})
    let watch: MessageWatch | undefined
    const begin = () => {
      watch = watchMessages(source, ({ text, direction }) => {
        // one that got the same bytes again would go on for ever
        if (seen.push(direction === 'end' ? direction : text) > 9) return
        void watch?.stop()
        begin()
      })
    }
    begin()
    const came = ami.events('UserEvent')
    for (const name of ['A', 'B']) {
      server.emit('UserEvent', [['UserEvent', name]])
      await came.next()
    }
    server.disconnect()
    while (seen.at(-1) !== 'end') await new Promise(setImmediate)
    await watch?.stop()
    assert.deepEqual(
      seen.map((text) => /UserEvent: (.)/.exec(text)?.[1] ?? text),
      ['A', 'B', 'end'],
    )
  })
}

test('a listener that destroys its client at the end of a connection is told of that end once', async () => {
  await using server = await startServer({ users: { frank: ACCOUNT.secret } })
  const ami = await connect({ port: server.port, host: '127.0.0.1', ...ACCOUNT })
  const seen: string[] = []
  watchMessages(ami, ({ direction }) => {
    seen.push(direction)
    ami.destroy()
  })
  server.disconnect()
  await ami.closed
  assert.deepEqual(seen, ['end'])
})

test('a proxy reads nothing more while the listener is behind', async () => {
  await using server = await startServer({ users: { frank: ACCOUNT.secret } })
  await using proxy = await startProxy({ target: { port: server.port } })
  let free: () => void = () => {}
  const held = new Promise<void>((resolve) => {
    free = resolve
  })
  let told = 0
  const watch = watchMessages(proxy, async () => {
    told++
    await held
  })
  const connecting = connect({ port: proxy.port, host: '127.0.0.1', ...ACCOUNT })
  await server.waitFor('Challenge')
  // a whole session beside it, while the answer to the challenge waits
  await (await connect({ port: server.port, host: '127.0.0.1', ...ACCOUNT })).close()
  assert.equal(told, 2)
  free()
  await (await connecting).close()
  await watch.stop()
  assert.ok(told > 4)
})

for (const [how, listener] of [
  ['throws', () => assert.fail('mine')],
  ['rejects', () => Promise.reject(new Error('mine'))],
] as const) {
  test(`a listener that ${how} ends the watch and nothing else`, async () => {
    await using server = await startServer({ users: { frank: ACCOUNT.secret } })
    await using proxy = await startProxy({ target: { port: server.port } })
    const watch = watchMessages(proxy, listener)
    const ami = await connect({ port: proxy.port, host: '127.0.0.1', ...ACCOUNT })
    assert.equal((await ami.send('Ping')).Ping, 'Pong')
    await ami.close()
    await assert.rejects(watch.stop(), /mine/)
  })
}

test('a listener must be a function, and a source a client or a proxy', () => {
  assert.throws(() => watchMessages({} as never, () => {}), { code: 'AMI_ARGUMENT', message: /source must be/ })
  assert.throws(() => watchMessages({ on() {} } as never, 'x' as never), {
    code: 'AMI_ARGUMENT',
    message: /listener must/,
  })
})
