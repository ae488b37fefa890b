import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFleet, type Fleet, type FleetStatus } from '../../src/client/fleet.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import { AmiError, ArgumentError } from '../../src/errors.ts'
import { ManualClock } from '../../src/testing/time/manual-clock.ts'
import { settle } from '../../src/testing/time/settle.ts'
import { Peer } from '../support/peer.ts'
import { watch } from '../support/rig.ts'

/** The servers of a fleet, by name; each takes a login by itself unless it is told not to. */
class Servers {
  readonly clock = new ManualClock()
  readonly peers = new Map<string, Peer>()
  readonly refusing = new Set<string>()

  options(name: string, more: Partial<ClientOptions> = {}): ClientOptions {
    const socket = () => {
      const peer = new Peer()
      this.peers.set(name, peer)
      if (this.refusing.has(name)) peer.fail('ECONNREFUSED')
      else void peer.accept()
      return peer.socket
    }
    return { name, username: 'frank', secret: 'lean', clock: this.clock, random: () => 0, socket, ...more }
  }

  get(name: string): Peer {
    return this.peers.get(name) as Peer
  }

  /** An event from one of them. */
  say(name: string, event: string, ...lines: string[]): void {
    this.get(name).say(`Event: ${event}`, ...lines)
  }
}

async function three(more: Partial<ClientOptions> = {}): Promise<{ servers: Servers; fleet: Fleet }> {
  const servers = new Servers()
  const fleet = createFleet(['a', 'b', 'c'].map((name) => servers.options(name, more)))
  assert.deepEqual(await fleet.connect(), new Map())
  return { servers, fleet }
}

function statusesOf(fleet: Fleet): FleetStatus[] {
  const seen: FleetStatus[] = []
  const collect = async () => {
    for await (const status of fleet.status()) seen.push(status)
  }
  void collect()
  return seen
}

const codeOf = (error: unknown) => (AmiError.is(error) ? error.code : undefined)

test('connect() is over when all are that were there, also where one of them adds another meanwhile', async () => {
  const servers = new Servers()
  const fleet = createFleet([])
  const { socket: own, ...first } = servers.options('first')
  const socket: ClientOptions['socket'] = () => {
    servers.refusing.add('late')
    if (!fleet.has('late')) fleet.add(servers.options('late', { reconnect: false }))
    return (own as NonNullable<ClientOptions['socket']>)()
  }
  fleet.add({ ...first, socket })
  fleet.add(servers.options('last'))
  assert.deepEqual(await fleet.connect(), new Map())
  assert.deepEqual([fleet.get('first').state, fleet.get('last').state], ['ready', 'ready'])
  fleet.destroy()
  await fleet.closed
})

test('every member answers for itself', async () => {
  const { servers, fleet } = await three()
  assert.deepEqual(fleet.names, ['a', 'b', 'c'])
  assert.equal(fleet.size, 3)
  assert.deepEqual(
    [...fleet].map(({ state }) => state),
    ['ready', 'ready', 'ready'],
  )
  const pong = fleet.get('b').sendRaw('Ping')
  const peer = servers.get('b')
  peer.reply(await peer.next())
  assert.equal((await pong).source, 'b')
  assert.equal(servers.get('a').actions.length, 2, 'its login')
  assert.throws(() => fleet.get('d'), { code: 'AMI_ARGUMENT', argument: 'name' })
  assert.equal(fleet.has('d'), false)
  fleet.destroy()
  await fleet.closed
})

test('one stream of all, and its source; members that come later are heard, those that go are not', async () => {
  const { servers, fleet } = await three()
  const heard: string[] = []
  const listener = fleet.on(['Hangup', 'Newchannel'], ({ source, Event }) => heard.push(`${source} ${Event}`))
  servers.say('a', 'Hangup')
  servers.say('c', 'Newchannel')
  servers.say('c', 'Newexten')
  await settle()
  const late = fleet.add(servers.options('d'))
  assert.equal(late.state, 'connecting', 'the fleet had been told to connect')
  await late.connect()
  servers.say('d', 'Hangup')
  await settle()
  const b = servers.get('b')
  const removed = fleet.remove('b')
  b.reply(await b.next(), 'Goodbye')
  b.end()
  assert.equal(await removed, true)
  assert.equal(await fleet.remove('b'), false)
  assert.deepEqual(fleet.names, ['a', 'c', 'd'])
  assert.deepEqual(heard, ['a Hangup', 'c Newchannel', 'd Hangup'])
  assert.equal(fleet.removeListener(listener.id), true)
  assert.equal(fleet.removeListener(listener.id), false)
  servers.say('a', 'Hangup')
  await settle()
  assert.equal(heard.length, 3)
  fleet.destroy()
  await fleet.closed
})

test('a name that was taken away can be added anew', async () => {
  const { servers, fleet } = await three()
  let heard = 0
  fleet.on('Hangup', () => heard++)
  const first = fleet.get('a')
  first.destroy()
  await fleet.remove('a')
  const second = fleet.add(servers.options('a'))
  assert.notEqual(first, second)
  await second.connect()
  servers.say('a', 'Hangup')
  await settle()
  assert.equal(heard, 1)
  fleet.destroy()
  await fleet.closed
})

test('once is once over all members', async () => {
  const { servers, fleet } = await three()
  const heard: string[] = []
  fleet.on('*', ({ source }) => heard.push(source), { once: true })
  fleet.on(
    (event) => event.source === 'c',
    ({ source }) => heard.push(`predicate ${source}`),
    { once: true },
  )
  for (const name of ['b', 'a', 'c', 'c']) servers.say(name, 'Hangup')
  await settle()
  assert.deepEqual(heard, ['b', 'predicate c'])
  fleet.destroy()
  await fleet.closed
})

test('a listener ends with its signal, and is disposable', async () => {
  const { servers, fleet } = await three()
  let heard = 0
  const controller = new AbortController()
  fleet.on('*', () => heard++, { signal: controller.signal })
  fleet.on('*', () => heard++, { signal: AbortSignal.abort() })
  {
    using _ = fleet.on('*', () => heard++)
    servers.say('a', 'Hangup')
    await settle()
  }
  controller.abort()
  servers.say('a', 'Hangup')
  await settle()
  assert.equal(heard, 2)
  fleet.destroy()
  await fleet.closed
})

test('one that fails hurts no other, and goes on trying', async () => {
  const servers = new Servers()
  servers.refusing.add('b')
  await using fleet = createFleet(['a', 'b', 'c'].map((name) => servers.options(name)))
  const statuses = statusesOf(fleet)
  const failed = await fleet.connect()
  assert.deepEqual([...failed.keys()], ['b'])
  assert.equal(codeOf(failed.get('b')), 'AMI_CONNECT')
  assert.match((failed.get('b') as Error).stack ?? '', /\n {4}at .*fleet\.test\.ts/, 'it shows who called')
  assert.deepEqual(
    [...fleet].map(({ state }) => state),
    ['ready', 'waiting', 'ready'],
  )
  servers.refusing.clear()
  servers.clock.tick(1_000)
  await settle()
  assert.equal(fleet.get('b').state, 'ready')
  servers.get('a').fail()
  await settle()
  assert.equal(fleet.get('c').state, 'ready')
  const told = (source: string) => statuses.filter((one) => one.source === source).map(({ type }) => type)
  assert.deepEqual(told('a'), ['connecting', 'ready', 'booted', 'lost', 'waiting'])
  assert.deepEqual(told('b'), ['connecting', 'lost', 'waiting', 'connecting', 'ready', 'booted'])
  assert.deepEqual(told('c'), ['connecting', 'ready', 'booted'])
  fleet.destroy()
})

test('what a handler throws goes to its own member; the others go on', async () => {
  const servers = new Servers()
  const errors: string[] = []
  const options = ['a', 'b'].map((name) =>
    servers.options(name, { onListenerError: (error) => errors.push(`${name}: ${(error as Error).message}`) }),
  )
  const fleet = createFleet(options)
  await fleet.connect()
  const heard: string[] = []
  fleet.on('*', ({ source }) => {
    if (source === 'a') throw new Error('handler')
    heard.push(source)
  })
  fleet.on(
    ({ source }) => {
      if (source === 'a') throw new Error('predicate')
      return true
    },
    async ({ source }) => {
      heard.push(source)
      throw new Error('async')
    },
  )
  servers.say('a', 'Hangup')
  servers.say('b', 'Hangup')
  await settle()
  assert.deepEqual(heard, ['b', 'b'])
  assert.deepEqual(errors, ['a: handler', 'a: predicate', 'b: async'])
  assert.equal(fleet.get('a').state, 'ready')
  fleet.destroy()
  await fleet.closed
})

test('a wrong option, a name that is taken, a wrong filter: named, and nobody else is touched', async () => {
  const { servers, fleet } = await three()
  assert.throws(() => fleet.add(servers.options('d', { port: 0 })), {
    code: 'AMI_ARGUMENT',
    argument: 'port',
    source: 'd',
    message: /^d: port must /,
  })
  assert.throws(() => fleet.add(servers.options('a')), { code: 'AMI_ARGUMENT', argument: 'name', source: 'a' })
  assert.throws(() => fleet.on([] as never, () => {}), ArgumentError)
  assert.throws(() => fleet.on('Hangup', undefined as never), ArgumentError)
  assert.throws(() => fleet.events('*', { capacity: 0 }), ArgumentError)
  assert.deepEqual(fleet.names, ['a', 'b', 'c'])
  assert.throws(() => createFleet([servers.options('a'), servers.options('a')]), { argument: 'name' })
  assert.throws(() => createFleet([]).on('' as '*', () => {}), ArgumentError)
  assert.throws(() => createFleet([null as never]), ArgumentError)
  fleet.destroy()
  await fleet.closed
})

test('a secret, a policy and a socket of one that throw are its own trouble', async () => {
  const servers = new Servers()
  const bad = () => {
    throw new Error('of an option')
  }
  const fleet = createFleet([
    servers.options('good'),
    servers.options('secret', { secret: bad }),
    servers.options('socket', { socket: bad, reconnect: bad }),
  ])
  const failed = await fleet.connect()
  assert.deepEqual([...failed.keys()].sort(), ['secret', 'socket'])
  assert.equal(fleet.get('good').state, 'ready')
  fleet.destroy()
  await fleet.closed
})

test('events() is one bounded queue over all; what it loses is counted at its source', async () => {
  const { servers, fleet } = await three()
  const statuses = statusesOf(fleet)
  const events = fleet.events(['Hangup', 'Newchannel'], { capacity: 2, overflow: 'drop-oldest' })
  for (const name of ['a', 'b', 'b', 'c']) servers.say(name, 'Hangup', `Channel: ${name}`)
  await settle()
  const got = [(await events.next()).value?.source, (await events.next()).value?.source]
  assert.deepEqual(got, ['b', 'c'])
  assert.equal(fleet.stats().get('b')?.dropped, 1)
  assert.equal(fleet.stats().get('c')?.dropped, 1)
  assert.equal(fleet.stats().get('a')?.dropped, 0)
  const slow = statuses.filter(({ type }) => type === 'slow').map(({ source }) => source)
  assert.deepEqual(slow.sort(), ['b', 'c'])
  await events.return?.()
  const failing = fleet.events('*', { capacity: 1 })
  servers.say('a', 'Hangup')
  servers.say('c', 'Hangup')
  await settle()
  assert.equal((await failing.next()).value?.source, 'a')
  await assert.rejects(failing.next(), { code: 'AMI_OVERFLOW', source: 'c' })
  fleet.destroy()
  await fleet.closed
})

test('events() outlives a member, hears a new one, and ends with its signal or the fleet', async () => {
  const { servers, fleet } = await three()
  const controller = new AbortController()
  const ended = fleet.events('Hangup', { signal: controller.signal })
  const events = fleet.events('Hangup')
  fleet.get('a').destroy()
  await fleet.get('a').closed
  await fleet.add(servers.options('d')).connect()
  servers.say('d', 'Hangup')
  assert.equal((await events.next()).value?.source, 'd')
  controller.abort(new Error('enough'))
  assert.equal((await ended.next()).value?.source, 'd')
  await assert.rejects(ended.next(), /enough/)
  const last = watch(events.next())
  fleet.destroy()
  await fleet.closed
  await settle()
  assert.deepEqual(last.value, { value: undefined, done: true })
  assert.deepEqual(await fleet.events().next(), { value: undefined, done: true })
  assert.throws(() => fleet.add(servers.options('e')), { code: 'AMI_CLOSED' })
})

test('broadcast asks all and never rejects', async () => {
  const { servers, fleet } = await three()
  const answers = fleet.broadcast('CoreStatus')
  for (const name of ['a', 'b']) {
    const peer = servers.get(name)
    peer.reply(await peer.next(), name === 'a' ? 'Success' : 'Error', 'Message: of the server')
  }
  servers.get('c').fail()
  const map = await answers
  assert.deepEqual([...map.keys()], ['a', 'b', 'c'])
  assert.equal(map.get('a')?.response?.source, 'a')
  assert.equal(codeOf(map.get('b')?.error), 'AMI_REFUSED')
  assert.equal(codeOf(map.get('c')?.error), 'AMI_LOST')
  for (const wrong of [
    () => fleet.broadcastRaw('Ping', { 'a\r\nb': 1 }),
    () => fleet.broadcastRaw('Ping', (() => {}) as never),
    () => fleet.broadcastRaw('Ping', {}, { signal: 5 as never }),
    () => fleet.broadcastRaw('MixMonitor', {}, { retry: true }),
  ]) {
    assert.throws(() => void wrong(), ArgumentError)
  }
  fleet.destroy()
  await fleet.closed
})

test('one signal gives up all of a broadcast, without a warning for many members', async () => {
  const warnings: string[] = []
  const warned = ({ name }: Error) => warnings.push(name)
  process.on('warning', warned)
  const servers = new Servers()
  const fleet = createFleet(Array.from({ length: 20 }, (_, i) => servers.options(`m${i}`)))
  await fleet.connect()
  const controller = new AbortController()
  const answers = fleet.broadcast('CoreStatus', undefined, controller)
  await settle()
  controller.abort(new Error('enough'))
  const errors = [...(await answers).values()].map(({ error }) => String(error))
  assert.deepEqual(new Set(errors), new Set(['Error: enough']))
  fleet.destroy()
  await fleet.closed
  await settle()
  process.off('warning', warned)
  assert.deepEqual(warnings, [])
})

test('close lets every member finish; status() tells of each end, and then ends', async () => {
  const { servers, fleet } = await three()
  const statuses: FleetStatus[] = []
  const all = (async () => {
    for await (const status of fleet.status()) statuses.push(status)
  })()
  const closed = fleet.close()
  assert.equal(fleet.close() instanceof Promise, true)
  for (const name of fleet.names) {
    const peer = servers.get(name)
    const goodbye = await peer.next()
    assert.equal(goodbye.name, 'Logoff')
    peer.reply(goodbye, 'Goodbye')
    peer.end()
  }
  await closed
  await all
  const ends = statuses.filter(({ type }) => type === 'closed').map(({ source }) => source)
  assert.deepEqual(ends.sort(), ['a', 'b', 'c'])
  assert.equal(fleet.size, 0)
})

test('an empty fleet connects, broadcasts and closes', async () => {
  await using fleet = createFleet([])
  assert.deepEqual(await fleet.connect(), new Map())
  assert.deepEqual(await fleet.broadcast('Ping'), new Map())
  assert.deepEqual(fleet.stats(), new Map())
})
