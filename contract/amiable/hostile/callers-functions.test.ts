// What a caller's own functions throw or give must not keep a client from its end, nor from connecting again.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Client, type ClientOptions, type Clock, connect, createClient, updateConfig } from 'amiable'
import { startServer } from 'amiable/testing'
import { FROM_SOURCES } from '../../../tools/testbed/child.ts'

const server = await startServer({ users: { frank: 'lean' }, configs: { 'a.conf': '[a]\nx=1\n' } })
after(() => server.close())
server.handle('Raise', () => {
  server.emit('Mine')
  return {}
})
server.handle('Never', () => undefined)

const options = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
const error = new Error('of the caller')
const fails = () => {
  throw error
}
const METHODS = ['now', 'elapsed', 'setTimeout', 'clearTimeout'] as const
const machine: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout: (callback, delay) => setTimeout(callback, delay),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

/** A clock of which one method fails when it is called for the nth time. */
function failing(method: keyof Clock, good: number, fail: () => unknown): Clock {
  let calls = 0
  const own = (...args: never[]) =>
    ++calls > good ? fail() : (machine[method] as (...args: never[]) => unknown)(...args)
  return { ...machine, [method]: own }
}

/** A life with calls, events and a lost link; what fails of it is what is tried. */
async function lifeOf(client: Client, end: 'close' | 'destroy'): Promise<void> {
  client.on('Mine' as string, () => {})
  const within = (promise: Promise<unknown>) => Promise.race([promise, wait(300)]).catch(() => {})
  await within(client.connect())
  if (client.state !== 'closed') {
    const call = (async () => client.sendRaw('Raise', undefined, { timeout: 200 }))()
    server.disconnect()
    await within(call)
    await within(client.connect())
  }
  if (end === 'destroy') client.destroy()
  else await client.close({ timeout: 50 })
}

async function assertEnds(client: Client, end: 'close' | 'destroy', what: string): Promise<void> {
  await lifeOf(client, end)
  const by = await Promise.race([client.closed.then((reason) => reason.by), wait(20_000, 'never', { ref: false })])
  assert.match(by, /^(?:close|destroy|failed)$/, `${what}, ${end}`)
  assert.equal(client.state, 'closed')
  assert.equal(client.stats().inFlight, 0, what)
}

describe('a clock of the caller', () => {
  for (const method of METHODS) {
    test(`whose ${method} throws or gives no number ends the client, which says so`, async () => {
      for (const good of [0, 1, 3, 8]) {
        for (const end of ['close', 'destroy'] as const) {
          const clock = failing(method, good, fails)
          await assertEnds(createClient({ ...options, clock }), end, `${method} throws after ${good}`)
          const odd = failing(method, good, () => Number.NaN)
          await assertEnds(createClient({ ...options, clock: odd }), end, `${method} gives NaN after ${good}`)
        }
      }
    })
  }

  // what a call asks for while it begins
  for (const method of ['elapsed', 'setTimeout'] as const) {
    test(`whose ${method} ends the client leaves no call without an end`, async () => {
      let ended = 0
      for (let good = 0; good < 30; good++) {
        let client: Client | undefined
        const clock = { ...machine }
        let calls = 0
        const own = (...args: never[]) => {
          if (client?.state === 'ready' && calls++ === good) client.destroy()
          return (machine[method] as (...args: never[]) => unknown)(...args)
        }
        client = createClient({ ...options, clock: Object.assign(clock, { [method]: own }), keepalive: false })
        await client.connect().catch(() => {})
        const pings = [1, 2, 3].map(async () => client?.sendRaw('Ping', undefined, { timeout: 5_000, fence: true }))
        const all = await Promise.race([Promise.allSettled(pings), wait(2_000, undefined, { ref: false })])
        assert.ok(all, `a call has no end where ${method} destroys the client the ${good + 1}. time`)
        for (const one of all) if (one.status === 'rejected') assert.match(one.reason.code, /^AMI_(?:CLOSED|LOST)$/)
        const { inFlight, queued } = client.stats()
        if (client.state === 'closed') ended++
        assert.deepEqual([inFlight, queued], [0, 0], `${method}, the ${good + 1}. time`)
        client.destroy()
      }
      assert.ok(ended > 0, 'no call asks for it')
    })
  }

  test('is named where it tells no time, and what it threw is the reason of the end', async () => {
    const ends: [() => unknown, unknown][] = [
      [fails, error],
      [() => 'now', "clock.elapsed() must give a number of milliseconds, got the string 'now'"],
    ]
    for (const [fail, reason] of ends) {
      const client = createClient({ ...options, clock: failing('elapsed', 3, fail) })
      await client.connect().catch(() => {})
      await client.sendRaw('Ping').catch(() => {})
      const closed = await client.closed
      assert.equal(closed.by, 'destroy')
      assert.equal(reason === error ? closed.error : closed.error?.message, reason)
    }
  })
})

describe('a function of the caller', () => {
  const odd: Partial<Record<keyof ClientOptions, readonly unknown[]>> = {
    reconnect: [fails, () => Number.NaN, () => '5', () => Promise.reject(error)],
    random: [fails, () => Number.NaN, () => -1, () => '0.5'],
    socket: [fails, () => 5, () => Promise.reject(error)],
    secret: [fails, () => 5, () => 'a\r\nb', () => Promise.reject(error)],
  }
  for (const [name, functions] of Object.entries(odd)) {
    test(`${name} that throws, or gives something else, keeps no client from its end`, async () => {
      for (const one of functions) {
        for (const end of ['close', 'destroy'] as const) {
          await assertEnds(createClient({ ...options, [name]: one }), end, String(one))
        }
      }
    })
  }

  test('the client connects again after the usual delay where random throws or gives none', async () => {
    for (const random of [fails, () => Number.NaN] as (() => number)[]) {
      await using client = await connect({ ...options, random })
      const statuses = client.status()
      server.disconnect()
      for await (const status of statuses) {
        if (status.type === 'waiting') assert.ok(status.delay > 10 && status.delay < 1_000, String(status.delay))
        if (status.type === 'ready') break
      }
    }
  })

  test('that throws anywhere: the others are heard, what was thrown is uncaught, and the client ends', async () => {
    const child = new URL('children/throws-everywhere.ts', import.meta.url).pathname
    const { stdout } = await promisify(execFile)(process.execPath, [...FROM_SOURCES, child, String(server.port)])
    const { by, heard, uncaught } = JSON.parse(stdout)
    assert.deepEqual(by, ['close', 'close', 'close'])
    assert.deepEqual(heard, ['the others', 'the others', 'the others'])
    assert.deepEqual(uncaught, ['abort', 'async handler', 'async listener', 'listener', 'onListenerError', 'predicate'])
  })
})

describe('what a caller passed', () => {
  test('may be changed after the call: what was checked is what is sent', async () => {
    await using ami = await connect(options)
    const change = { change: 'insert' as const, category: 'a', line: 0, name: 'y', value: '2' }
    const changes = [change, { change: 'deleteCategory' as const, category: 'none' }].slice(0, 1)
    const more = { timeout: 5_000 }
    const written = updateConfig(ami, 'a.conf', changes, more)
    Object.assign(change, { name: '#exec', value: 'rm\r\nAction: Logoff' })
    changes.push(change)
    more.timeout = Number.NaN
    await written
    const [update] = server.calls.filter(({ name }) => name === 'UpdateConfig')
    assert.equal(update?.get('Var-000000'), 'y')
    assert.equal(update?.get('Value-000000'), '2')
    assert.equal(update?.get('Action-000001'), '')
  })

  test('may be used again and again, frozen or without a prototype', async () => {
    await using ami = await connect(Object.freeze(Object.assign(Object.create(null), options)))
    const params = Object.freeze(Object.assign(Object.create(null), { A: Object.freeze(['x', 'y']) }))
    const call = Object.freeze({ timeout: 5_000, variables: Object.freeze({ V: 'x' }) })
    for (let n = 0; n < 3; n++) await ami.sendRaw('Raise', params, call)
    const raised = server.calls.filter(({ name, getAll }) => name === 'Raise' && getAll !== undefined).slice(-3)
    assert.deepEqual(
      raised.map((action) => [action.getAll('A'), action.get('Variable')]),
      Array(3).fill([['x', 'y'], 'V=x']),
    )
  })

  test('is not what somebody has put on every object', async () => {
    const put = { Injected: 'x', action: 'Logoff', once: true }
    for (const [name, value] of Object.entries(put)) {
      Object.defineProperty(Object.prototype, name, { value, enumerable: true, configurable: true })
    }
    try {
      await using ami = await connect(options)
      let heard = 0
      ami.on('Mine' as string, () => heard++, {})
      await ami.sendRaw('Raise', { A: 'x' })
      await ami.sendRaw('Raise', { A: 'x' })
      const last = server.calls.filter(({ name }) => name === 'Raise').at(-1)
      assert.deepEqual(
        last?.headers.map(([name]) => name),
        ['Action', 'ActionID', 'A'],
      )
    } finally {
      for (const name of Object.keys(put)) Reflect.deleteProperty(Object.prototype, name)
    }
  })
})
