import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { connect, type LostError } from 'amiable'
import { startServer } from 'amiable/testing'
import { runProgram } from '../../../tools/testbed/child.ts'
import { codeOf, Night, Pending, within } from './nights/fault-session.ts'
import { record } from './nights/results.ts'

const account = { username: 'frank', secret: 'lean' }
const where = 'simulator'
const BOUND = 5_000
// no event of the catalog's
const END: string = 'End'

describe('close', () => {
  test('lets calls in flight finish, refuses new ones, logs off and reads the goodbye', async () => {
    await using server = await startServer()
    const ami = await connect({ host: server.host, port: server.port, ...account })
    server.faults.replyLate(100, { action: 'CoreSettings' })
    const call = ami.send('CoreSettings')
    const start = performance.now()
    const closing = ami.close()
    assert.equal(ami.state, 'closing')
    await assert.rejects(ami.send('Ping'), { code: 'AMI_CLOSED' })
    assert.ok((await call).success)
    await within(BOUND, 'the end', closing)
    record({ kind: 'close with a call in flight', where, ms: performance.now() - start })
    assert.deepEqual(await ami.closed, { by: 'close' })
    assert.deepEqual(
      server.calls.slice(2).map(({ name, outcome }) => [name, outcome]),
      [
        ['CoreSettings', 'executed'],
        ['Logoff', 'executed'],
      ],
    )
  })

  test('gives calls that are never answered its timeout, and tells them the truth', async () => {
    await using server = await startServer()
    const ami = await connect({ host: server.host, port: server.port, ...account })
    server.faults.drop({ action: 'CoreSettings' })
    const calls = new Pending({ CoreSettings: ami.send('CoreSettings'), list: ami.listRaw('CoreSettings').toArray() })
    const start = performance.now()
    await within(BOUND, 'the end', ami.close({ timeout: 100 }))
    record({ kind: 'close with a call never answered', where, ms: performance.now() - start })
    for (const { error } of await calls.ended(BOUND)) {
      assert.equal(codeOf(error), 'AMI_LOST')
      assert.equal((error as LostError).delivered, 'unknown')
    }
  })

  test('on a line that has died ends all the same', async () => {
    await using server = await startServer()
    const ami = await connect({ host: server.host, port: server.port, ...account })
    server.faults.stall()
    const start = performance.now()
    await within(BOUND, 'the end', ami.close())
    record({ kind: 'close on a dead line', where, ms: performance.now() - start })
  })

  test('refuses what still waits for its turn', async () => {
    await using server = await startServer()
    const ami = await connect({ host: server.host, port: server.port, ...account, maxInFlight: 1 })
    server.faults.replyLate(50)
    const first = ami.send('Ping')
    const second = assert.rejects(ami.send('Ping'), { code: 'AMI_CLOSED' })
    await Promise.all([ami.close(), first, second])
  })
})

describe('close and destroy', () => {
  const orders: ('close' | 'destroy')[][] = [
    ['close', 'close'],
    ['close', 'destroy'],
    ['destroy', 'close'],
    ['destroy', 'destroy'],
    ['close', 'destroy', 'close', 'destroy'],
  ]
  for (const order of orders) {
    for (const inside of [false, true]) {
      test(`${order.join(', then ')}${inside ? ', from inside a listener' : ''}`, async () => {
        await using server = await startServer()
        await using night = await Night.begin({ host: server.host, port: server.port, ...account })
        const { client } = night
        const ends: Promise<void>[] = []
        let heard = 0
        const all = () => {
          for (const one of order) {
            if (one === 'close') ends.push(client.close())
            else client.destroy()
          }
        }
        const first = client.events(END)
        client.on(END, () => {
          heard++
          if (inside) all()
        })
        // two at once: what the first one's listener does must not lose the second, nor deliver it twice
        server.send('Event: End\r\n\r\nEvent: End\r\n\r\n')
        await within(BOUND, 'the events', first.next())
        if (!inside) all()
        const reason = await within(BOUND, 'the end', client.closed)
        await Promise.all(ends)
        assert.equal(reason.by, order.includes('destroy') ? 'destroy' : 'close')
        assert.ok(heard <= 2 * (inside ? order.length : 1))
        assert.equal(night.client.state, 'closed')
      })
    }
  }

  test('destroy hands its error to the loops, and to closed', async () => {
    await using server = await startServer()
    const ami = await connect({ host: server.host, port: server.port, ...account })
    const loop = ami.events('*')
    const next = loop.next()
    const why = new Error('the machine goes')
    ami.destroy(why)
    await assert.rejects(next, why)
    assert.deepEqual(await ami.closed, { by: 'destroy', error: why })
  })
})

describe('nothing holds the event loop open', async () => {
  const program = fileURLToPath(new URL('./children/ends.ts', import.meta.url))
  const server = await startServer()
  after(() => server.close())
  server.handle('Never', () => undefined)
  const ways = [
    'close',
    'destroy',
    'close in a listener',
    'never connected',
    'closed while it waits to try again',
    'nobody listens',
    'a wrong secret',
    'an aborted connect',
    'loops left behind',
    'a call with a long timeout',
    'await using',
  ]
  for (const way of ways) {
    test(way, async () => {
      const start = performance.now()
      assert.deepEqual(await runProgram(program, { args: [way, String(server.port)] }), { code: 0, output: 'done\n' })
      record({ kind: 'process that ends after its work', where, ms: performance.now() - start })
    })
  }
})
