// first, since the client keeps the clock that it finds
import './own-time.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle } from '../../../src/testing/time/settle.ts'
import { AHEAD, type Ahead, MOST_AHEAD, PASSING, PEEK, PLACES } from '../../../src/util/peek.ts'
import { overwritten } from '../../../src/wire/inbox.ts'
import type { Message } from '../../../src/wire/message.ts'
import { readyRig } from '../../support/rig.ts'
import { nothingToScanWith } from '../../support/scan.ts'
import { ownTime } from './own-time.ts'

// a machine that stands still for a moment ends no turn
ownTime.stand()

const A: string = 'A'
const events = (from: number, end: number) =>
  Array.from({ length: end - from }, (_, n) => `Event: A\r\nN: ${from + n}\r\n\r\n`).join('')
const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, n) => String(from + n))

/** A client whose scan has learnt the event. */
const knowing = async () => {
  const rig = await readyRig()
  const learns = rig.client.on(A, () => {})
  rig.peer.send(events(0, 1))
  await settle()
  learns.remove()
  return rig
}

/** What a listener heard, and at what it looked: where and how many, behind which event. */
const looking = (handle: () => void = () => {}) => {
  const heard: (string | undefined)[] = []
  const looks: { readonly behind: number; readonly at: (string | undefined)[] }[] = []
  const ahead: Ahead<Message> = (all, from, end) => {
    looks.push({ behind: heard.length, at: all.slice(from, end).map((event) => event[PLACES]?.read('N')) })
  }
  const handler = (event: Pick<Message, 'get' | typeof PEEK>) => {
    heard.push(event[PEEK]('N'))
    handle()
  }
  return { heard, looks, handler: Object.assign(handler, { [PASSING]: true, [AHEAD]: ahead }) }
}

test('looks at all events that wait, some at a time, and each before it comes', nothingToScanWith, async () => {
  await using rig = await knowing()
  const { heard, looks, handler } = looking()
  rig.client.on(A, handler)
  const count = 2 * MOST_AHEAD + 10
  rig.peer.send(events(0, count))
  await settle()
  assert.deepEqual(heard, upTo(count))
  assert.deepEqual(looks, [
    { behind: 0, at: upTo(MOST_AHEAD) },
    { behind: MOST_AHEAD, at: upTo(2 * MOST_AHEAD, MOST_AHEAD) },
    { behind: 2 * MOST_AHEAD, at: upTo(count, 2 * MOST_AHEAD) },
  ])
  // the next chunk has a backlog of its own
  rig.peer.send(events(0, 20))
  await settle()
  assert.deepEqual(looks.slice(3), [{ behind: count, at: upTo(20) }])
})

test('does not look at few', async () => {
  await using rig = await knowing()
  const { heard, looks, handler } = looking()
  rig.client.on(A, handler)
  rig.peer.send(events(0, 5))
  await settle()
  assert.deepEqual([heard.length, looks], [5, []])
})

test('a listener that is removed looks at no more, and others look as before', async () => {
  await using rig = await knowing()
  const other = looking()
  const one = looking(() => {
    if (one.heard.length === 3) listener.remove()
  })
  const listener = rig.client.on(A, one.handler)
  rig.client.on(A, other.handler)
  rig.peer.send(events(0, 2 * MOST_AHEAD))
  await settle()
  assert.deepEqual([one.heard.length, one.looks.length], [3, 1])
  assert.deepEqual([other.heard, other.looks.length], [upTo(2 * MOST_AHEAD), 2])
})

test('a proxy that answers to every name has no look', async () => {
  await using rig = await knowing()
  let heard = 0
  const every = new Proxy(() => {}, {
    get: () => () => assert.fail('it was called by another name'),
    apply: () => void heard++,
  })
  const other = looking()
  rig.client.on(A, other.handler)
  rig.client.on(A, every).remove()
  rig.client.on(A, every)
  rig.peer.send(events(0, 20))
  await settle()
  assert.deepEqual([heard, other.looks.length], [20, 1])
})

test('an event that waits for a later turn is looked at before it comes', async () => {
  await using rig = await knowing()
  const at = MOST_AHEAD + 20
  const { heard, looks, handler } = looking(() => {
    // longer than one turn of deliveries
    if (heard.length === at) ownTime.pass(60)
  })
  rig.client.on(A, handler)
  rig.peer.send(events(0, 2 * MOST_AHEAD))
  await settle()
  assert.deepEqual(heard, upTo(2 * MOST_AHEAD))
  assert.deepEqual(
    looks.map(({ behind, at: all }) => [behind, all.length]),
    [
      [0, MOST_AHEAD],
      [MOST_AHEAD, MOST_AHEAD],
      [at, 2 * MOST_AHEAD - at],
    ],
  )
})

test('where the bytes have gone there is nothing to look at, and all count as dropped', nothingToScanWith, async () => {
  await using rig = await knowing()
  const { heard, looks, handler } = looking(() => {
    if (heard.length === 1) overwritten()
  })
  rig.client.on(A, handler)
  rig.peer.send(events(0, 2 * MOST_AHEAD))
  await settle()
  assert.deepEqual(heard, ['0'])
  assert.deepEqual(
    looks.slice(1).map(({ at }) => at),
    [new Array(MOST_AHEAD).fill(undefined)],
  )
  assert.equal(rig.client.stats().dropped, 2 * MOST_AHEAD - 1)
})

test('a client that is destroyed by a listener gives it what waits', async () => {
  await using rig = await knowing()
  const { heard, handler } = looking(() => {
    if (heard.length === 1) rig.client.destroy()
  })
  rig.client.on(A, handler)
  rig.peer.send(events(0, 2 * MOST_AHEAD))
  await rig.client.closed
  assert.deepEqual(heard, upTo(2 * MOST_AHEAD))
})
