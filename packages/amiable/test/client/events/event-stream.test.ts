import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { OverflowError } from '../../../src/errors.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import { readyRig, watch } from '../../support/rig.ts'

// names that the catalog does not know: open headers
const A: string = 'A'

const events = (count: number, from = 1) =>
  Array.from({ length: count }, (_, i) => `Event: A\r\nN: ${i + from}\r\n\r\n`).join('')

async function take(stream: AsyncIterator<{ N?: string | undefined }>, count: number): Promise<unknown[]> {
  const taken: unknown[] = []
  for (let i = 0; i < count; i++) taken.push((await stream.next()).value?.N)
  return taken
}

test('events() yields every event from the call on, in order', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  const early = client.events()
  peer.send(`Event: B\r\nN: 0\r\n\r\n${events(2)}`)
  await settle()
  const late = client.events(A)
  peer.send(events(2, 3))
  assert.deepEqual(await take(early as never, 5), ['0', '1', '2', '3', '4'])
  assert.deepEqual(await take(late as never, 2), ['3', '4'])
})

describe('a loop that lags', () => {
  test('fails by default, after what was within its capacity, and is told with the number that was lost', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const stream = client.events(A, { capacity: 3 })
    peer.send(events(5))
    await settle()
    assert.deepEqual(await take(stream as never, 3), ['1', '2', '3'])
    await assert.rejects(stream.next(), (error) => {
      assert.ok(error instanceof OverflowError)
      assert.equal(error.code, 'AMI_OVERFLOW')
      assert.equal(error.source, 'pbx')
      assert.ok(error.dropped >= 1)
      return true
    })
    assert.deepEqual(await stream.next(), { value: undefined, done: true })
    assert.ok(client.stats().dropped >= 1)
    assert.equal(rig.statuses.filter(({ type }) => type === 'slow').length, 1)
  })

  test('loses the oldest where it says so', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const stream = client.events(A, { capacity: 3, overflow: 'drop-oldest' })
    peer.send(events(10))
    await settle()
    assert.deepEqual(await take(stream as never, 3), ['8', '9', '10'])
    assert.equal(client.stats().dropped, 7)
    assert.deepEqual(rig.last('slow'), { type: 'slow', dropped: 7 })
  })

  test('loses the newest where it says so', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const stream = client.events(A, { capacity: 3, overflow: 'drop-newest' })
    peer.send(events(10))
    await settle()
    assert.deepEqual(await take(stream as never, 3), ['1', '2', '3'])
    assert.equal(client.stats().dropped, 7)
    peer.send(events(1, 11))
    assert.deepEqual(await take(stream as never, 1), ['11'])
  })

  test('is told once for each burst', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const stream = client.events(A, { capacity: 1, overflow: 'drop-newest' })
    for (let burst = 0; burst < 3; burst++) {
      peer.send(events(5))
      await settle()
      await stream.next()
    }
    assert.deepEqual(
      rig.statuses.flatMap((status) => (status.type === 'slow' ? [status.dropped] : [])),
      [4, 4, 4],
    )
  })

  test('takes nothing from another loop or a listener', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const small = client.events(A, { capacity: 1, overflow: 'drop-newest' })
    const large = client.events(A)
    let heard = 0
    client.on(A, () => heard++)
    peer.send(events(20))
    await settle()
    assert.equal((await take(large as never, 20)).length, 20)
    assert.equal(heard, 20)
    assert.deepEqual(await take(small as never, 1), ['1'])
  })

  test('never holds more than its capacity, whatever comes', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const stream = client.events(A, { capacity: 5, overflow: 'drop-oldest' })
    for (let i = 0; i < 500; i++) peer.send(events(10, i * 10))
    await settle()
    client.destroy()
    const rest: unknown[] = []
    for await (const event of stream) rest.push(event)
    assert.equal(rest.length, 5)
  })
})

describe('a loop ends', () => {
  test('by leaving it, and takes its listener along', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const stream = client.events(A)
    peer.send(events(3))
    for await (const _ of stream) break
    const { delivered } = client.stats()
    peer.send(events(3))
    await settle()
    assert.equal(client.stats().delivered, delivered)
    assert.deepEqual(await stream.next(), { value: undefined, done: true })
  })

  test("by its signal, with the signal's reason, and leaves nothing on it", async () => {
    await using rig = await readyRig()
    const { client } = rig
    const abort = new AbortController()
    const pending = watch(client.events(A, { signal: abort.signal }).next())
    const left = client.events(A, { signal: abort.signal })
    await left.return?.()
    assert.equal(getEventListeners(abort.signal, 'abort').length, 1)
    abort.abort('why')
    await settle()
    assert.equal(pending.error, 'why')
    assert.equal(getEventListeners(abort.signal, 'abort').length, 0)
    await assert.rejects(client.events(A, { signal: abort.signal }).next(), (error) => error === 'why')
  })

  test('quietly when the client is closed or destroyed, after what has come', async () => {
    for (const act of ['close', 'destroy'] as const) {
      await using rig = await readyRig()
      const { client, peer } = rig
      const stream = client.events(A)
      peer.send(events(2))
      await settle()
      void client[act]()
      await settle()
      if (act === 'close') peer.reply(await peer.next(), 'Goodbye')
      const taken: unknown[] = []
      for await (const event of stream) taken.push(event.N)
      assert.deepEqual(taken, ['1', '2'])
    }
  })

  test('with the error that destroy was given', async () => {
    await using rig = await readyRig()
    const { client } = rig
    const pending = watch(client.events(A).next())
    const error = new Error('enough')
    client.destroy(error)
    await settle()
    assert.equal(pending.error, error)
  })

  test('at once on a client that has ended', async () => {
    await using rig = await readyRig()
    const { client } = rig
    client.destroy()
    assert.deepEqual(await client.events(A).next(), { value: undefined, done: true })
  })
})

test('wrong options are refused, naming them', async () => {
  await using rig = await readyRig()
  const { client } = rig
  for (const capacity of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5' as never]) {
    assert.throws(() => client.events(A, { capacity }), { code: 'AMI_ARGUMENT', argument: 'capacity' })
  }
  assert.throws(() => client.events(A, { overflow: 'wait' as never }), { code: 'AMI_ARGUMENT', argument: 'overflow' })
  assert.throws(() => client.events('' as never), { code: 'AMI_ARGUMENT', argument: 'filter' })
})
