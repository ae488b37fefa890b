import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { ActionError, TimeoutError } from '../../../src/errors.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import { readyRig, watch } from '../../support/rig.ts'

describe('an answer', () => {
  test('goes to its call by ActionID, in whatever order the answers come', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const calls = ['a', 'b', 'c'].map((name) => client.sendRaw(name))
    const heard = [await peer.next(), await peer.next(), await peer.next()]
    for (const one of heard.toReversed()) peer.reply(one, 'Success', `Message: ${one.name}`)
    assert.deepEqual(
      (await Promise.all(calls)).map((reply) => [reply.success, reply.message, reply.source, reply.epoch]),
      [
        [true, 'a', 'pbx', 1],
        [true, 'b', 'pbx', 1],
        [true, 'c', 'pbx', 1],
      ],
    )
  })

  test('carries its headers by name, and its events', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const reply = client.sendRaw('CoreStatus')
    peer.reply(await peer.next(), 'Success', 'CoreCurrentCalls: 3', 'coreReloadTime: x')
    const response = await reply
    const { CoreCurrentCalls, events, completion, actionId } = response
    assert.equal(CoreCurrentCalls, '3')
    assert.equal(response.get('CoreReloadTime'), 'x')
    assert.deepEqual(events, [])
    assert.equal(completion, undefined)
    assert.equal(actionId, peer.actions.at(-1)?.id)
  })

  test('without ActionID goes to the oldest call that waits, strictly in order, once a later one is answered by name', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const calls = ['a', 'b', 'c'].map((name) => watch(client.sendRaw(name)))
    const [, b] = [await peer.next(), await peer.next(), await peer.next()]
    peer.say('Response: Success', 'Message: first')
    await settle()
    assert.equal(calls[0]?.done, false)
    peer.reply(b as never, 'Success', 'Message: second')
    peer.say('Response: Success', 'Message: third')
    await settle()
    assert.deepEqual(
      calls.map(({ done }) => done),
      [true, true, false],
    )
    const pings = [await peer.next(), await peer.next()]
    assert.deepEqual(
      pings.map(({ name }) => name),
      ['Ping', 'Ping'],
    )
    for (const ping of pings) peer.reply(ping)
    await settle()
    assert.deepEqual(
      calls.map(({ value }) => value?.message),
      ['first', 'second', 'third'],
    )
    assert.deepEqual([client.stats().unclaimedReplies, client.stats().inFlight], [0, 0])
  })

  test('without ActionID decides nothing where the call is answered by name as well', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('Hangup'))
    const heard = await peer.next()
    peer.say('Response: Success', 'Message: forged')
    peer.reply(heard, 'Error', 'Message: No such channel')
    peer.reply(await peer.next())
    await settle()
    assert.equal((call.error as { code: string }).code, 'AMI_REFUSED')
    assert.deepEqual([client.stats().unclaimedReplies, client.stats().inFlight], [1, 0])
  })

  test('without ActionID never goes to a call before one that is answered already', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const a = watch(client.sendRaw('a'))
    const b = client.sendRaw('b')
    await peer.next()
    peer.reply(await peer.next())
    await b
    peer.say('Response: Success', 'Message: whose?')
    await settle()
    assert.equal(a.done, false)
    assert.equal(client.stats().unclaimedReplies, 1)
  })

  test('with an ActionID that only begins or ends as that of the call is nobody’s', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('a'))
    const { id } = await peer.next()
    const others = [`${id}0`, id.slice(0, -1), ` ${id}`, `${id} `, `${id}\n`, `0${id}`]
    for (const other of others) peer.say('Response: Success', `ActionID: ${other}`, 'Message: another')
    peer.say('Response: Successful', `ActionID: ${id}0`)
    await settle()
    assert.deepEqual([call.done, client.stats().unclaimedReplies], [false, others.length + 1])
    peer.say('Response: Success', `ActionID: ${id}`, 'ActionID: second', 'Message: own')
    await settle()
    assert.equal(call.value?.message, 'own')
  })

  test('that nobody waits for is counted and dropped', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    peer.say('Response: Success', 'ActionID: forged', 'Message: hello')
    await settle()
    assert.equal(client.stats().unclaimedReplies, 1)
    assert.equal(client.stats().lateReplies, 0)
    assert.equal(client.state, 'ready')
  })

  test('that comes a second time is counted as late and dropped', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const reply = client.sendRaw('ModuleLoad')
    const heard = await peer.next()
    peer.reply(heard, 'Error', 'Message: first')
    peer.reply(heard, 'Error', 'Message: second')
    await assert.rejects(reply, { code: 'AMI_REFUSED' })
    await settle()
    assert.equal(client.stats().lateReplies, 1)
  })
})

describe('a refusal', () => {
  test('rejects with the whole answer', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const reply = client.sendRaw('Hangup', { Channel: 'x' })
    peer.reply(await peer.next(), 'Error', 'Message: No such channel', 'Extra: 1')
    await assert.rejects(reply, (error) => {
      assert.ok(error instanceof ActionError)
      assert.equal(error.code, 'AMI_REFUSED')
      assert.equal(error.source, 'pbx')
      assert.equal(error.retryable, false)
      assert.match(error.message, /^pbx: Hangup was refused: No such channel/)
      assert.equal((error.response as { Extra?: string }).Extra, '1')
      return true
    })
  })

  test('resolves where the caller looks for himself', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const reply = client.sendRaw('Hangup', {}, { check: false })
    peer.reply(await peer.next(), 'Error', 'Message: No such channel')
    assert.deepEqual([(await reply).success, (await reply).message], [false, 'No such channel'])
  })
})

describe('a timeout', () => {
  test('ends a call that nobody answers, and not before its time', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('Slow'))
    await peer.next()
    rig.clock.tick(9_999)
    await settle()
    assert.equal(call.done, false)
    rig.clock.tick(1)
    await settle()
    assert.ok(call.error instanceof TimeoutError)
    assert.equal(call.error.delivered, 'unknown')
    assert.match(call.error.message, /^pbx: no answer to Slow \(.*\) within 10000 ms$/)
  })

  test('is counted from the call, its wait for a login included, and says so', async () => {
    await using rig = await readyRig({ reconnect: () => 60_000 })
    const { client, peer } = rig
    peer.end()
    await settle()
    const call = watch(client.sendRaw('Slow', {}, { timeout: 500 }))
    rig.clock.tick(500)
    await settle()
    assert.ok(call.error instanceof TimeoutError)
    assert.equal(call.error.delivered, 'no')
    assert.match(call.error.message, /it waited for a login/)
    assert.equal(client.stats().queued, 0)
  })

  test('says which blocking action was in front', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const blocking = watch(client.sendRaw('Originate', { Channel: 'SIP/1', Timeout: 60_000 }, { timeout: 90_000 }))
    rig.clock.tick(1_000)
    const call = watch(client.sendRaw('Ping', {}, { timeout: 2_000 }))
    const originate = await peer.next()
    rig.clock.tick(2_000)
    await settle()
    assert.match(String((call.error as Error).message), new RegExp(`it waited behind Originate \\(${originate.id}\\)`))
    assert.equal(blocking.done, false)
  })

  test('names no action that has been answered, or that does not block', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const async = client.sendRaw('Originate', { Channel: 'SIP/1', Async: true })
    peer.reply(await peer.next())
    await async
    void client.sendRaw('Getvar', {}, { timeout: 60_000 }).catch(() => {})
    const call = watch(client.sendRaw('Ping', {}, { timeout: 2_000 }))
    rig.clock.tick(2_000)
    await settle()
    assert.doesNotMatch(String((call.error as Error).message), /behind/)
  })

  test('of a list gives the rows so far, and says that its end is missing', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('Status'))
    const heard = await peer.next()
    peer.reply(heard, 'Success', 'EventList: start')
    peer.say('Event: Status', 'Channel: SIP/1', `ActionID: ${heard.id}`)
    await settle()
    rig.clock.tick(10_000)
    await settle()
    const error = call.error as TimeoutError<{ Channel: string }>
    assert.deepEqual(
      error.events.map(({ Channel }) => Channel),
      ['SIP/1'],
    )
    assert.match(error.message, /no end of the answer/)
  })

  test('is followed by a late answer that is counted and hits nobody else', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const slow = watch(client.sendRaw('Slow', {}, { timeout: 10 }))
    const late = await peer.next()
    rig.clock.tick(10)
    await settle()
    assert.equal(slow.done, true)
    const next = watch(client.sendRaw('Next'))
    peer.say('Response: Success', 'Message: late, and without its ActionID')
    await settle()
    assert.equal(next.done, false)
    assert.equal(client.stats().lateReplies, 1)
    peer.reply(late)
    peer.reply(await peer.next(), 'Success', 'Message: mine')
    await settle()
    assert.equal((next.value as { message: string }).message, 'mine')
    assert.equal(client.stats().lateReplies, 2)
    assert.equal(client.stats().inFlight, 0)
  })

  test('leaves no timer behind', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const before = rig.clock.pending
    const calls = Array.from({ length: 50 }, (_, i) => client.sendRaw('X', {}, { timeout: 1_000 + i }))
    for (let i = 0; i < 50; i++) peer.reply(await peer.next())
    await Promise.all(calls)
    assert.ok(rig.clock.pending <= before + 1, `${rig.clock.pending} timers`)
    client.destroy()
    assert.equal(rig.clock.pending, 0)
  })

  test('must be a number of milliseconds that a timer can hold', async () => {
    await using rig = await readyRig()
    const { client } = rig
    for (const timeout of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2_147_483_648, '5' as never]) {
      assert.throws(() => client.sendRaw('X', {}, { timeout }), { code: 'AMI_ARGUMENT', argument: 'timeout' })
    }
  })
})

describe('abort', () => {
  test('before the call rejects with the reason and sends nothing', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const reason = new Error('never mind')
    await assert.rejects(client.sendRaw('X', {}, { signal: AbortSignal.abort(reason) }), reason)
    await settle()
    assert.equal(peer.actions.length, 2)
    assert.deepEqual([client.stats().inFlight, client.stats().queued], [0, 0])
  })

  test('while the call waits takes it out of the queue', async () => {
    await using rig = await readyRig({ maxInFlight: 1 })
    const { client } = rig
    const abort = new AbortController()
    void client.sendRaw('First').catch(() => {})
    const call = watch(client.sendRaw('X', {}, { signal: abort.signal }))
    assert.equal(client.stats().queued, 1)
    abort.abort('why')
    await settle()
    assert.equal(call.error, 'why')
    assert.equal(client.stats().queued, 0)
  })

  test('after the call was sent rejects at once, and its answer is late', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const abort = new AbortController()
    const call = watch(client.sendRaw('X', {}, { signal: abort.signal }))
    const heard = await peer.next()
    abort.abort()
    await settle()
    assert.equal((call.error as Error).name, 'AbortError')
    peer.reply(heard)
    await settle()
    assert.equal(client.stats().lateReplies, 1)
  })

  test('after the answer does nothing', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const abort = new AbortController()
    const call = client.sendRaw('X', {}, { signal: abort.signal })
    peer.reply(await peer.next())
    assert.equal((await call).success, true)
    abort.abort()
    await settle()
    assert.equal(client.stats().lateReplies, 0)
  })

  test('leaves no listener on the signal, however the call ended', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const { signal } = new AbortController()
    const answered = client.sendRaw('X', {}, { signal })
    const refused = client.sendRaw('X', {}, { signal }).catch(() => {})
    const timedOut = client.sendRaw('X', {}, { signal, timeout: 5 }).catch(() => {})
    const lost = client.sendRaw('X', {}, { signal }).catch(() => {})
    peer.reply(await peer.next())
    peer.reply(await peer.next(), 'Error')
    rig.clock.tick(5)
    await settle()
    peer.end()
    await Promise.all([answered, refused, timedOut, lost])
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })
})

test('what must not be sent throws at once and leaves nothing behind', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  assert.throws(() => client.sendRaw('X\r\n'), { code: 'AMI_ARGUMENT', argument: 'Action' })
  assert.throws(() => client.sendRaw(5 as never), { code: 'AMI_ARGUMENT', argument: 'action' })
  assert.throws(() => client.sendRaw('X', { A: 'a\nb' }), { code: 'AMI_ARGUMENT', argument: 'A' })
  assert.throws(() => client.sendRaw('X', {}, { actionId: 'a b' }), { code: 'AMI_ARGUMENT', argument: 'actionId' })
  assert.throws(() => client.sendRaw('X', {}, { variables: { 'a=b': 1 } }), { code: 'AMI_ARGUMENT' })
  await settle()
  assert.equal(peer.actions.length, 2)
  assert.deepEqual([client.stats().inFlight, client.stats().queued], [0, 0])
})
