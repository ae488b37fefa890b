import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LostError } from '../../../src/errors.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import type { Heard } from '../../support/peer.ts'
import { Rig, readyRig, watch } from '../../support/rig.ts'
import { IDLE, newChannel, originateResponse, params } from './originate-events.ts'

test('abort hangs the channel up by its Uniqueid', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const controller = new AbortController()
  const call = watch(client.originate(params, { signal: controller.signal }))
  const action = await peer.next()
  peer.reply(action)
  newChannel(peer, action)
  await settle()
  controller.abort(new Error('changed my mind'))
  const ending = await peer.next()
  assert.equal(ending.name, 'Hangup')
  assert.equal(ending.get('Channel'), action.get('ChannelId'))
  await settle()
  assert.match(String(call.error), /changed my mind/)
  peer.reply(ending, 'Success', 'Message: Channel Hungup')
  await settle()
  originateResponse(peer, action, 'Failure', 0)
  await settle()
  assert.equal(rig.clock.pending, IDLE)
})

test('abort hangs the channel up also if a Hangup of it was told, which may be forged', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  const controller = new AbortController()
  const call = watch(client.originate(params, { signal: controller.signal }))
  const action = await peer.next()
  peer.reply(action)
  newChannel(peer, action)
  peer.say('Event: Hangup', `Uniqueid: ${action.get('ChannelId')}`, 'Cause: 16')
  await settle()
  controller.abort(new Error('changed my mind'))
  const ending = await peer.next()
  assert.deepEqual([ending.name, ending.get('Channel')], ['Hangup', action.get('ChannelId')])
  peer.reply(ending, 'Error', 'Message: No such channel')
  await settle()
  assert.match(String(call.error), /changed my mind/)
  assert.equal(rig.clock.pending, IDLE)
})

test('abort before there is a channel hangs it up when it comes', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const controller = new AbortController()
  const call = watch(client.originate(params, { signal: controller.signal }))
  const action = await peer.next()
  controller.abort(new Error('too soon'))
  peer.reply(await peer.next(), 'Error', 'Message: No such channel')
  await settle()
  rig.clock.tick(50)
  peer.reply(await peer.next(), 'Error', 'Message: No such channel')
  await settle()
  assert.match(String(call.error), /too soon/)
  newChannel(peer, action)
  const third = await peer.next()
  assert.equal(third.name, 'Hangup')
  peer.reply(third)
  await settle()
  assert.equal(rig.clock.pending, IDLE + 1, 'a retry that will do nothing')
  rig.clock.tick(10_000)
  await settle()
  assert.equal(peer.actions.filter(({ name }) => name === 'Hangup').length, 3)
})

test('abort of a call that is being answered hangs up what was answered', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const controller = new AbortController()
  const call = watch(client.originate(params, { signal: controller.signal }))
  const action = await peer.next()
  peer.reply(action)
  await settle()
  controller.abort(new Error('late'))
  peer.reply(await peer.next(), 'Error', 'Message: No such channel')
  originateResponse(peer, action, 'Success', 4)
  assert.equal((await peer.next()).name, 'Hangup')
  await settle()
  assert.match(String(call.error), /late/)
})

test('an abort after the outcome, or with a signal that is aborted already, does nothing', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const controller = new AbortController()
  const call = client.originate(params, { signal: controller.signal })
  const action = await peer.next()
  peer.reply(action)
  originateResponse(peer, action, 'Success', 4)
  await call
  controller.abort()
  await settle()
  await assert.rejects(client.originate(params, { signal: AbortSignal.abort(new Error('before')) }), /before/)
  assert.equal(peer.actions.filter(({ name }) => name === 'Hangup').length, 0)
  assert.equal(peer.actions.filter(({ name }) => name === 'Originate').length, 1)
})

test('a lost link: unsent, in flight or accepted, each is told its own truth', async () => {
  await using rig = await readyRig({ maxInFlight: 2 })
  const { client, peer } = rig
  await using _ = rig
  const accepted = watch(client.originate(params))
  const first = await peer.next()
  peer.reply(first)
  await settle()
  const inFlight = watch(client.originate(params))
  const second = await peer.next()
  void client.send('Ping').catch(() => {})
  const unsent = watch(client.originate(params, { queue: false }))
  peer.fail()
  await settle()
  const lost = accepted.error as LostError
  assert.equal(lost.code, 'AMI_LOST')
  assert.equal(lost.delivered, 'unknown')
  assert.equal(lost.actionId, first.id)
  assert.match(lost.message, new RegExp(`the server goes on with.*Uniqueid ${first.get('ChannelId')}`))
  assert.equal(lost.channelId, first.get('ChannelId'))
  const unsure = inFlight.error as LostError
  assert.deepEqual(
    [unsure.delivered, unsure.actionId, unsure.channelId],
    ['unknown', second.id, second.get('ChannelId')],
  )
  assert.equal((unsent.error as { code: string }).code, 'AMI_LIMIT')
  assert.equal(rig.last('lost')?.rejected, 3)
})

test('close waits for calls that are being set up, for as long as it waits for any', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const call = watch(client.originate(params))
  const action = await peer.next()
  peer.reply(action)
  await settle()
  const closed = client.close()
  await settle()
  assert.equal(peer.actions.at(-1)?.name, 'Originate')
  originateResponse(peer, action, 'Success', 4)
  const goodbye = await peer.next()
  assert.equal(goodbye.name, 'Logoff')
  peer.reply(goodbye, 'Goodbye')
  peer.end()
  await closed
  assert.equal(call.value?.outcome, 'answered')
})

test('abort and close at once: the hangup still goes out', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const controller = new AbortController()
  client.originate(params, { signal: controller.signal }).catch(() => {})
  const action = await peer.next()
  peer.reply(action)
  controller.abort()
  const closed = client.close()
  peer.reply(await peer.next(), 'Error', 'Message: No such channel')
  await settle()
  rig.clock.tick(50)
  const second = await peer.next()
  assert.equal(second.name, 'Hangup')
  peer.reply(second)
  const goodbye = await peer.next()
  assert.equal(goodbye.name, 'Logoff')
  peer.reply(goodbye, 'Goodbye')
  peer.end()
  await closed
})

test('destroy rejects what is being set up', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const call = watch(client.originate(params))
  peer.reply(await peer.next())
  await settle()
  client.destroy()
  await settle()
  assert.equal((call.error as LostError).code, 'AMI_LOST')
})

describe('without a login', () => {
  test('a call is refused at once, and not dialled later', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    peer.end()
    await settle()
    const calls = Array.from({ length: 5 }, () => watch(client.originate(params)))
    await settle()
    for (const { error } of calls) {
      const { code, delivered, retryable } = error as LostError
      assert.deepEqual([code, delivered, retryable], ['AMI_LOST', 'no', true])
    }
    assert.match(String(calls[0]?.error), /Originate was not sent: the client is not logged in/)
    rig.clock.tick(100)
    const next = await rig.nextPeer()
    await next.accept()
    await settle()
    assert.equal(client.state, 'ready')
    assert.equal(next.actions.filter(({ name }) => name === 'Originate').length, 0)
    assert.deepEqual([client.stats().queued, rig.clock.pending <= IDLE], [0, true])
  })

  test('a call that waits its turn when the link goes is not dialled either', async () => {
    await using rig = await readyRig({ maxInFlight: 1 })
    const { client, peer } = rig
    void client.send('CoreStatus').catch(() => {})
    const call = watch(client.originate(params))
    const patient = watch(client.originate(params, { queue: true, timeout: 60_000 }))
    assert.equal(client.stats().queued, 2)
    peer.end()
    await settle()
    assert.deepEqual([(call.error as LostError).code, (call.error as LostError).delivered], ['AMI_LOST', 'no'])
    assert.equal(patient.done, false)
    assert.equal(rig.last('lost')?.rejected, 2)
    rig.clock.tick(100)
    const next = await rig.nextPeer()
    await next.accept()
    assert.equal((await next.next()).name, 'Originate')
    assert.equal(next.actions.filter(({ name }) => name === 'Originate').length, 1)
  })

  test('a client that nobody has connected dials nothing, and says so', async () => {
    await using rig = new Rig()
    for (const call of [
      () => rig.client.originate(params),
      () => rig.client.send('Ping'),
      () => rig.client.list('Status'),
    ]) {
      assert.throws(call, {
        code: 'AMI_ARGUMENT',
        message: /^connect\(\) was not called: call it before you send \w+$/,
      })
    }
    assert.deepEqual([rig.client.stats().queued, rig.clock.pending], [0, 0])
    rig.client.destroy()
    await assert.rejects(rig.client.originate(params), { code: 'AMI_CLOSED' })
  })
})

describe('with an id of the caller, which another channel may have', () => {
  const chosen = { ...params, ChannelId: 'order-1' }
  const channels = (event: string) => [`Event: ${event}`, 'Channel: PJSIP/1-00000001', 'Uniqueid: order-1']
  const hangups = (rig: Rig) => rig.peer.actions.filter(({ name }) => name === 'Hangup').length

  /** A call that is given up, as soon as `until` has been done. */
  async function given(rig: Rig, until: (action: Heard) => void | Promise<void>): Promise<Heard> {
    const controller = new AbortController()
    const call = watch(rig.client.originate(chosen, { signal: controller.signal }))
    const action = await rig.peer.next()
    await until(action)
    await settle()
    controller.abort(new Error('enough'))
    await settle()
    assert.match(String(call.error), /enough/)
    return action
  }

  test('what has not left is given up, and hangs up nothing', async () => {
    await using rig = await readyRig()
    const controller = new AbortController()
    const call = watch(rig.client.originate(chosen, { signal: controller.signal }))
    controller.abort(new Error('enough'))
    await settle()
    assert.match(String(call.error), /enough/)
    const dialled = rig.peer.actions.some(({ name }) => name === 'Originate')
    assert.deepEqual([dialled, hangups(rig), rig.clock.pending, rig.client.stats().inFlight], [false, 0, IDLE, 0])
  })

  test('a channel that was there before is left alone, whatever the server says of the call', async () => {
    await using rig = await readyRig()
    await given(rig, (action) => {
      rig.peer.say(...channels('Hangup'), 'Cause: 16')
      rig.peer.reply(action)
    })
    rig.clock.tick(10_000)
    await settle()
    const again = await given(rig, () => {})
    rig.peer.reply(again, 'Error', 'Message: Invalid channel')
    await settle()
    const third = await given(rig, (action) => rig.peer.reply(action))
    originateResponse(rig.peer, third, 'Failure', 0)
    await settle()
    assert.deepEqual([hangups(rig), rig.client.stats().inFlight], [0, 0])
  })

  test('a channel that shows itself later is hung up once', async () => {
    await using rig = await readyRig()
    await given(rig, () => {})
    rig.peer.say(...channels('Newchannel'))
    const ending = await rig.peer.next()
    assert.deepEqual([ending.name, ending.get('Channel')], ['Hangup', 'order-1'])
    rig.peer.reply(ending, 'Error', 'Message: No such channel')
    await settle()
    rig.clock.tick(10_000)
    await settle()
    assert.deepEqual([hangups(rig), rig.client.stats().inFlight], [1, 0])
  })

  test('what had ended before it was given up is not hung up, nor what has its id then', async () => {
    await using rig = await readyRig()
    await given(rig, (action) => {
      rig.peer.reply(action)
      rig.peer.say(...channels('Newchannel'))
      rig.peer.say(...channels('Hangup'), 'Cause: 16')
      rig.peer.say(...channels('Newchannel'))
    })
    assert.deepEqual([hangups(rig), rig.client.stats().inFlight], [0, 0])
  })

  test('the outcome of another call with the same ActionID is not its own', async () => {
    await using rig = await readyRig()
    const call = watch(rig.client.originate(chosen, { actionId: 'a-1' }))
    const action = await rig.peer.next()
    rig.peer.reply(action)
    const other = { ...action, get: () => 'order-2' } as unknown as Heard
    originateResponse(rig.peer, other, 'Success', 4)
    await settle()
    assert.equal(call.done, false)
    originateResponse(rig.peer, action, 'Failure', 5)
    await settle()
    assert.equal(call.value?.outcome, 'busy')
  })
})
