import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connect, createClient } from '../../src/client/connect.ts'
import { AuthError, ClosedError, ConnectError } from '../../src/errors.ts'
import { settle } from '../../src/testing/time/settle.ts'
import { Peer } from '../support/peer.ts'
import { Rig, readyRig, watch } from '../support/rig.ts'

describe('connect', () => {
  test('gives every caller of one attempt the same promise', async () => {
    await using rig = new Rig()
    const first = rig.client.connect()
    assert.equal(rig.client.connect(), first)
    await (await rig.nextPeer()).accept()
    await first
    await rig.client.connect()
    assert.equal(rig.peers.length, 1)
  })

  test('rejects with what failed, and the next call awaits the next attempt', async () => {
    await using rig = new Rig()
    const first = watch(rig.client.connect())
    ;(await rig.nextPeer()).fail('ECONNREFUSED')
    await settle()
    assert.ok(first.error instanceof ConnectError)
    const second = rig.client.connect()
    assert.equal(rig.client.state, 'waiting')
    rig.clock.tick(100)
    await (await rig.nextPeer()).accept()
    await second
    assert.equal(rig.client.state, 'ready')
  })

  test('rejects with AMI_AUTH, and the client is at its end', async () => {
    await using rig = new Rig()
    const connected = watch(rig.client.connect())
    const peer = await rig.nextPeer()
    peer.send('Asterisk Call Manager/11.0.0\r\n')
    peer.reply(await peer.next(), 'Success', 'Challenge: 1')
    peer.reply(await peer.next(), 'Error', 'Message: Authentication failed')
    await settle()
    assert.ok(connected.error instanceof AuthError)
    const reason = await rig.client.closed
    assert.deepEqual([reason.by, reason.error], ['failed', connected.error])
    await assert.rejects(rig.client.connect(), (error) => error instanceof ClosedError && error.cause === undefined)
  })

  test('that nobody awaits makes no unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', note)
    await using rig = new Rig()
    void rig.client.connect()
    ;(await rig.nextPeer()).fail('ECONNREFUSED')
    await settle()
    rig.client.destroy()
    await settle()
    process.off('unhandledRejection', note)
    assert.deepEqual(unhandled, [])
  })

  test('of the package gives a client that is ready, or leaves nothing open', async () => {
    await using outer = new Rig()
    const options = { username: 'frank', secret: 'lean', clock: outer.clock }
    const fails = () => {
      throw new Error('no socket today')
    }
    await assert.rejects(connect({ ...options, socket: fails }), { code: 'AMI_CONNECT' })
    assert.equal(outer.clock.pending, 0)
    const peer = new Peer()
    const ready = connect({ ...options, socket: () => peer.socket })
    await peer.accept()
    assert.equal((await ready).state, 'ready')
    ;(await ready).destroy()
  })

  test('of the package is given up by its signal, with the reason, and leaves nothing open', async () => {
    await using outer = new Rig()
    const peer = new Peer()
    const abort = new AbortController()
    const options = { username: 'frank', secret: 'lean', clock: outer.clock, socket: () => peer.socket }
    const connected = connect(options, { signal: abort.signal })
    await settle()
    abort.abort('why')
    await assert.rejects(connected, (error) => error === 'why')
    assert.equal(peer.down, true)
    assert.equal(outer.clock.pending, 0)
    await assert.rejects(connect(options, { signal: abort.signal }), (error) => error === 'why')
  })
})

describe('close', () => {
  test('lets calls in flight finish, says Logoff, reads the goodbye and ends', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = client.sendRaw('Slow')
    const heard = await peer.next()
    const closed = watch(client.close())
    await settle()
    assert.equal(client.state, 'closing')
    await assert.rejects(client.sendRaw('Ping'), { code: 'AMI_CLOSED' })
    assert.equal(peer.actions.at(-1)?.name, 'Slow')
    peer.reply(heard)
    assert.equal((await call).success, true)
    const logoff = await peer.next()
    assert.equal(logoff.name, 'Logoff')
    assert.equal(closed.done, false)
    peer.reply(logoff, 'Goodbye', 'Message: Thanks for all the fish.')
    await settle()
    assert.equal(closed.done, true)
    assert.deepEqual(await client.closed, { by: 'close' })
    assert.equal(peer.down, true)
    assert.equal(rig.clock.pending, 0)
    assert.deepEqual(rig.told.slice(-1), ['closed'])
  })

  test('waits no longer than its timeout for calls, and a second for the goodbye', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('Never', {}, { timeout: 60_000 }))
    await peer.next()
    const closed = watch(client.close({ timeout: 300 }))
    rig.clock.tick(299)
    await settle()
    assert.equal(peer.actions.at(-1)?.name, 'Never')
    rig.clock.tick(1)
    assert.equal((await peer.next()).name, 'Logoff')
    rig.clock.tick(1_000)
    await settle()
    assert.equal(closed.done, true)
    assert.equal((call.error as { code: string }).code, 'AMI_LOST')
    assert.equal(rig.clock.pending, 0)
  })

  test('refuses at once the calls that wait', async () => {
    await using rig = await readyRig({ maxInFlight: 1 })
    const { client, peer } = rig
    const first = client.sendRaw('First')
    const second = watch(client.sendRaw('Second'))
    const heard = await peer.next()
    const closed = client.close()
    await settle()
    assert.equal((second.error as { code: string }).code, 'AMI_CLOSED')
    peer.reply(heard)
    await first
    peer.reply(await peer.next(), 'Goodbye')
    await closed
    assert.doesNotMatch(peer.raw, /Second/)
    assert.equal(rig.clock.pending, 0)
  })

  test('ends also where the server goes without a goodbye', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('Never'))
    const closed = client.close()
    await settle()
    peer.end()
    await closed
    assert.deepEqual(await client.closed, { by: 'close' })
    assert.equal((call.error as { code: string }).code, 'AMI_LOST')
    assert.equal(rig.clock.pending, 0)
    assert.equal(rig.peers.length, 1)
  })

  test('is one end for all who ask, and destroy may cut it short', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    void client.sendRaw('Never').catch(() => {})
    await peer.next()
    const both = [client.close(), client.close(), client[Symbol.asyncDispose]()]
    client.destroy()
    client.destroy()
    await Promise.all([...both, client.close()])
    assert.equal((await client.closed).by, 'destroy')
    assert.equal(rig.told.filter((type) => type === 'closed').length, 1)
    assert.equal(rig.clock.pending, 0)
  })

  test('before a connection, and while one is made, ends at once', async () => {
    const idle = createClient({ username: 'a', secret: 'b' })
    await idle.close()
    assert.equal(idle.state, 'closed')
    await using rig = new Rig()
    const connected = watch(rig.client.connect())
    const peer = await rig.nextPeer()
    await rig.client.close()
    await settle()
    assert.ok(connected.error instanceof ClosedError)
    assert.equal(peer.down, true)
    assert.equal(rig.clock.pending, 0)
  })

  test('while the next attempt is awaited ends at once', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    peer.end()
    await settle()
    const waiting = watch(client.sendRaw('Ping'))
    await client.close()
    await settle()
    assert.equal((waiting.error as { code: string }).code, 'AMI_CLOSED')
    assert.equal(rig.clock.pending, 0)
  })

  test('with a wrong timeout rejects, naming it', async () => {
    await using rig = await readyRig()
    const { client } = rig
    await assert.rejects(client.close({ timeout: -1 }), { code: 'AMI_ARGUMENT', argument: 'timeout' })
    assert.equal(client.state, 'ready')
  })
})

describe('destroy', () => {
  test('rejects every call, says nothing more and ends', async () => {
    await using rig = await readyRig({ maxInFlight: 1 })
    const { client, peer } = rig
    const sent = watch(client.sendRaw('First'))
    const queued = watch(client.sendRaw('Second'))
    await peer.next()
    const error = new Error('enough')
    client.destroy(error)
    await settle()
    assert.equal((sent.error as { code: string; delivered: string }).code, 'AMI_LOST')
    assert.equal((sent.error as { delivered: string }).delivered, 'unknown')
    assert.equal((queued.error as { code: string; cause: unknown }).code, 'AMI_CLOSED')
    assert.equal((queued.error as { cause: unknown }).cause, error)
    assert.deepEqual(await client.closed, { by: 'destroy', error })
    assert.equal(peer.actions.at(-1)?.name, 'First')
    assert.equal(rig.clock.pending, 0)
  })

  test('makes every later use fail with AMI_CLOSED', async () => {
    await using rig = await readyRig()
    const { client } = rig
    client.destroy()
    for (const use of [
      () => client.connect(),
      () => client.sendRaw('Ping'),
      () => client.sendRaw('Ping', {}, { queue: false }),
      () => client.command('x'),
      () => client.listRaw('Status').toArray(),
    ]) {
      await assert.rejects(use(), { code: 'AMI_CLOSED', source: 'pbx', retryable: false })
    }
    assert.equal(client.on('*', () => {}).remove(), undefined)
    assert.deepEqual(await client.status().next(), { value: undefined, done: true })
  })
})

test('await using closes', async () => {
  await using rig = new Rig()
  const connected = rig.client.connect()
  const peer = await rig.nextPeer()
  await peer.accept()
  await connected
  const bye = peer.next().then((logoff) => peer.reply(logoff, 'Goodbye'))
  {
    await using client = rig.client
    assert.equal(client.state, 'ready')
  }
  await bye
  assert.equal(rig.client.state, 'closed')
})

describe('status()', () => {
  test('tells of FullyBooted behind the ready that knows it', async () => {
    await using rig = await readyRig()
    assert.deepEqual(rig.told, ['connecting', 'ready', 'booted'])
    assert.deepEqual(rig.last('ready'), { type: 'ready', epoch: 1, gap: null, version: '11.0.0', booted: true })
    assert.deepEqual(rig.last('booted'), { type: 'booted', epoch: 1 })
    assert.equal(rig.client.version, '11.0.0')
  })

  test('tells FullyBooted under its epoch also in the chunk of the login', async () => {
    await using rig = new Rig()
    void rig.client.connect()
    const peer = await rig.nextPeer()
    peer.send('Asterisk Call Manager/11.0.0\r\n')
    peer.reply(await peer.next(), 'Success', 'Challenge: 1')
    const login = await peer.next()
    peer.send(`Response: Success\r\nActionID: ${login.id}\r\n\r\nEvent: FullyBooted\r\n\r\n`)
    await settle()
    assert.deepEqual(rig.told, ['connecting', 'ready', 'booted'])
    assert.deepEqual(rig.last('booted'), { type: 'booted', epoch: 1 })
  })

  test('reports what was passed over, and loses nothing else by a server that makes any number of faults', async () => {
    await using rig = await readyRig({ limits: { message: 100 } })
    const { client, peer } = rig
    const lagging = client.status()
    peer.send('rubbish\r\n\r\n')
    peer.say('Event: Long', `A: ${'x'.repeat(200)}`)
    await settle()
    assert.deepEqual(
      rig.statuses.filter((status) => status.type === 'fault').map(({ error }) => error.code),
      ['AMI_PROTOCOL', 'AMI_LIMIT'],
    )
    for (let i = 0; i < 2_000; i++) peer.send('rubbish\r\n\r\n')
    peer.end()
    await settle()
    client.destroy()
    const types: string[] = []
    for await (const { type } of lagging) types.push(type)
    assert.deepEqual(
      types.filter((type) => type !== 'fault'),
      ['lost', 'waiting', 'closed'],
    )
    assert.equal(client.stats().faults, 2_002)
  })

  test('tells a shutdown that the server announced', async () => {
    await using rig = await readyRig()
    const { peer } = rig
    peer.say('Event: Shutdown', 'Shutdown: Cleanly', 'Restart: True')
    peer.end()
    await settle()
    assert.match(rig.last('lost')?.error.message ?? '', /Shutdown Cleanly, to restart/)
  })

  test('ends by its signal, by leaving the loop and after closed', async () => {
    await using rig = await readyRig()
    const { client } = rig
    const abort = new AbortController()
    const aborted = watch(client.status({ signal: abort.signal }).next())
    abort.abort('why')
    await settle()
    assert.equal(aborted.error, 'why')
    const left = client.status()
    await left.return?.()
    const types: string[] = []
    const rest = (async () => {
      for await (const { type } of client.status()) types.push(type)
    })()
    client.destroy()
    await rest
    assert.deepEqual(types, ['closed'])
    assert.deepEqual(await left.next(), { value: undefined, done: true })
  })
})

test('stats() counts what happened', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  client.on('*', () => {})
  const call = client.sendRaw('Ping')
  const ping = await peer.next()
  rig.clock.tick(12)
  peer.reply(ping)
  await call
  peer.say('Event: X')
  await settle()
  peer.end()
  await settle()
  rig.clock.tick(100)
  await (await rig.nextPeer()).accept()
  await settle()
  const { bytesRead, bytesWritten, ...counts } = client.stats()
  assert.ok(bytesRead > 0)
  assert.equal(
    bytesWritten,
    rig.peers.map(({ raw }) => raw.length).reduce((sum, one) => sum + one),
  )
  assert.deepEqual(counts, {
    inFlight: 0,
    queued: 0,
    backlog: 0,
    held: 0,
    // X, and a FullyBooted for each login; the listener came after the first
    events: 3,
    delivered: 2,
    dropped: 0,
    lateReplies: 0,
    unclaimedReplies: 0,
    faults: 0,
    reconnects: 1,
    roundTrip: 12,
  })
})
