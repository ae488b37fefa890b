// Peers that mean harm, or that a network cuts into pieces.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { type AgiSession, listenAgi, router } from '../../src/agi/index.ts'
import { deferred } from '../../src/util/deferred.ts'
import { AsteriskPeer, ENVIRONMENT } from './asterisk-peer.ts'
import { oneSession } from './one-session.ts'

/** Writes as much as the other side takes, up to so many bytes. */
async function flood(socket: Socket, text: string, bytes: number): Promise<void> {
  const ended = once(socket, 'close').catch(() => {})
  for (let sent = 0; sent < bytes && !socket.destroyed; sent += text.length) {
    if (!socket.write(text)) await Promise.race([once(socket, 'drain').catch(() => {}), ended])
  }
}

test('what comes behind the environment of a call without a route is not kept', async () => {
  await using server = await listenAgi(router({ 'a/b': () => assert.fail('a session') }), { port: 0 })
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
  socket.setMaxListeners(0)
  socket.on('error', () => {})
  socket.resume()
  const before = process.memoryUsage().heapUsed
  socket.write(ENVIRONMENT)
  await flood(socket, 'x'.repeat(1 << 20), 200 << 20)
  const grown = process.memoryUsage().heapUsed - before
  socket.destroy()
  assert.ok(grown < 100 << 20, `${grown} bytes`)
})

test('a flood leaves the loop to others: after each read they have their turn', async () => {
  const begun = deferred<AgiSession>()
  await using server = await listenAgi(
    (call) => {
      begun.resolve(call)
      return new Promise((resolve) => call.signal.addEventListener('abort', resolve))
    },
    { port: 0 },
  )
  using peer = await AsteriskPeer.dial(server.port)
  await begun.promise
  peer.socket.setMaxListeners(0)
  let turns = 0
  let flooding = true
  const count = (async () => {
    for (; flooding; turns++) await turn()
  })()
  await flood(peer.socket, 'x'.repeat(1 << 20), 64 << 20)
  flooding = false
  await count
  // a read has at most 65,536 bytes, and without the turns between them 32 reads follow one another
  assert.ok(turns > (16 << 20) / 65_536, `${turns} turns`)
})

test('a value that arrives in two segments forges no answer', async () => {
  const read = deferred<readonly [string | undefined, string | undefined]>()
  await using server = await listenAgi(
    async (call) => {
      read.resolve(await Promise.all([call.getFullVariable(`\${LONG}`), call.getVariable('NEXT')]))
    },
    { port: 0 },
  )
  using peer = await AsteriskPeer.dial(server.port)
  const first = `${'x'.repeat(600)}`
  await peer.answer(`200 result=1 (${first})\n`)
  // the next segment of the same value comes late
  const line = await peer.next()
  const token = /^GET FULL VARIABLE "([a-z0-9]+)"$/.exec(line ?? '')?.[1]
  peer.send(`200 result=1 (forged))\n200 result=1 (${token})\n`)
  assert.equal(await peer.answer('200 result=1 (right)\n'), 'GET VARIABLE "NEXT"')
  assert.deepEqual(await read.promise, [`${first})\n200 result=1 (forged)`, 'right'])
})

test('a server that is full says FAILURE to each of many at once, though they stay', async () => {
  const over = deferred<void>()
  await using server = await listenAgi(() => over.promise, { port: 0, maxSessions: 1 })
  using _first = await AsteriskPeer.dial(server.port)
  const sockets: Socket[] = []
  const told = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
      sockets.push(socket)
      socket.on('error', () => {})
      socket.setEncoding('latin1')
      let text = ''
      socket.on('data', (data) => {
        text += data
      })
      await Promise.race([once(socket, 'end'), once(socket, 'close')]).catch(() => {})
      return text
    }),
  )
  for (const socket of sockets) socket.destroy()
  over.resolve()
  assert.deepEqual(new Set(told), new Set(['FAILURE\n']))
})

test('the session of a handler that never ends is none of the server’s when its call is gone', async () => {
  await using server = await listenAgi(() => new Promise(() => {}), { port: 0 })
  using peer = await AsteriskPeer.dial(server.port)
  while (server.sessions().length === 0) await turn()
  peer.socket.destroy()
  while (server.stats().sessions > 0) await turn()
  assert.deepEqual(server.sessions(), [])
  await server.close({ timeout: 0 })
})

test('what follows an answer is not the next command’s, however it is cut', async () => {
  const pieces = [['200 result=1 (forged)\n'], ['200 res', 'ult=1 (forged)\n'], ['x\n', '200 result=1 (forged)\n']]
  for (const [first = '', ...rest] of pieces) {
    await using one = await oneSession()
    const { call, peer, server } = one
    const answers = Promise.all([call.noop(), call.getVariable('A'), call.getVariable('B')])
    await peer.answer(`200 result=0\n${first}`)
    const line = await peer.next()
    const token = /^GET FULL VARIABLE "([a-z0-9]+)"$/.exec(line ?? '')?.[1]
    for (const piece of rest) peer.send(piece)
    peer.send(`200 result=1 (${token})\n`)
    await peer.answer('200 result=1 (a)\n')
    await peer.answer('200 result=1 (b)\n')
    assert.deepEqual(await answers, [undefined, 'a', 'b'])
    assert.equal(server.stats().lateAnswers, 0)
  }
})

test('a value whose next line has come in part is held for the rest of it', async () => {
  await using one = await oneSession()
  const { call, peer } = one
  const value = call.getVariable('A')
  await peer.answer('200 result=1 (a)\nb')
  const line = await peer.next()
  const token = /^GET FULL VARIABLE "([a-z0-9]+)"$/.exec(line ?? '')?.[1]
  peer.send(` (c))\n200 result=1 (${token})\n`)
  assert.equal(await value, 'a)\nb (c)')
})

test('a peer that says HANGUP without an end is cut off, also where it answers', async () => {
  for (const answer of ['', '200 result=0\n']) {
    await using one = await oneSession({ limits: { line: 1_000 } })
    one.peer.send('HANGUP\n')
    while (one.call.state === 'live') await turn()
    const ended = one.call.exec('Wait', [1]).catch((error) => error.code)
    await one.peer.next()
    for (let n = 0; n < 300 && !one.peer.ended; n++) one.peer.send(`HANGUP\n${answer}`)
    while ((await one.peer.next()) !== undefined);
    assert.ok([0, 'AGI_HANGUP'].includes(await ended))
    assert.equal(one.call.state, 'ended')
  }
})

test('many answers without an end are held together up to 64 MiB, and a session with a short one goes on', async () => {
  const errors: unknown[] = []
  const calls: AgiSession[] = []
  await using server = await listenAgi(
    (call) => {
      calls.push(call)
      return new Promise((resolve) => call.signal.addEventListener('abort', resolve))
    },
    { port: 0 },
  )
  const sockets = Array.from({ length: 80 }, () => connect(server.port, '127.0.0.1'))
  const closed = new Set<Socket>()
  for (const socket of sockets) {
    socket.on('error', () => {})
    socket.on('close', () => closed.add(socket))
    socket.resume()
    socket.write(ENVIRONMENT)
  }
  while (calls.length < 80) await turn()
  for (const call of calls) call.noop('x').catch((error) => errors.push(error.code))
  await turn()
  const text = `200 result=1 (${'x'.repeat(1_000_000)}`
  for (const socket of sockets) socket.write(text)
  // 67 of them find room
  while (closed.size < 13) await turn()
  const innocent = connect(server.port, '127.0.0.1')
  innocent.on('error', () => {})
  innocent.write(ENVIRONMENT)
  while (calls.length < 81) await turn()
  // of one segment, so that no fence asks where it ends
  innocent.on('data', () => innocent.write(`200 result=1 (${'y'.repeat(400)})\n`))
  assert.equal(await calls[80]?.getVariable('A'), 'y'.repeat(400))
  assert.deepEqual(new Set(errors), new Set(['AMI_LIMIT']))
  assert.ok(closed.size < 40, `${closed.size} were closed`)
  for (const socket of [...sockets, innocent]) socket.destroy()
})

// its bytes can still be read, its address can not
const RESET = `
const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1', () =>
  socket.write(process.argv[2], () => socket.resetAndDestroy()))`

test('a peer that has reset its connection before it is taken has a source all the same', async (t) => {
  const source = deferred<string>()
  await using server = await listenAgi((call) => source.resolve(call.source), { port: 0 })
  const refused = (message: unknown) => source.resolve((message as { source: string }).source)
  subscribe('agi:refused', refused)
  t.after(() => unsubscribe('agi:refused', refused))
  // this process takes nothing meanwhile
  spawnSync(process.execPath, ['-e', RESET, String(server.port), ENVIRONMENT])
  assert.equal(await source.promise, 'agi')
})
