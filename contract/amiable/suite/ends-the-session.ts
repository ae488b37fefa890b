import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, createClient } from 'amiable'
import { assertClean, nextEvent, optionsFor, withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

/** How a session ends, and what a call that blocks it does to those behind. */
export function life(target: Target): void {
  const { name } = target

  test(`${name}: close says goodbye, and is over once`, async () => {
    const ami = await connect(optionsFor(target))
    const pong = ami.send('Ping')
    await Promise.all([ami.close(), ami.close()])
    // what was in flight is answered first
    assert.equal((await pong).Ping, 'Pong')
    await ami.close()
    assert.deepEqual(await ami.closed, { by: 'close' })
    assert.equal(ami.state, 'closed')
    await assert.rejects(ami.send('Ping'), { code: 'AMI_CLOSED' })
    await assert.rejects(ami.connect(), { code: 'AMI_CLOSED' })
    assert.equal(ami.stats().inFlight, 0)
  })

  test(`${name}: destroy ends at once, and calls in flight are told`, async () => {
    const ami = await connect(optionsFor(target))
    const pings = Promise.allSettled([ami.send('Ping'), ami.send('Ping')])
    ami.destroy(new Error('enough'))
    for (const { status } of await pings) assert.equal(status, 'rejected')
    const { by, error } = await ami.closed
    assert.deepEqual([by, error?.message], ['destroy', 'enough'])
    ami.destroy()
    await ami.close()
  })

  test(`${name}: await using closes`, async () => {
    let kept: Awaited<ReturnType<typeof connect>> | undefined
    {
      await using ami = await connect(optionsFor(target))
      kept = ami
    }
    assert.equal(kept.state, 'closed')
  })

  test(`${name}: Logoff is answered with Goodbye, and the link goes`, async () => {
    const ami = createClient(optionsFor(target))
    await ami.connect()
    const goodbye = await ami.sendRaw('Logoff')
    assert.deepEqual([goodbye.success, goodbye.get('Response')], [true, 'Goodbye'])
    const { by, error } = await ami.closed
    assert.deepEqual([by, (error as { code?: string }).code], ['failed', 'AMI_LOST'])
  })

  test(`${name}: after a Logoff of its own a client that reconnects is back, listeners and all`, async () => {
    await using ami = createClient({ ...optionsFor(target), reconnect: { initialDelay: 10 } })
    const heard = nextEvent(ami, 'UserEvent', (event) => event.epoch === 2 && event.get('UserEvent') === 'Back')
    await ami.connect()
    await ami.sendRaw('Logoff')
    for await (const { type } of ami.status()) if (type === 'ready') break
    assert.equal(ami.epoch, 2)
    await ami.sendRaw('UserEvent', { UserEvent: 'Back' })
    await heard
    assert.equal(ami.stats().reconnects, 1)
  })

  test(`${name}: a call made before the login waits for it`, async () => {
    await using ami = createClient(optionsFor(target))
    assert.throws(() => ami.send('Ping'), { code: 'AMI_ARGUMENT', message: /^connect\(\) was not called/ })
    const connected = ami.connect()
    const pong = ami.send('Ping')
    await connected
    assert.equal((await pong).Ping, 'Pong')
  })

  test(`${name}: a call that is aborted rejects with its reason, and its answer is dropped quietly`, () =>
    withClient(target, async (ami) => {
      const controller = new AbortController()
      const pong = ami.send('Ping', {}, { signal: controller.signal })
      const reason = new Error('never mind')
      // its bytes leave at the end of this turn, and no answer can come before the next
      await new Promise<void>((resolve) => process.nextTick(resolve))
      controller.abort(reason)
      await assert.rejects(pong, reason)
      assert.equal((await ami.send('Ping')).Ping, 'Pong')
      assert.equal(ami.stats().lateReplies, 1)
    }))

  if (target.real && !target.full) return

  // manager.c:action_originate holds the session until the call is answered or its time is up
  test(`${name}: an Originate that is not Async blocks the session, and what waits behind it is answered after`, () =>
    withClient(target, async (ami) => {
      const order: string[] = []
      const params = { Channel: 'Local/noanswer@default/n', Application: 'Wait', Data: 1, Timeout: 1_000 }
      const call = ami.sendRaw('Originate', params, { check: false }).then((reply) => {
        order.push('Originate')
        assert.deepEqual([reply.success, reply.message], [false, 'Originate failed'])
      })
      const pings = [1, 2, 3].map(() => ami.send('Ping').then(() => order.push('Ping')))
      await Promise.all([call, ...pings])
      assert.deepEqual(order, ['Originate', 'Ping', 'Ping', 'Ping'])
    }))

  test(`${name}: a call behind one that blocks times out and says what it waited behind`, async () => {
    await using ami = await connect(optionsFor(target))
    const params = { Channel: 'Local/noanswer@default/n', Application: 'Wait', Data: 1, Timeout: 1_000 }
    const call = ami.sendRaw('Originate', params, { check: false })
    await assert.rejects(ami.send('Ping', {}, { timeout: 200 }), { code: 'AMI_TIMEOUT', message: /behind Originate/ })
    await call
    assert.equal((await ami.send('Ping')).Ping, 'Pong')
    // the Ping's answer came after all, and was known for what it is
    assert.equal(ami.stats().lateReplies, 1)
    assertClean(ami)
  })

  test(`${name}: close waits for a call that blocks`, async () => {
    const ami = await connect(optionsFor(target))
    const params = { Channel: 'Local/answered@default/n', Application: 'Wait', Data: 1, Timeout: 5_000 }
    const call = ami.sendRaw('Originate', params)
    await ami.close()
    assert.equal((await call).message, 'Originate successfully queued')
  })
}
