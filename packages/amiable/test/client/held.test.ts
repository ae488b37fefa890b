import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import type { Client } from '../../src/client/client.ts'
import { LimitError, OverflowError } from '../../src/errors.ts'
import { settle } from '../../src/testing/time/settle.ts'
import type { Heard, Peer } from '../support/peer.ts'
import { Rig, readyRig, watch } from '../support/rig.ts'

// names that the catalog does not know: open headers
const A: string = 'A'
const HELD = 11_700
const limits = { held: HELD }

const big = 'x'.repeat(1_000)
const event = (n: number) => `Event: A\r\nN: ${n}\r\nText: ${big}\r\n\r\n`
const events = (count: number) => Array.from({ length: count }, (_, n) => event(n)).join('')
const row = (to: Heard, n: number) => `Event: Status\r\nActionID: ${to.id}\r\nN: ${n}\r\nText: ${big}\r\n\r\n`
const rows = (to: Heard, count: number) => Array.from({ length: count }, (_, n) => row(to, n)).join('')
const begin = (peer: Peer, to: Heard) => peer.reply(to, 'Success', 'EventList: start')
const complete = (peer: Peer, to: Heard) =>
  peer.say('Event: StatusComplete', `ActionID: ${to.id}`, 'EventList: Complete', 'ListItems: 1')

const isPastHeld = (error: unknown) => {
  assert.ok(error instanceof LimitError)
  assert.deepEqual([error.code, error.limit, error.value, error.source], ['AMI_LIMIT', 'limits.held', HELD, 'pbx'])
  return true
}

/** What is held now; never more than the limit. */
function held(client: Client): number {
  const { held } = client.stats()
  assert.ok(held >= 0 && held <= HELD, `${held}`)
  return held
}

describe('rows that a call collects', () => {
  test('end it with AMI_LIMIT past limits.held, and nothing of them stays', async () => {
    await using rig = await readyRig({ limits })
    const { client, peer } = rig
    const call = watch(client.sendRaw('Status'))
    const heard = await peer.next()
    begin(peer, heard)
    peer.send(rows(heard, 5))
    await settle()
    assert.ok(held(client) > 5 * big.length)
    peer.send(rows(heard, 10))
    await settle()
    isPastHeld(call.error)
    assert.equal(held(client), 0)
    // what still comes of it belongs to it, and is not kept
    peer.send(rows(heard, 20))
    complete(peer, heard)
    await settle()
    assert.equal(held(client), 0)
    assert.equal(client.stats().unclaimedReplies, 0)
  })

  test('count until the list is complete, refused, lost or given up', async () => {
    const controller = new AbortController()
    await using rig = await readyRig({ limits, reconnect: () => 60_000 })
    const { client, peer } = rig
    const ends: ((heard: Heard) => void)[] = [
      (heard) => complete(peer, heard),
      (heard) => peer.reply(heard, 'Error', 'Message: no'),
      () => controller.abort(),
      () => rig.clock.tick(10_000),
      () => peer.end(),
    ]
    for (const end of ends) {
      const call = watch(client.sendRaw('Status', {}, { signal: controller.signal }))
      const heard = await peer.next()
      begin(peer, heard)
      peer.send(rows(heard, 3))
      await settle()
      assert.ok(held(client) > 3 * big.length)
      end(heard)
      await settle()
      assert.equal(call.done, true)
      assert.equal(held(client), 0)
      if (controller.signal.aborted) break
    }
  })

  test('leave room for other calls once one has ended so', async () => {
    await using rig = await readyRig({ limits })
    const { client, peer } = rig
    const call = watch(client.sendRaw('Status'))
    const heard = await peer.next()
    begin(peer, heard)
    peer.send(rows(heard, 15))
    await settle()
    isPastHeld(call.error)
    const ping = client.sendRaw('Ping')
    peer.reply(await peer.next())
    assert.equal((await ping).success, true)
  })

  test('the first answer to a list counts, also of calls that were given up', async () => {
    await using rig = await readyRig({ limits })
    const { client, peer } = rig
    for (let i = 0; i < 20; i++) {
      const call = watch(client.sendRaw('Status', {}, { timeout: 5 }))
      const heard = await peer.next()
      if (i % 2 === 0) {
        peer.reply(heard, 'Success', 'EventList: start', `Message: ${big}`)
        await settle()
        assert.ok(held(client) > big.length)
      }
      rig.clock.tick(5)
      await settle()
      assert.equal((call.error as { code: string }).code, 'AMI_TIMEOUT')
      if (i % 2 === 1) peer.reply(heard, 'Success', 'EventList: start', `Message: ${big}`)
      await settle()
      assert.equal(held(client), 0)
    }
  })
})

describe('rows that wait for list()', () => {
  test('end it with AMI_LIMIT past limits.held, after those that were within it', async () => {
    await using rig = await readyRig({ limits })
    const { client, peer } = rig
    const list = client.listRaw('Status')
    const heard = await peer.next()
    begin(peer, heard)
    peer.send(rows(heard, 20))
    await settle()
    let count = 0
    const read = async () => {
      for await (const _ of list) count++
    }
    await assert.rejects(read(), isPastHeld)
    assert.ok(count >= 8 && count < 10, `${count}`)
    assert.equal(held(client), 0)
  })

  test('count until the loop takes them, and a loop that keeps up has any number', async () => {
    await using rig = await readyRig({ limits })
    const { client, peer } = rig
    const list = client.listRaw('Status')
    const heard = await peer.next()
    begin(peer, heard)
    for (let n = 0; n < 50; n++) {
      peer.send(row(heard, n))
      await settle()
      assert.ok(held(client) > big.length)
      assert.equal((await list.next()).value?.N, `${n}`)
      assert.ok(held(client) < big.length)
    }
    await list.return()
    assert.equal(held(client), 0)
  })
})

describe('events that wait for a loop', () => {
  test('end it with AMI_OVERFLOW past limits.held where it says nothing, with the limit as the cause', async () => {
    await using rig = await readyRig({ limits })
    const { client, peer } = rig
    const stream = client.events(A)
    peer.send(events(20))
    await settle()
    let count = 0
    const read = async () => {
      for await (const _ of stream) count++
    }
    await assert.rejects(read(), (error) => {
      assert.ok(error instanceof OverflowError)
      return isPastHeld(error.cause)
    })
    assert.ok(count >= 6 && count < 8, `${count}`)
    assert.equal(held(client), 0)
  })

  for (const [overflow, first, last] of [
    ['drop-oldest', '13', '19'],
    ['drop-newest', '0', '6'],
  ] as const) {
    test(`are dropped by ${overflow}, and counted`, async () => {
      await using rig = await readyRig({ limits })
      const { client, peer } = rig
      const stream = client.events(A, { overflow })
      peer.send(events(20))
      await settle()
      assert.ok(held(client) > 6 * big.length)
      assert.equal(client.stats().dropped, 13)
      const taken: (string | undefined)[] = []
      for (let n = 0; n < 7; n++) taken.push((await stream.next()).value?.N)
      assert.deepEqual([taken[0], taken[6]], [first, last])
      assert.equal(held(client), 0)
      peer.send(events(1))
      assert.equal((await stream.next()).value?.N, '0')
    })
  }

  test('count once, however many loops they wait for', async () => {
    await using rig = await readyRig({ limits })
    const { client, peer } = rig
    const streams = [1, 2, 3].map(() => client.events(A))
    peer.send(events(3))
    await settle()
    const once = held(client)
    assert.ok(once > 3 * big.length && once < 4 * big.length)
    for (const stream of streams) assert.equal((await stream.next()).value?.N, '0')
    assert.ok(held(client) < once - big.length)
    await streams[0]?.return?.()
    await streams[1]?.return?.()
    assert.ok(held(client) > 2 * big.length)
    await streams[2]?.return?.()
    assert.equal(held(client), 0)
  })

  test('one that is larger than all that may be held is dropped, and the loop goes on', async () => {
    await using rig = await readyRig({ limits })
    const { client, peer } = rig
    const stream = client.events(A, { overflow: 'drop-oldest' })
    peer.send(`Event: A\r\nText: ${'x'.repeat(HELD - 100)}\r\n\r\n${event(1)}`)
    await settle()
    assert.equal((await stream.next()).value?.N, '1')
    assert.equal(client.stats().dropped, 1)
  })

  test('leave a quarter of limits.held for calls', async () => {
    await using rig = await readyRig({ limits })
    const { client, peer } = rig
    client.events(A, { overflow: 'drop-oldest' })
    peer.send(events(50))
    await settle()
    assert.ok(held(client) <= HELD * 0.75)
    const call = client.sendRaw('Status')
    const heard = await peer.next()
    begin(peer, heard)
    peer.send(row(heard, 0))
    complete(peer, heard)
    assert.equal((await call).events.length, 1)
  })
})

describe('events that wait for listeners', () => {
  test('count from the second turn on, and what finds no room is dropped, counted and reported', async () => {
    await using rig = await readyRig({ limits })
    const { client, peer } = rig
    const heard: (string | undefined)[] = []
    client.on(A, (event) => {
      heard.push(event.N)
      const start = performance.now()
      while (performance.now() - start < 60);
    })
    peer.send(events(20))
    await Promise.resolve()
    await new Promise(queueMicrotask as never)
    const most: number[] = []
    while (client.stats().backlog > 0) {
      most.push(held(client))
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.ok(Math.max(...most) > 6 * big.length, most.join())
    assert.equal(held(client), 0)
    assert.equal(heard.length + client.stats().dropped, 20)
    assert.ok(heard.length >= 7 && heard.length <= 9, `${heard.length}`)
    assert.equal(rig.last('slow')?.type, 'slow')
  })

  test('cost nothing where they are delivered in the turn in which they came', async () => {
    await using rig = await readyRig({ limits })
    const { client, peer } = rig
    const seen: number[] = []
    client.on(A, () => seen.push(held(client)))
    peer.send(events(50))
    await settle()
    assert.deepEqual(new Set(seen), new Set([0]))
    assert.equal(seen.length, 50)
  })
})

describe('calls', () => {
  const params = { Text: Array(3).fill('y'.repeat(900)) }

  test('that wait are refused with AMI_LIMIT past limits.held, and those before them go', async () => {
    await using rig = await readyRig({ limits, maxInFlight: 1 })
    const { client, peer } = rig
    const calls = Array.from({ length: 6 }, () => watch(client.sendRaw('X', params)))
    await settle()
    assert.ok(held(client) > 8_000)
    for (const call of calls.slice(4)) isPastHeld(call.error)
    for (let i = 0; i < 4; i++) peer.reply(await peer.next())
    await settle()
    assert.ok(calls.slice(0, 4).every(({ value }) => value?.success))
    assert.equal(held(client), 0)
  })

  test('free their text at once where they end before they are sent', async () => {
    await using rig = new Rig({ limits })
    const { client } = rig
    void client.connect().catch(() => {})
    const controller = new AbortController()
    const aborted = watch(client.sendRaw('X', params, { signal: controller.signal }))
    const late = watch(client.sendRaw('X', params, { timeout: 5 }))
    const refused = watch(client.sendRaw('X', params))
    assert.ok(held(client) > 3 * 2_700)
    controller.abort()
    assert.ok(held(client) < 2 * 2_900)
    rig.clock.tick(5)
    await settle()
    assert.ok(held(client) < 2_900)
    client.destroy()
    await settle()
    assert.equal(held(client), 0)
    assert.ok([aborted, late, refused].every(({ done }) => done))
  })

  test('free their text also where the socket takes nothing', async () => {
    await using rig = await readyRig({ limits, keepalive: { interval: 1_000_000, timeout: 1_000_000 } })
    const { client, peer } = rig
    peer.hold()
    for (let i = 0; i < 20; i++) {
      const call = watch(client.sendRaw('X', params, { timeout: 5 }))
      await settle()
      assert.ok(held(client) > 2_700)
      rig.clock.tick(5)
      await settle()
      assert.equal(call.done, true)
      assert.equal(held(client), 0)
    }
  })
})

test('the message in progress counts, and ends past limits.held', async () => {
  await using rig = await readyRig({ limits })
  const { client, peer } = rig
  peer.send(event(1).slice(0, 500))
  await settle()
  assert.equal(held(client), 500)
  peer.send(event(1).slice(500))
  await settle()
  assert.equal(held(client), 0)
  peer.send(`Event: A\r\nText: ${'x'.repeat(HELD + 100)}`)
  await settle()
  assert.ok(held(client) < 100)
  assert.equal(client.stats().faults, 1)
  peer.send('\r\n\r\n')
  const stream = client.events(A)
  peer.send(event(2))
  assert.equal((await stream.next()).value?.N, '2')
  peer.send(event(1).slice(0, 500))
  await settle()
  assert.equal(held(client), 500)
  peer.end()
  await settle()
  assert.equal(held(client), 0)
})

describe('originate', () => {
  test('holds an OriginateResponse that waits for its Hangup, and nothing of it afterwards', async () => {
    await using rig = await readyRig({ limits })
    const { client, peer } = rig
    const call = client.originate({ Channel: 'PJSIP/1', Application: 'Wait' })
    const heard = await peer.next()
    peer.reply(heard)
    const Uniqueid = heard.get('ChannelId')
    peer.say('Event: Newchannel', `Uniqueid: ${Uniqueid}`)
    peer.say('Event: OriginateResponse', `ActionID: ${heard.id}`, 'Response: Failure', 'Reason: 0', `Text: ${big}`)
    await settle()
    assert.ok(held(client) > big.length)
    peer.say('Event: Hangup', `Uniqueid: ${Uniqueid}`, 'Cause: 17', `Cause-txt: User busy ${big}`)
    const { outcome, meaning } = await call
    assert.equal(outcome, 'busy')
    assert.ok(meaning.length < 300)
    assert.equal(held(client), 0)
  })

  test('ends with AMI_LIMIT where there is no room for it', async () => {
    await using rig = await readyRig({ limits })
    const { client, peer } = rig
    const call = watch(client.originate({ Channel: 'PJSIP/1', Application: 'Wait' }))
    const heard = await peer.next()
    peer.reply(heard)
    client.events('*', { overflow: 'drop-newest' })
    peer.send(events(7))
    await settle()
    const text = 'x'.repeat(4_000)
    peer.say('Event: OriginateResponse', `ActionID: ${heard.id}`, 'Response: Failure', 'Reason: 0', `Text: ${text}`)
    await settle()
    isPastHeld(call.error)
  })
})

afterEach(() => settle())
