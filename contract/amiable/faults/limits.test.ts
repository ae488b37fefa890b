import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type ClientOptions, LimitError, type OverflowError } from 'amiable'
import { type SimulatedAsterisk, startServer } from 'amiable/testing'
import { Night, within } from './nights/fault-session.ts'
import { record } from './nights/results.ts'

const BOUND = 5_000
// no event of the catalog's
const FLOOD: string = 'Flood'

/** A simulated server and a client of it, for one limit; afterwards both are as well as before. */
function limit(
  title: string,
  options: Partial<ClientOptions>,
  run: (night: Night, server: SimulatedAsterisk) => Promise<void>,
) {
  test(title, async () => {
    await using server = await startServer()
    const { host, port } = server
    await using night = await Night.begin({
      host,
      port,
      username: 'frank',
      secret: 'lean',
      keepalive: { interval: 60_000 },
      ...options,
    })
    await run(night, server)
    server.faults.clear()
    await night.hearsItself()
    const { inFlight, queued } = night.client.stats()
    assert.deepEqual({ inFlight, queued, epoch: night.client.epoch }, { inFlight: 0, queued: 0, epoch: 1 })
  })
}

async function reaches(name: string, value: number, call: Promise<unknown>): Promise<void> {
  const start = performance.now()
  const error = await within(
    BOUND,
    name,
    call.then(
      () => assert.fail(`${name} was not reached`),
      (reason) => reason,
    ),
  )
  record({ kind: `limit: ${name}`, where: 'simulator', ms: performance.now() - start })
  assert.ok(error instanceof LimitError, String(error))
  assert.deepEqual([error.code, error.limit, error.value], ['AMI_LIMIT', name, value])
}

function rows(server: SimulatedAsterisk): void {
  server.handle('Rows', (_, reply) => {
    reply.list({ complete: 'RowsComplete', rows: [['Row', { Number: 1 }]] })
    return undefined
  })
}

describe('what a server may make us hold', () => {
  limit('a line', { limits: { line: 1_000 } }, async ({ client }, { faults }) => {
    faults.hugeLine(5_000, { times: 1 })
    await reaches('limits.line', 1_000, client.send('Ping'))
    assert.equal(client.stats().faults, 1)
  })

  limit('a line that never ends', { limits: { line: 1_000, message: 100_000 } }, async (night, server) => {
    const before = night.client.stats().bytesRead
    for (let n = 0; n < 50; n++) server.send('x'.repeat(10_000))
    await within(BOUND, 'the bytes', server.flushed())
    server.send('\r\n\r\n')
    await night.hearsItself()
    assert.ok(night.client.stats().bytesRead - before > 500_000)
    assert.ok(night.client.stats().faults >= 1)
  })

  limit('a message', { limits: { message: 20_000 } }, async ({ client }, { faults }) => {
    faults.hugeLine(30_000, { times: 1 })
    await reaches('limits.message', 20_000, client.send('Ping'))
  })

  limit('headers', { limits: { headers: 100 } }, async ({ client }, { faults }) => {
    faults.endlessHeaders(200)
    await reaches('limits.headers', 100, client.send('Ping'))
  })

  limit('headers without end', { limits: { headers: 100 } }, async ({ client }, { faults }) => {
    const fault = faults.endlessHeaders()
    const call = client.send('Ping')
    await reaches('limits.headers', 100, call)
    fault.off()
  })

  limit('rows that are collected', { limits: { rows: 50 } }, async ({ client }, server) => {
    rows(server)
    server.faults.endlessList(1_000)
    await reaches('limits.rows', 50, client.sendRaw('Rows'))
  })

  limit(
    'rows of a list that never completes, whoever reads them',
    { limits: { rows: 5_000 } },
    async ({ client }, server) => {
      rows(server)
      const fault = server.faults.endlessList()
      await reaches('limits.rows', 5_000, client.sendRaw('Rows'))
      fault.off()
      const second = server.faults.endlessList()
      // a loop that does not read on
      const list = client.listRaw('Rows')
      await list.next()
      await within(BOUND, 'many rows', more(client, 1_000_000))
      await reaches('limits.rows', 5_000, list.toArray())
      second.off()
      const third = server.faults.endlessList()
      let count = 0
      for await (const _ of client.listRaw('Rows')) if (++count === 20_000) break
      third.off()
    },
  )

  limit(
    'rows of a list that stops are what its timeout carries',
    { limits: { rows: 50 } },
    async ({ client }, server) => {
      rows(server)
      server.faults.cutList(1, { times: 1 })
      await assert.rejects(
        client.sendRaw('Rows', {}, { timeout: 50 }),
        (error: { code: string; events: unknown[] }) => {
          assert.equal(error.code, 'AMI_TIMEOUT')
          return error.events.length === 1
        },
      )
    },
  )
})

describe('what a program may make us hold', () => {
  limit('calls in flight and calls that wait', { maxInFlight: 3, maxQueued: 2 }, async ({ client }, { faults }) => {
    const fault = faults.stall()
    const calls = Array.from({ length: 5 }, () => client.send('Ping'))
    const { inFlight, queued } = client.stats()
    assert.deepEqual({ inFlight, queued }, { inFlight: 3, queued: 2 })
    await reaches('maxQueued', 2, client.send('Ping'))
    await reaches('maxInFlight', 3, client.send('Ping', {}, { queue: false }))
    fault.off()
    await within(BOUND, 'those that were let in', Promise.all(calls))
  })

  limit('calls that wait for a login', { maxQueued: 4 }, async (night, server) => {
    const { host, port } = server
    await using other = new Night({ host, port, username: 'frank', secret: 'lean', maxQueued: 4 })
    const connected = other.client.connect()
    const calls = Array.from({ length: 4 }, () => other.client.send('Ping'))
    await reaches('maxQueued', 4, other.client.send('Ping'))
    await connected
    await Promise.all(calls)
    assert.equal(night.client.stats().queued, 0)
  })

  limit('events of a loop that does not read, by each of the three rules', {}, async ({ client }, server) => {
    const fails = client.events(FLOOD, { capacity: 10 })
    const oldest = client.events(FLOOD, { capacity: 10, overflow: 'drop-oldest' })
    const newest = client.events(FLOOD, { capacity: 10, overflow: 'drop-newest' })
    for (let n = 1; n <= 100; n++) server.emit('Flood', { Number: n })
    await client.send('Ping')
    const read = async (stream: AsyncIterator<{ get(name: string): string | undefined }>) => {
      const numbers: number[] = []
      for (let n = 0; n < 10; n++) numbers.push(Number((await stream.next()).value.get('Number')))
      return numbers
    }
    const numbers = (from: number) => Array.from({ length: 10 }, (_, n) => from + n)
    assert.deepEqual(await read(oldest), numbers(91))
    assert.deepEqual(await read(newest), numbers(1))
    assert.deepEqual(await read(fails), numbers(1))
    const overflow = await fails.next().then(
      () => assert.fail('it ended as if nothing were lost'),
      (error) => error as OverflowError,
    )
    assert.equal(overflow.code, 'AMI_OVERFLOW')
    assert.ok(client.stats().dropped >= 180)
    await oldest.return?.()
    await newest.return?.()
  })

  limit('events that wait for listeners, told once for each burst', { maxBacklog: 100 }, async (night, server) => {
    const { client } = night
    const from = night.statuses.length
    let heard = 0
    const listener = client.on(FLOOD, () => {
      heard++
    })
    const flood = Array.from({ length: 1_000 }, (_, n) => `Event: Flood\r\nNumber: ${n}\r\n\r\n`).join('')
    server.send(flood)
    const slow = await night.status('slow', from)
    await client.send('Ping')
    const slows = night.statuses.slice(from).filter(({ type }) => type === 'slow')
    const told = slows.reduce((sum, status) => sum + (status.type === 'slow' ? status.dropped : 0), 0)
    assert.ok(slow.dropped > 0)
    assert.equal(told, client.stats().dropped)
    assert.equal(heard + told, 1_000)
    assert.ok(slows.length < 50, `${slows.length} bursts`)
    listener.remove()
  })

  limit('a listener that holds up the loop is named, with how long it took', {}, async (night, server) => {
    const from = night.statuses.length
    const listener = night.client.on(FLOOD, () => {
      const end = performance.now() + 150
      while (performance.now() < end);
    })
    server.emit('Flood')
    const slow = await night.status('slow', from)
    assert.equal(slow.listener, listener.id)
    assert.ok((slow.blocked ?? 0) >= 150)
    listener.remove()
  })
})

test('names that a server makes up are not kept: events, headers, ActionIDs', async () => {
  setFlagsFromString('--expose-gc')
  const gc: () => void = runInNewContext('gc')
  await using server = await startServer()
  const { host, port } = server
  await using night = await Night.begin({ host, port, username: 'frank', secret: 'lean' })
  let heard = 0
  night.client.on('*', (event) => {
    heard += Object.keys(event.toJSON()).length > 0 ? 1 : 0
    void event.get(`Header-${event.get('Number')}`)
    void (event as unknown as Record<string, unknown>)[`Header-${event.get('Number')}`]
  })
  const flood = async (from: number, count: number) => {
    for (let n = from; n < from + count; n += 500) {
      let text = ''
      for (let i = n; i < n + 500; i++) {
        text += `Event: Made-up-${i}\r\nNumber: ${i}\r\nHeader-${i}: x\r\nChanVariable(Local/${i}-1): a=b\r\n\r\n`
        text += `Response: Success\r\nActionID: made-up-${i}\r\n\r\n`
      }
      server.send(text)
      await night.client.send('Ping')
    }
  }
  await flood(0, 5_000)
  gc()
  const before = process.memoryUsage().heapUsed
  // what the collector has not looked at yet is no growth: the least of a few looks counts
  const looks: number[] = []
  for (let round = 1; round <= 4; round++) {
    await flood(round * 20_000, 20_000)
    gc()
    gc()
    looks.push(process.memoryUsage().heapUsed)
  }
  assert.ok(heard >= 85_000)
  const grown = Math.min(...looks) - before
  record({
    kind: 'heap after 80,000 made-up names',
    where: 'simulator',
    value: `${(grown / 1024).toFixed(0)} KiB more`,
  })
  assert.ok(grown < 1_500_000, `${grown} bytes more`)
  assert.equal(night.client.stats().unclaimedReplies, 85_000)
})

/** Resolves when so many more bytes have come. */
async function more(client: Night['client'], bytes: number): Promise<void> {
  const until = client.stats().bytesRead + bytes
  while (client.stats().bytesRead < until) await new Promise((resolve) => setImmediate(resolve))
}
