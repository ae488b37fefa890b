import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type LostError, TimeoutError } from 'amiable'
import { type SimulatedAsterisk, startServer } from 'amiable/testing'
import { Night, Pending } from './nights/fault-session.ts'
import { Relay } from './nights/relay.ts'

// 100 KB an action: what is in flight is more than the sockets of a stalled line take
const bulk = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`Bulk-${n}`, 'x'.repeat(990)]))
const COUNT = 200

/** The ActionIDs that the server ran. */
function executed(server: SimulatedAsterisk): Set<string> {
  return new Set(server.calls.filter(({ outcome }) => outcome === 'executed').map(({ actionId }) => actionId))
}

function manyCalls(
  { client }: Night,
  options: { timeout?: number; signal?: AbortSignal },
): Record<string, Promise<unknown>> {
  return Object.fromEntries(
    Array.from({ length: COUNT }, (_, n) => [
      `bulk-${n}`,
      client.sendRaw('UserEvent', { UserEvent: 'Bulk', ...bulk }, { actionId: `bulk-${n}`, ...options }),
    ]),
  )
}

describe('what a call says of its delivery is what the server saw', () => {
  const options = { username: 'frank', secret: 'lean', events: 'off', keepalive: { interval: 60_000 } } as const

  test('a call that times out before its bytes have left is never run later', async () => {
    await using server = await startServer()
    await using relay = await Relay.start(server)
    await using night = await Night.begin({ ...options, host: relay.host, port: relay.port })
    relay.stall('up')
    const calls = new Pending(manyCalls(night, { timeout: 300 }))
    const ends = await calls.ended(5_000)
    assert.ok(ends.every(({ error }) => error instanceof TimeoutError))
    const never = ends.filter(({ error }) => (error as TimeoutError).delivered === 'no').map(({ action }) => action)
    assert.ok(never.length > 0 && never.length < COUNT, `${never.length} of ${COUNT} had not left`)
    relay.flow()
    await night.client.send('Ping')
    const ran = executed(server)
    assert.deepEqual(
      never.filter((id) => ran.has(id)),
      [],
    )
    assert.ok(ran.size > 1, 'those that had left were run')
  })

  test('a call that is aborted before its bytes have left is never run later', async () => {
    await using server = await startServer()
    await using relay = await Relay.start(server)
    await using night = await Night.begin({ ...options, host: relay.host, port: relay.port })
    relay.stall('up')
    const abort = new AbortController()
    const calls = new Pending(manyCalls(night, { signal: abort.signal }))
    await night.until('calls in flight', 5_000, () => night.client.stats().inFlight === COUNT)
    const written = night.client.stats().bytesWritten
    abort.abort()
    await calls.ended(5_000)
    relay.flow()
    await night.client.send('Ping')
    const left = night.client.stats().bytesWritten - written
    assert.ok(left < 2_000, `${left} bytes were written after the calls had been given up`)
    assert.ok(executed(server).size < COUNT)
  })

  test('a call whose bytes had not left when the link went says so, and was not run', async () => {
    await using server = await startServer()
    await using relay = await Relay.start(server)
    await using night = await Night.begin({ ...options, host: relay.host, port: relay.port })
    relay.stall('up')
    const calls = new Pending(manyCalls(night, {}))
    await night.until('calls in flight', 5_000, () => night.client.stats().inFlight === COUNT)
    relay.reset()
    relay.flow()
    const ends = await calls.ended(5_000)
    const not = ends.filter(({ error }) => (error as LostError).delivered === 'no').map(({ action }) => action)
    assert.ok(not.length > 0 && not.length < COUNT, `${not.length} of ${COUNT} had not left`)
    await night.client.connect()
    await night.client.send('Ping')
    const ran = executed(server)
    assert.deepEqual(
      not.filter((id) => ran.has(id)),
      [],
    )
  })
})
