// needs: both
// A hurried caller does things twice, too early, too late, leaves in the middle and knocks at the wrong port.
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { type Client, connect, createClient, createFleet, getVariable, hangup, updateConfig } from 'amiable'
import { heardBy, optionsFor, overTls } from '../../support/client.ts'
import { type Target, withAsterisk, withSimulator } from '../../targets.ts'

const boom = new Error('of the caller')
const USER_EVENT = { UserEvent: 'Order' }

/** Nothing is left in a client. */
function assertIdle(ami: Client): void {
  const { inFlight, queued, held, backlog } = ami.stats()
  assert.deepEqual({ inFlight, queued, held, backlog }, { inFlight: 0, queued: 0, held: 0, backlog: 0 })
  assert.match(inspect(ami), /, 0 listeners, 0 calls in flight(?:, read without the scan .*)?$/)
}

function suite(target: Target): void {
  const withOwn = async (body: (ami: Client) => Promise<void>) => {
    await using ami = await connect(optionsFor(target))
    await body(ami)
    assertIdle(ami)
  }

  test('too early: every call says that connect() comes first, and nothing waits', () => {
    const ami = createClient(optionsFor(target))
    const early: (() => unknown)[] = [
      () => ami.send('Ping'),
      () => ami.list('CoreShowChannels'),
      () => ami.originate({ Channel: 'Local/wait@default', Application: 'Wait' }),
    ]
    for (const call of early) {
      assert.throws(call, {
        code: 'AMI_ARGUMENT',
        argument: 'connect()',
        message: /^connect\(\) was not called: call it before you send \w+$/,
      })
    }
    assertIdle(ami)
    ami.destroy()
  })

  test('too early: what returns a promise of its own rejects with the same', async () => {
    const ami = createClient(optionsFor(target))
    for (const call of [ami.command('core show version'), getVariable(ami, 'A'), hangup(ami, { channel: 'x' })]) {
      await assert.rejects(call, { code: 'AMI_ARGUMENT', argument: 'connect()' })
    }
    ami.destroy()
    await ami.closed
  })

  test('too late: every call says that the client is closed, loops end, and closing again is no matter', async () => {
    const ami = await connect(optionsFor(target))
    const [one, two] = [ami.close(), ami.close()]
    const events = ami.events()
    await Promise.all([one, two, ami.close({ timeout: 0 })])
    ami.destroy()
    await ami.close()
    const closed = { code: 'AMI_CLOSED', message: /the client is closed/ }
    await assert.rejects(ami.send('Ping'), closed)
    await assert.rejects(ami.list('CoreShowChannels').toArray(), closed)
    await assert.rejects(ami.originate({ Channel: 'Local/wait@default', Application: 'Wait' }), closed)
    await assert.rejects(ami.command('core show version'), closed)
    await assert.rejects(ami.connect(), closed)
    for await (const _ of events) assert.fail('an event of a closed client')
    for await (const _ of ami.events()) assert.fail('an event of a closed client')
    for await (const status of ami.status()) assert.fail(`${status.type} of a closed client`)
    ami.on('Hangup', () => {}).remove()
    // nobody reads this list, and it fails: that is nobody's unhandled rejection
    ami.list('CoreShowChannels')
    assertIdle(ami)
    assert.equal((await ami.closed).by, 'close')
  })

  test('connect() many times is one login, and close() in the middle of it ends all of them', async () => {
    const ami = createClient(optionsFor(target))
    const attempts = Promise.allSettled([ami.connect(), ami.connect(), ami.connect()])
    await ami.close({ timeout: 0 })
    for (const { status, ...result } of await attempts) {
      if (status === 'rejected') assert.equal((result as { reason: { code?: string } }).reason.code, 'AMI_CLOSED')
    }
    assertIdle(ami)
  })

  test('listeners that remove themselves, each other and the client, in the middle of an event', async () => {
    const ami = await connect(optionsFor(target))
    const heard: string[] = []
    const first = ami.on('UserEvent', (_, own) => {
      heard.push('first')
      own.remove()
      own.remove()
      second.remove()
      ami.on('UserEvent', () => heard.push('late'))
    })
    const second = ami.on('UserEvent', () => heard.push('second'))
    ami.on('UserEvent', () => {
      heard.push('third')
      ami.destroy(boom)
    })
    ami.on('UserEvent', () => heard.push('fourth'))
    await ami.send('UserEvent', USER_EVENT).catch(() => {})
    const { by, error } = await ami.closed
    assert.deepEqual({ by, error }, { by: 'destroy', error: boom })
    assert.deepEqual(heard.slice(0, 3), ['first', 'third', 'fourth'])
    assert.equal(ami.removeListener(first.id), false)
    assertIdle(ami)
  })

  test('a loop that is left early, by break, by an error or by an abort, leaves nothing', async () => {
    await withOwn(async (ami) => {
      const { signal } = new AbortController()
      const raise = () => void ami.send('UserEvent', USER_EVENT)
      raise()
      for await (const _ of ami.events('UserEvent', { signal })) break
      raise()
      await assert.rejects(async () => {
        for await (const _ of ami.events('UserEvent', { signal })) throw boom
      }, boom)
      const aborted = AbortSignal.abort(boom)
      await assert.rejects(async () => {
        for await (const _ of ami.events('UserEvent', { signal: aborted })) assert.fail('an event after the abort')
      }, boom)
      for await (const _ of ami.list('CoreShowChannels', {}, { signal })) break
      await assert.rejects(async () => {
        for await (const _ of ami.list('CoreShowChannels', {}, { signal: aborted })) assert.fail('a row')
      }, boom)
      await assert.rejects(ami.send('Ping', {}, { signal: aborted }), boom)
      await assert.rejects(ami.originate({ Channel: 'Local/wait@default' }, { signal: aborted }), boom)
      await ami.send('Ping')
      assert.deepEqual([getEventListeners(signal, 'abort').length, getEventListeners(aborted, 'abort').length], [0, 0])
    })
  })

  test('a list that nobody reads, one that is read twice, and one that is read from two sides', async () => {
    await withOwn(async (ami) => {
      // of the same length each time: channels of others come and go
      ami.list('QueueSummary')
      const list = ami.list('QueueSummary')
      const rows = await list.toArray()
      assert.deepEqual(await list.toArray(), [])
      for await (const _ of list) assert.fail('a row that was read already')
      assert.equal(list.completion?.Event, 'QueueSummaryComplete')
      const both = ami.list('QueueSummary')
      const halves = await Promise.all([both.toArray(), both.toArray()])
      assert.equal(halves.flat().length, rows.length)
      await ami.send('Ping')
    })
  })

  test('one client in two scopes is closed once, and a fleet refuses a name that it has', async () => {
    await using ami = await connect(optionsFor(target))
    {
      await using same = ami
      await same.send('Ping')
    }
    assert.equal(ami.state, 'closed')
    await using fleet = createFleet([optionsFor(target, { name: 'a' } as never)])
    assert.throws(() => fleet.add({ ...optionsFor(target), name: 'a' }), { code: 'AMI_ARGUMENT', argument: 'name' })
    await fleet.connect()
    assert.equal(await fleet.remove('b'), false)
    assert.deepEqual(await Promise.all([fleet.remove('a'), fleet.remove('a')]), [true, true])
    fleet.destroy()
    assert.throws(() => fleet.add(optionsFor(target)), { code: 'AMI_CLOSED' })
    await fleet.closed
  })

  test('nothing to change writes nothing, and a dial without a target is refused with the reason', async () => {
    await withOwn(async (ami) => {
      const { bytesWritten } = ami.stats()
      await updateConfig(ami, 'amiable-none.conf', [], { reload: true })
      assert.equal(ami.stats().bytesWritten, bytesWritten)
      const nowhere = { Channel: 'Local/wait@default', Context: 'none', Exten: 'none', Priority: 1 }
      const message = /Originate was refused: Extension does not exist/
      await assert.rejects(ami.originate(nowhere), { code: 'AMI_REFUSED', message })
      // without a priority Asterisk looks for no extension where it dials asynchronously, and only there
      const { outcome } = await ami.originate({ Channel: 'Local/quick@default' })
      assert.equal(outcome, 'answered')
      await assert.rejects(ami.sendRaw('Originate', { Channel: 'Local/quick@default' }), {
        code: 'AMI_REFUSED',
        message: /Originate with 'Exten' requires 'Context' and 'Priority'/,
      })
    })
  })

  test('an async listener that throws is told of with its listener, and the others hear the event', async () => {
    const told: string[] = []
    const onListenerError = (error: unknown, listener: object) => {
      told.push(`${(error as Error).message}: ${inspect(listener)}`)
    }
    await using ami = await connect(optionsFor(target, { onListenerError }))
    let heard = 0
    const { id } = ami.on('UserEvent', async () => {
      await null
      throw boom
    })
    ami.on('UserEvent', () => heard++)
    await ami.send('UserEvent', USER_EVENT)
    await heardBy(ami, ami)
    assert.equal(heard, 1)
    assert.deepEqual(told, [`of the caller: Listener ${id} of UserEvent`])
  })

  test('without TLS at the TLS port, and with it at the other: each says which option is wrong', async () => {
    const { host, port, tls } = { ...optionsFor(target), ...overTls(target) }
    const plain = connect(optionsFor(target, { host: String(host), port: Number(port), loginTimeout: 400 }))
    await assert.rejects(plain, { code: 'AMI_CONNECT', message: /it may speak TLS \(set tls\)/ })
    const secured = connect(optionsFor(target, { tls: tls as object }))
    await assert.rejects(secured, { code: 'AMI_CONNECT', message: /does not speak TLS on this port/ })
  })
}

await withSimulator((target) => describe(target.name, () => suite(target)))
for (const version of [22, 16] as const) withAsterisk(version, (target) => describe(target.name, () => suite(target)))

describe('methods of other libraries', () => {
  const ami = createClient({ username: 'frank', secret: 'lean' }) as never as Record<string, () => unknown>
  const fleet = createFleet([]) as never as Record<string, () => unknown>

  test('say what does the same here, and are seen by no loop and no type', () => {
    const meant: [Record<string, () => unknown>, string, RegExp][] = [
      [ami, 'once', /^once\(\) is unknown: use on\(filter, handler, \{ once: true \}\)$/],
      [ami, 'off', /^off\(\) is unknown: use remove\(\) of what on\(\) gave, or removeListener\(listener\.id\)$/],
      [ami, 'emit', /^emit\(\) is unknown: events come from the server/],
      [ami, 'action', /^action\(\) is unknown: use send\(action, params\)/],
      [ami, 'disconnect', /^disconnect\(\) is unknown: use close\(\)$/],
      [ami, 'keepConnected', /^keepConnected\(\) is unknown: it reconnects by itself/],
      [fleet, 'send', /^send\(\) is unknown: use broadcast\(action, params\), or that of a member/],
      [fleet, 'once', /once: true/],
    ]
    for (const [object, name, message] of meant) {
      assert.throws(() => object[name]?.(), { code: 'AMI_ARGUMENT', argument: `${name}()`, message })
    }
    assert.deepEqual(Object.keys(ami), ['name'])
    for (const name in ami) assert.ok(!/^(?:once|off|emit)$/.test(name))
  })

  test("removeListener with an event's name or a handler says what it takes", () => {
    const client = createClient({ username: 'frank', secret: 'lean' })
    for (const wrong of ['Hangup', () => {}, client.on('Hangup', () => {})]) {
      assert.throws(() => client.removeListener(wrong as never), {
        code: 'AMI_ARGUMENT',
        message: /^id must be the id of what on\(\) gave, as in removeListener\(listener\.id\), got /,
      })
    }
  })
})
