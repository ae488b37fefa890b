import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Duplex, PassThrough } from 'node:stream'
import { test } from 'node:test'
import { type AgiHandler, type AgiServer, type ListenAgiOptions, listenAgi, serveAgi } from '../../src/agi/index.ts'
import { deferred } from '../../src/util/deferred.ts'
import { AsteriskPeer, ENVIRONMENT } from './asterisk-peer.ts'
import { oneSession } from './one-session.ts'

const listen = (handler: AgiHandler, options: ListenAgiOptions = {}) => listenAgi(handler, { port: 0, ...options })

/** What was published as refused, until the test ends it. */
function refusals(t: { after(callback: () => void): void }): string[] {
  const reasons: string[] = []
  const note = (payload: unknown) => void reasons.push((payload as { reason: string }).reason)
  subscribe('agi:refused', note)
  t.after(() => unsubscribe('agi:refused', note))
  return reasons
}

test('a handler that returns ends the connection; one that throws says FAILURE first', async () => {
  const errors: unknown[] = []
  await using server = await listen(
    (call) => {
      if (call.request.channel) throw new Error('mine')
    },
    { onHandlerError: (error) => errors.push(error) },
  )
  using failing = await AsteriskPeer.dial(server.port)
  assert.equal(await failing.next(), 'FAILURE')
  assert.equal(await failing.next(), undefined)
  await using good = await listen(() => {})
  using peer = await AsteriskPeer.dial(good.port)
  assert.equal(await peer.next(), undefined)
  const { port, address } = server
  await server.close()
  assert.deepEqual([errors.map(String), server.stats().failed], [['Error: mine'], 1])
  assert.deepEqual([server.port, server.address], [port, address])
  assert.ok(port > 0)
})

test('who connects and says nothing, or is no Asterisk, or floods, is closed within its bounds', async (t) => {
  const reasons = refusals(t)
  await using server = await listen(() => assert.fail('a session'), {
    environmentTimeout: 200,
    limits: { environment: 2_000 },
  })
  for (const text of [
    '',
    'agi_network: yes\n',
    'GET / HTTP/1.1\r\n\r\n',
    `agi_x: ${'x'.repeat(5_000)}`,
    'agi_x: y\n'.repeat(500),
  ]) {
    using peer = await AsteriskPeer.dial(server.port, text)
    assert.equal(await peer.next(), undefined)
  }
  using leaving = await AsteriskPeer.dial(server.port, '')
  leaving.socket.destroy()
  await server.close()
  assert.deepEqual(reasons.sort(), ['foreign', 'foreign', 'foreign', 'silent', 'silent', 'silent'])
  assert.deepEqual([server.stats().refused, server.stats().total, server.stats().sessions], [6, 0, 0])
})

test('a server that is full, or does not allow an address, says FAILURE', async (t) => {
  const reasons = refusals(t)
  await using one = await oneSession({ maxSessions: 1 })
  using second = await AsteriskPeer.dial(one.server.port)
  assert.deepEqual([await second.next(), await second.next()], ['FAILURE', undefined])
  await using closed = await listen(() => assert.fail('a session'), {
    allow: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'],
  })
  using stranger = await AsteriskPeer.dial(closed.port)
  assert.deepEqual([await stranger.next(), await stranger.next()], ['FAILURE', undefined])
  await using open = await listen(() => {}, { allow: ['127.0.0.0/8'] })
  using allowed = await AsteriskPeer.dial(open.port)
  assert.equal(await allowed.next(), undefined)
  assert.deepEqual(reasons, ['full', 'address'])
})

test('options that are wrong are refused by their names; a port that is taken rejects', async () => {
  const wrong: [unknown, string][] = [
    [{ host: '0.0.0.0' }, 'allow'],
    [{ host: 'pbx.example' }, 'allow'],
    [{ port: 65_536 }, 'port'],
    [{ allow: ['10.0.0.0/33'] }, 'allow[0]'],
    [{ allow: ['nonsense'] }, 'allow[0]'],
    [{ allow: [] }, 'allow'],
    [{ maxSessions: 0 }, 'maxSessions'],
    [{ limits: { lines: 1 } }, 'limits.lines'],
    [{ hangupGrace: -1 }, 'hangupGrace'],
    [{ control: {} }, 'client'],
    [{ onHandlerError: 1 }, 'onHandlerError'],
    [{ nosuch: 1 }, 'nosuch'],
  ]
  for (const [options, argument] of wrong) {
    assert.throws(() => listenAgi(() => {}, options as ListenAgiOptions), { code: 'AMI_ARGUMENT', argument })
  }
  assert.throws(() => listenAgi('handler' as never), { code: 'AMI_ARGUMENT', argument: 'handler' })
  assert.throws(() => serveAgi({} as never, () => {}), { code: 'AMI_ARGUMENT', argument: 'stream' })
  await using server: AgiServer = await listen(() => {})
  await assert.rejects(
    listen(() => {}, { port: server.port }),
    { code: 'AMI_CONNECT' },
  )
})

test('close lets handlers end, and then ends their sessions; twice is once', async () => {
  const { server, peer, call, over } = await oneSession()
  const waiting = call.noop()
  waiting.catch(() => {})
  assert.equal(await peer.next(), 'NOOP')
  const closing = server.close({ timeout: 100 })
  assert.equal(server.close(), closing)
  await closing
  await assert.rejects(waiting, { code: 'AMI_CLOSED' })
  assert.throws(() => server.close({ timeout: -1 }), { code: 'AMI_ARGUMENT' })
  assert.deepEqual([call.state, call.signal.aborted, server.stats().sessions], ['ended', true, 0])
  await assert.rejects(call.noop(), { code: 'AMI_CLOSED' })
  over.resolve()
  peer.socket.destroy()
})

test('a handler that keeps a call that is gone loses it after its grace', async () => {
  await using one = await oneSession({ hangupGrace: 50 })
  one.peer.send('HANGUP\n')
  await once(one.call.signal, 'abort')
  assert.equal(one.call.state, 'dead')
  assert.equal(await one.peer.next(), undefined)
  assert.deepEqual([one.call.state, one.server.stats().failed], ['ended', 1])
})

test('a connection that breaks is a hangup, for the command under way and those that wait', async () => {
  await using one = await oneSession()
  const both = [one.call.exec('Dial', ['PJSIP/100']), one.call.getVariable('A')]
  const outcomes = Promise.allSettled(both)
  await one.peer.next()
  one.peer.socket.resetAndDestroy()
  for (const [at, outcome] of (await outcomes).entries()) {
    assert.ok(outcome.status === 'rejected')
    const { code, command, by } = outcome.reason as Record<string, unknown>
    assert.deepEqual([code, command, by], ['AGI_HANGUP', ['EXEC', 'GET VARIABLE'][at], 'unknown'])
  }
  assert.equal((one.call.signal.reason as { code: string }).code, 'AGI_HANGUP')
})

test('commands that nobody waits for end with their call, and the program goes on', async () => {
  // an unhandled rejection would fail this test
  await using one = await oneSession()
  void one.call.streamFile('beep')
  void one.call.verbose('waits behind it')
  await one.peer.next()
  one.peer.send('200 result=-1 endpos=0\nHANGUP\n')
  while (one.call.state === 'live') await new Promise(setImmediate)
  await using other = await oneSession()
  void other.call.exec('Dial', ['x'])
  void other.call.verbose('waits behind it')
  await other.peer.next()
  other.over.resolve()
  assert.equal(await other.peer.next(), undefined)
  void other.call.noop()
  await new Promise(setImmediate)
})

test('one connection of a listener of your own', async () => {
  const own = createServer()
  own.listen(0, '127.0.0.1')
  await once(own, 'listening')
  const { port } = own.address() as { port: number }
  for (const handler of [async () => {}, () => Promise.reject(new Error('mine'))]) {
    const connected = once(own, 'connection')
    using peer = await AsteriskPeer.dial(port)
    const [socket] = (await connected) as [import('node:net').Socket]
    const end = await serveAgi(socket, handler)
    assert.equal(end.by, handler.length === 0 && end.error ? 'failed' : 'done')
    await peer.next()
  }
  const connected = once(own, 'connection')
  using peer = await AsteriskPeer.dial(port, 'SSH-2.0-x\r\n')
  const [socket] = (await connected) as [import('node:net').Socket]
  await assert.rejects(
    serveAgi(socket, () => assert.fail('a session')),
    { code: 'AMI_PROTOCOL' },
  )
  assert.equal(await peer.next(), undefined)
  own.close()
})

test('a script on a pair of pipes is a session too: its arguments are its own', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const said: unknown[] = []
  const ended = serveAgi(Duplex.from({ readable: input, writable: output }), async (call) => {
    said.push(call.request.path, call.request.args, call.request.suspect, await call.channelStatus())
  })
  const environment = ENVIRONMENT.replace('agi_network: yes\n', '').replace(
    /agi_request: .*/,
    'agi_request: /x/script.mjs',
  )
  input.write(environment.replace(/\n$/, 'agi_arg_1: first\n\n'))
  assert.equal(String((await once(output, 'data'))[0]), 'CHANNEL STATUS\n')
  input.write('200 result=6\n')
  await once(output, 'finish')
  input.end()
  assert.equal((await ended).by, 'done')
  assert.deepEqual(said, ['', ['first'], [], 'up'])
})

test('the environment and the first answers may come in any pieces', async () => {
  const text = `${ENVIRONMENT}`
  const seen = deferred<string>()
  await using server = await listen(async (call) => {
    seen.resolve(call.request.channel)
    await call.noop()
  })
  using peer = await AsteriskPeer.dial(server.port, '')
  for (const char of text) peer.send(char)
  assert.match(await seen.promise, /^Local/)
  assert.equal(await peer.answer('200 result=0\n'), 'NOOP')
  assert.equal(await peer.next(), undefined)
})
