import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import type { Listener } from '../../../src/client/events/subscriptions.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import { deferred } from '../../../src/util/deferred.ts'
import { readyRig } from '../../support/rig.ts'

// names that the catalog does not know: open headers
const A: string = 'A'
const B: string = 'B'
const STATUS: string = 'Status'

const events = (...names: string[]) => names.map((name, i) => `Event: ${name}\r\nN: ${i + 1}\r\n\r\n`).join('')

describe('on', () => {
  test('gives each event to all its listeners in the order in which they were added, before the next', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const heard: string[] = []
    client.on(A, (event) => heard.push(`first ${event.N}`))
    client.on('*', (event) => heard.push(`all ${event.N}`))
    client.on([B, A], (event) => heard.push(`both ${event.N}`))
    peer.send(events('A', 'B', 'C'))
    await settle()
    assert.deepEqual(heard, ['first 1', 'all 1', 'both 1', 'all 2', 'both 2', 'all 3'])
    // the fourth event is the login's FullyBooted
    assert.deepEqual([client.stats().events, client.stats().delivered, client.stats().backlog], [4, 3, 0])
  })

  test('takes a predicate', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const heard: unknown[] = []
    client.on(
      (event) => event.N === '2',
      (event) => heard.push(event.Event),
    )
    peer.send(events('A', 'B', 'C'))
    await settle()
    assert.deepEqual(heard, ['B'])
  })

  test('once hears one event that it wants, also within one chunk', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const heard: unknown[] = []
    const listener = client.on(
      (event) => event.Event === 'B',
      (event) => heard.push(event.N),
      { once: true },
    )
    peer.send(events('A', 'B', 'B'))
    await settle()
    assert.deepEqual(heard, ['2'])
    assert.equal(client.removeListener(listener.id), false)
  })

  test('gives the handler its listener, which may remove itself, the next and add another', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const heard: string[] = []
    client.on(A, (event, listener) => {
      heard.push(`a${event.N}`)
      listener.remove()
      second.remove()
      client.on(A, ({ N }) => heard.push(`late${N}`))
    })
    const second: Listener = client.on(A, (event) => heard.push(`b${event.N}`))
    client.on(A, (event) => heard.push(`c${event.N}`))
    peer.send(events('A', 'A'))
    await settle()
    assert.deepEqual(heard, ['a1', 'c1', 'c2', 'late2'])
  })

  test('ends by remove, by removeListener, by its signal and by using', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const heard: string[] = []
    const abort = new AbortController()
    const a = client.on(A, () => heard.push('a'))
    const b = client.on(A, () => heard.push('b'))
    client.on(A, () => heard.push('c'), { signal: abort.signal })
    {
      using _d = client.on(A, () => heard.push('d'))
      peer.send(events('A'))
      await settle()
    }
    assert.deepEqual(heard.splice(0), ['a', 'b', 'c', 'd'])
    a.remove()
    a.remove()
    assert.equal(client.removeListener(b.id), true)
    assert.equal(client.removeListener(b.id), false)
    assert.equal(client.removeListener('listener-of-nobody'), false)
    abort.abort()
    peer.send(events('A'))
    await settle()
    assert.deepEqual(heard, [])
  })

  test('with an aborted signal hears nothing', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const heard: unknown[] = []
    client.on(A, (event) => heard.push(event), { signal: AbortSignal.abort() })
    peer.send(events('A'))
    await settle()
    assert.deepEqual(heard, [])
  })

  test('leaves nothing on a signal once the listener is gone', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const { signal } = new AbortController()
    for (let i = 0; i < 20; i++) client.on(A, () => {}, { signal }).remove()
    client.on(A, () => {}, { signal, once: true })
    peer.send(events('A'))
    await settle()
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })

  test('lives through reconnects', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const epochs: number[] = []
    client.on(A, (event) => epochs.push(event.epoch))
    peer.send(events('A'))
    peer.end()
    await settle()
    rig.clock.tick(100)
    const next = await rig.nextPeer()
    await next.accept()
    next.send(events('A'))
    await settle()
    assert.deepEqual(epochs, [1, 2])
  })

  test('hears what belongs to a pending action with all: true alone', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const heard: string[] = []
    client.on(STATUS, () => heard.push('plain'))
    client.on(STATUS, () => heard.push('all'), { all: true })
    const call = client.sendRaw('Status')
    const action = await peer.next()
    peer.reply(action, 'Success', 'EventList: start')
    peer.say('Event: Status', `ActionID: ${action.id}`)
    peer.say('Event: StatusComplete', 'EventList: Complete', `ActionID: ${action.id}`)
    await call
    await settle()
    assert.deepEqual(heard, ['all'])
  })

  test('refuses what is no filter and no handler, naming it', async () => {
    await using rig = await readyRig()
    const { client } = rig
    for (const filter of ['', [], [''], [1], 5, null, undefined, {}]) {
      assert.throws(() => client.on(filter as '*', () => {}), { code: 'AMI_ARGUMENT', argument: 'filter' })
    }
    for (const handler of [undefined, null, 'x', {}]) {
      assert.throws(() => client.on(A, handler as never), { code: 'AMI_ARGUMENT', argument: 'handler' })
    }
  })

  test('has no trouble with more event names than it keeps routes for', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    let count = 0
    client.on('*', () => count++)
    peer.send(events(...Array.from({ length: 3_000 }, (_, i) => `Name${i}`), '__proto__', 'constructor'))
    await settle()
    assert.equal(count, 3_002)
  })
})

describe('a handler that fails', () => {
  test('never stops the others, and is told to onListenerError with its listener', async () => {
    const told: unknown[] = []
    await using rig = await readyRig({
      onListenerError: (error, listener) => told.push([(error as Error).message, listener.id]),
    })
    const { client, peer } = rig
    const heard: string[] = []
    const throws = client.on(A, () => {
      throw new Error('sync')
    })
    const rejects = client.on(A, async () => {
      throw new Error('async')
    })
    const predicate = client.on(
      () => {
        throw new Error('predicate')
      },
      () => {},
    )
    client.on(A, (event) => heard.push(String(event.N)))
    peer.send(events('A', 'A'))
    await settle()
    assert.deepEqual(heard, ['1', '2'])
    assert.deepEqual(
      new Set(told.map((one) => JSON.stringify(one))),
      new Set([
        JSON.stringify(['sync', throws.id]),
        JSON.stringify(['async', rejects.id]),
        JSON.stringify(['predicate', predicate.id]),
      ]),
    )
    assert.equal(told.length, 6)
    assert.equal(client.state, 'ready')
  })
})

describe('replies and events', () => {
  test('a reply never waits behind listeners that take their time', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const order: string[] = []
    client.on(A, (event) => {
      order.push(`event ${event.N}`)
    })
    const reply = client.sendRaw('Ping').then(() => order.push('reply'))
    const heard = await peer.next()
    peer.send(`${events('A', 'A', 'A')}Response: Success\r\nActionID: ${heard.id}\r\n\r\n${events('A')}`)
    assert.deepEqual(order, [])
    await reply
    await settle()
    assert.equal(order.length, 5)
  })

  test('what waits for listeners that hold up the loop is bounded, counted and told once', async () => {
    await using rig = await readyRig({ maxBacklog: 10 })
    const { client, peer } = rig
    let count = 0
    client.on(A, () => count++)
    peer.send(events(...Array.from({ length: 25 }, () => 'A')))
    assert.equal(client.stats().backlog, 10)
    await settle()
    assert.equal(count, 10)
    assert.equal(client.stats().dropped, 15)
    assert.deepEqual(
      rig.statuses.filter(({ type }) => type === 'slow'),
      [{ type: 'slow', dropped: 15 }],
    )
    peer.send(events(...Array.from({ length: 12 }, () => 'A')))
    await settle()
    assert.deepEqual(rig.last('slow'), { type: 'slow', dropped: 2 })
  })

  test('a listener that blocks the loop is named, with how long it took', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    client.on(A, () => {})
    const slow = client.on(A, () => {
      const start = performance.now()
      while (performance.now() - start < 130);
    })
    peer.send(events('A'))
    await settle()
    const told = rig.last('slow')
    assert.equal(told?.listener, slow.id)
    assert.ok((told?.blocked ?? 0) >= 130)
  })

  test('a predicate that blocks the loop is named where it alone was asked', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const hold = () => {
      const start = performance.now()
      while (performance.now() - start < 110);
      return false
    }
    const alone = client.on(hold, () => {})
    peer.send(events('A'))
    await settle()
    assert.equal(rig.last('slow')?.listener, alone.id)
    client.on(A, () => {})
    client.on(
      () => false,
      () => {},
    )
    peer.send(events('B'))
    await settle()
    const told = rig.last('slow')
    assert.ok((told?.blocked ?? 0) >= 110)
    assert.equal(told?.listener, undefined)
    peer.send(events('A'))
    await settle()
    assert.deepEqual(
      rig.statuses.filter(({ type }) => type === 'slow').map((status) => 'listener' in status),
      [true, false, false],
    )
  })

  test('what nobody listens to costs no backlog', async () => {
    await using rig = await readyRig({ maxBacklog: 1 })
    const { client, peer } = rig
    client.on(B, () => {})
    peer.send(events(...Array.from({ length: 25 }, () => 'A')))
    assert.equal(client.stats().backlog, 0)
    await settle()
    // one more is the login's FullyBooted
    assert.deepEqual([client.stats().events, client.stats().dropped], [26, 0])
  })
})

describe('from inside a listener', () => {
  for (const act of ['close', 'destroy'] as const) {
    test(`${act} ends once, and all of one event still comes before the next`, async () => {
      await using rig = await readyRig()
      const { client, peer } = rig
      const heard: string[] = []
      client.on(A, (event) => {
        heard.push(`first ${event.N}`)
        void client[act]()
      })
      client.on(A, (event) => heard.push(`second ${event.N}`))
      peer.send(events('A', 'A'))
      await settle()
      if (act === 'close') peer.reply(await peer.next(), 'Goodbye')
      assert.equal((await client.closed).by, act)
      await settle()
      assert.deepEqual(heard.slice(0, 2), ['first 1', 'second 1'])
      assert.deepEqual(heard.slice(2), ['first 2', 'second 2'].slice(0, heard.length - 2))
      assert.equal(rig.clock.pending, 0)
    })
  }

  test('a call may be made, and its answer awaited', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const done = deferred<string>()
    client.on(A, async () => done.resolve((await client.sendRaw('Ping')).message))
    peer.send(events('A'))
    peer.reply(await peer.next(), 'Success', 'Message: pong')
    assert.equal(await done.promise, 'pong')
  })
})

test('events that have come are delivered before a link is lost, and before the end', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  const heard: unknown[] = []
  client.on(A, (event) => heard.push(event.N))
  peer.send(events('A', 'A', 'A'))
  client.destroy()
  await settle()
  assert.deepEqual(heard, ['1', '2', '3'])
})
