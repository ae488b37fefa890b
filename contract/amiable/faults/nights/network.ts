import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientOptions, LostError } from 'amiable'
import { codeOf, Night, Pending, QUICK, within } from './fault-session.ts'
import { type Cut, Relay } from './relay.ts'
import { record } from './results.ts'

/** A server that a relay can be put in front of. */
export interface Place {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly username: string
  readonly secret: string
  /** Parameters of an action that blocks its session for ten seconds and more. */
  readonly blocking: Readonly<Record<string, string | number>>
}

// how long a dead peer may live under QUICK: a silent interval, the Ping's time, and the machine's own slowness
const FOUND = QUICK.keepalive.interval + QUICK.keepalive.timeout + 10_000
// several times what QUICK allows
const BLOCKED = 2_000
const BOUND = 10_000
// a server that is busy may take longer to answer than QUICK allows
const PATIENT = { keepalive: { interval: 5_000, timeout: 5_000 } }

/** What a bad network does to a client of this server. */
export function networkFaults(place: Place): void {
  const { name: where, username, secret } = place

  /** A client through a relay, what is told of the fault's calls, and the proof that the night went on. */
  const through = (title: string, run: (night: Night, relay: Relay) => Promise<void>, options = {}) =>
    test(title, async () => {
      await using relay = await Relay.start(place)
      const { host, port } = relay
      await using night = await Night.begin({ host, port, username, secret, ...options } satisfies ClientOptions)
      await night.hearsItself()
      await run(night, relay)
      await night.hearsItself()
      night.nothingTwice()
      assert.equal(night.client.stats().inFlight, 0)
      assert.equal(night.client.stats().queued, 0)
      await night.client.close()
    })

  const patiently: typeof through = (title, run) => through(title, run, PATIENT)

  for (const how of ['reset', 'end'] as const) {
    patiently(
      `${how === 'reset' ? 'a reset' : 'an end'} in the middle of a message loses its call truthfully`,
      (night, relay) => cutInMessage(night, relay, where, how),
    )
  }

  through(
    'a stall longer than the keepalive allows ends the link, and every call on it, in time',
    async (night, relay) => {
      const from = night.statuses.length
      relay.stall()
      const calls = new Pending(someCalls(night))
      calls.struck()
      await everyLost(calls, where, 'stall', FOUND)
      const lost = await night.status('lost', from)
      assert.match(lost.error.message, /silent for \d+ ms/)
      relay.flow()
      const ready = await night.status('ready', from)
      record({ kind: 'reconnect after a stall', where, ms: ready.gap ?? 0 })
    },
  )

  patiently('a stall shorter than the keepalive allows costs nothing but time', async (night, relay) => {
    const from = night.statuses.length
    relay.stall('down')
    const calls = new Pending(someCalls(night))
    calls.struck()
    await night.until('the calls on their way', BOUND, () => night.client.stats().inFlight >= 3)
    relay.flow()
    for (const { action, error, took } of await calls.ended(BOUND)) {
      assert.equal(error, undefined, `${action}: ${error}`)
      record({ kind: 'short stall', where, ms: took })
    }
    assert.deepEqual(night.statuses.slice(from), [])
  })

  through(
    'a connection that the network forgot is found by a Ping, also while nothing is asked',
    async (night, relay) => {
      const from = night.statuses.length
      relay.vanish()
      const start = performance.now()
      await night.status('lost', from, FOUND)
      record({ kind: 'half-open, idle', where, ms: performance.now() - start })
      await night.status('ready', from)
      await night.hearsItself()

      relay.vanish()
      const calls = new Pending(someCalls(night))
      calls.struck()
      await everyLost(calls, where, 'half-open', FOUND)
      await night.status('ready', from)
    },
  )

  through('an action that rightly blocks its session is not taken for death', async (night, relay) => {
    const from = night.statuses.length
    const signal = AbortSignal.timeout(BLOCKED)
    const blocked = night.client.sendRaw('Originate', place.blocking, { timeout: 60_000, signal })
    const behind = new Pending({ Ping: night.client.send('Ping', {}, { timeout: BLOCKED - 200 }) })
    behind.struck()
    await assert.rejects(blocked, { name: 'TimeoutError' })
    const [end] = await behind.ended(BOUND)
    assert.equal(codeOf(end!.error), 'AMI_TIMEOUT')
    assert.match((end!.error as Error).message, /it waited behind Originate \(\S+\), sent \d+ ms ago/)
    record({ kind: 'behind a blocking action', where, ms: end!.took })
    assert.deepEqual(night.statuses.slice(from), [])
    // the session is blocked for longer than this test waits: a new one proves that the listeners go on
    relay.reset()
    await night.status('ready', from)
  })

  patiently('one byte at a time, both ways, changes nothing', async (night, relay) => {
    const { client } = night
    const rows = (list: { toJSON(): object }[]) => list.map((row) => Object.keys(row.toJSON()))
    const plain = rows(await client.listRaw('CoreShowChannels').toArray())
    const output = await client.command('core show version')
    relay.bytewise()
    const start = performance.now()
    assert.deepEqual(rows(await within(BOUND, 'the list', client.listRaw('CoreShowChannels').toArray())), plain)
    assert.deepEqual(await within(BOUND, 'the output', client.command('core show version')), output)
    await Promise.all(Array.from({ length: 5 }, () => night.hearsItself()))
    record({ kind: 'one byte at a time', where, ms: performance.now() - start })
    await night.hearsItself()
    relay.flow()
  })

  patiently('a half-closed connection is over', async (night, relay) => {
    const from = night.statuses.length
    relay.stall('down')
    const calls = new Pending(someCalls(night))
    await night.until('the calls on their way', BOUND, () => night.client.stats().inFlight >= 3)
    calls.struck()
    relay.halfClose()
    await everyLost(calls, where, 'half-close', BOUND)
    relay.flow()
    await night.status('ready', from)
  })

  patiently(
    'many resets in a row: calls that only read come back whole, the others are told the truth',
    async (night, relay) => {
      const { client } = night
      for (let round = 0; round < 20; round++) {
        const from = night.statuses.length
        const reads = Array.from({ length: 20 }, () => client.sendRaw('Ping', {}, { retry: true, timeout: 20_000 }))
        const calls = new Pending({ Ping: client.send('Ping'), Challenge: client.sendRaw('CoreStatus') })
        calls.struck()
        relay.reset()
        for (const { action, error, took } of await calls.ended(BOUND)) {
          record({ kind: 'reset', where, ms: took })
          // an answer may have come before the reset
          if (error !== undefined) assert.equal(codeOf(error), 'AMI_LOST', action)
        }
        const answers = await within(BOUND, 'the calls that may be sent again', Promise.all(reads))
        assert.ok(answers.every(({ success }) => success))
        const ready = await night.status('ready', from)
        record({ kind: 'reconnect after a reset', where, ms: ready.gap ?? 0 })
      }
    },
  )
}

function someCalls({ client }: Night): Record<string, Promise<unknown>> {
  return {
    Ping: client.send('Ping'),
    CoreShowChannels: client.listRaw('CoreShowChannels').toArray(),
    Command: client.sendRaw('CoreSettings'),
  }
}

async function everyLost(calls: Pending, where: string, kind: string, ms: number): Promise<void> {
  for (const { action, error, took } of await calls.ended(ms)) {
    record({ kind, where, ms: took })
    assert.equal(codeOf(error), 'AMI_LOST', `${action}: ${error}`)
    assert.equal((error as LostError).delivered, 'unknown', `${action} had been handed to the socket`)
  }
}

async function cutInMessage(night: Night, relay: Relay, where: string, how: Cut): Promise<void> {
  const from = night.statuses.length
  // in the second of the answers, whatever the version: past the first one's header, before the second one's end
  relay.cutAfter('down', 150, how)
  const calls = new Pending({
    ListCommands: night.client.sendRaw('ListCommands'),
    Ping: night.client.send('Ping'),
  })
  calls.struck()
  await everyLost(calls, where, how === 'reset' ? 'reset mid-message' : 'end mid-message', BOUND)
  const lost = await night.status('lost', from)
  assert.equal(lost.eventsMissing, true, 'what came after the cut is not known')
  const ready = await night.status('ready', from)
  assert.ok(ready.gap !== null)
  record({ kind: `reconnect after ${how} mid-message`, where, ms: ready.gap })
}
