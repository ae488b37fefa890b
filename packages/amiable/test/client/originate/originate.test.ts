import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TimeoutError } from '../../../src/errors.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import type { Heard, Peer } from '../../support/peer.ts'
import { readyRig, watch } from '../../support/rig.ts'
import { hangup, IDLE, newChannel, originateResponse, params } from './originate-events.ts'

test('dials asynchronously, with ids of its own for both halves of a Local channel', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const call = client.originate(params, { variables: { COLOUR: 'blue,green' } })
  const action = await peer.next()
  const id = action.get('ChannelId') ?? ''
  assert.equal(action.name, 'Originate')
  assert.equal(action.get('Async'), 'true')
  assert.match(id, /^[0-9a-z]{3,40}$/)
  assert.notEqual(action.id, id, 'who sees the channel does not know the ActionID')
  assert.equal(action.get('OtherChannelId'), `${id};2`)
  assert.equal(action.get('Variable'), 'COLOUR=blue\\,green')
  peer.reply(action, 'Success', 'Message: Originate successfully queued')
  originateResponse(peer, action, 'Success', 4, 'Local/200@default-00000001;1')
  const { event, ...result } = await call
  assert.deepEqual(result, {
    outcome: 'answered',
    reason: 4,
    cause: undefined,
    meaning: 'answered',
    Channel: 'Local/200@default-00000001;1',
    Uniqueid: id,
    actionId: action.id,
  })
  assert.equal(event?.Event, 'OriginateResponse')
})

test('no id begins with another: main/channel.c:does_id_conflict takes that for the same', async () => {
  await using rig = await readyRig({ maxInFlight: 2_000 })
  const { client, peer } = rig
  await using _ = rig
  const ids: string[] = []
  for (let i = 0; i < 1_500; i++) {
    client.originate(params).catch(() => {})
    ids.push((await peer.next()).get('ChannelId') ?? '')
  }
  assert.equal(new Set(ids).size, 1_500)
  assert.equal(new Set(ids.map(({ length }) => length)).size, 1)
})

test('leaves alone the ids that it is given, and sends no second one where there is no second half', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const one = client.originate({ ...params, Channel: 'PJSIP/100', ChannelId: 'mine-1' }, { actionId: 'act-1' })
  const two = client.originate({ ...params, ChannelId: 'mine-2', OtherChannelId: 'mine-3' })
  const [first, second] = [await peer.next(), await peer.next()]
  assert.equal(first.id, 'act-1')
  assert.equal(first.get('ChannelId'), 'mine-1')
  assert.equal(first.get('OtherChannelId'), undefined)
  assert.equal(second.get('OtherChannelId'), 'mine-3')
  for (const action of [first, second]) {
    peer.reply(action)
    originateResponse(peer, action, 'Failure', 5)
  }
  assert.equal((await one).Uniqueid, 'mine-1')
  assert.equal((await two).Uniqueid, 'mine-2')
})

test('asynchronous it is, whatever the caller says', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  void client.originate({ ...params, async: false } as never).catch(() => {})
  const action = await peer.next()
  assert.deepEqual(
    action.headers.filter(([name]) => name.toLowerCase() === 'async'),
    [['Async', 'true']],
  )
})

for (const [reason, outcome] of [
  [1, 'hungUp'],
  [3, 'noAnswer'],
  [5, 'busy'],
  [8, 'congestion'],
  [7, 'failed'],
] as const) {
  test(`reason ${reason} is ${outcome}`, async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    await using _ = rig
    const call = client.originate(params)
    const action = await peer.next()
    peer.reply(action)
    originateResponse(peer, action, 'Failure', reason)
    const result = await call
    assert.equal(result.outcome, outcome)
    assert.equal(result.reason, reason)
    assert.notEqual(result.meaning, '')
    assert.equal(client.stats().inFlight, 0)
  })
}

// a server that gives no reason is asked whether it shuts down, or has no dialplan
async function notShuttingDown(peer: Peer, question: 'Getvar' | 'Ping'): Promise<void> {
  const asked = await peer.next()
  assert.equal(asked.name, question)
  peer.reply(asked, 'Success', 'Value: 1')
  await settle()
}

for (const [cause, text, outcome] of [
  [16, 'Normal Clearing', 'hungUp'],
  [17, 'User busy', 'busy'],
  [19, 'User alerting, no answer', 'noAnswer'],
  [21, 'Call Rejected', 'hungUp'],
  [34, 'Circuit/channel congestion', 'congestion'],
  [1, 'Unallocated (unassigned) number', 'failed'],
  [0, 'Unknown', 'failed'],
] as const) {
  for (const order of ['before', 'after']) {
    test(`reason 0 and a Hangup with cause ${cause} ${order} it is ${outcome}`, async () => {
      await using rig = await readyRig()
      const { client, peer } = rig
      await using _ = rig
      const call = watch(client.originate(params))
      const action = await peer.next()
      peer.reply(action)
      newChannel(peer, action)
      if (order === 'before') hangup(peer, action, cause, text)
      originateResponse(peer, action, 'Failure', 0)
      await settle()
      if (order === 'after') {
        assert.equal(call.done, false)
        hangup(peer, action, cause, text)
        await settle()
      }
      if (cause === 0) {
        await notShuttingDown(peer, 'Getvar')
        // that the dialplan was loaded meanwhile may be reported a moment later
        rig.clock.tick(500)
        await settle()
      }
      assert.equal(call.value?.outcome, outcome)
      assert.equal(call.value?.reason, 0)
      assert.equal(call.value?.cause, cause || undefined)
      if (cause > 0) assert.match(call.value?.meaning ?? '', new RegExp(`${text.slice(0, 4)}.*\\(cause ${cause}\\)`))
    })
  }
}

test('reason 0 and a Hangup without a cause on a server that shuts down is no bad number', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const call = watch(client.originate(params))
  const action = await peer.next()
  peer.reply(action)
  newChannel(peer, action)
  originateResponse(peer, action, 'Failure', 0)
  hangup(peer, action, 0, 'Unknown')
  peer.reply(await peer.next(), 'Error', 'Message: Asterisk is shutting down')
  await settle()
  assert.deepEqual([call.value?.outcome, call.value?.reason], ['shutDown', 0])
})

test('reason 0 without a channel, or without its Hangup, does not wait for long', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const none = watch(client.originate({ ...params, Channel: 'Nope/1' }))
  const mute = watch(client.originate(params))
  const [first, second] = [await peer.next(), await peer.next()]
  newChannel(peer, second)
  for (const action of [first, second]) {
    peer.reply(action)
    originateResponse(peer, action, 'Failure', 0)
  }
  await notShuttingDown(peer, 'Ping')
  rig.clock.tick(500)
  await settle()
  assert.equal(none.value?.outcome, 'failed')
  assert.match(none.value?.meaning ?? '', /no channel/)
  assert.equal(mute.done, false)
  rig.clock.tick(2_500)
  await settle()
  assert.equal(mute.value?.outcome, 'failed')
})

test('an OriginateResponse in one piece with the answer, or even before it, is not missed', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const one = client.originate(params)
  const first = await peer.next()
  const event = `Event: OriginateResponse\r\nActionID: ${first.id}\r\nResponse: Success\r\nReason: 4\r\n\r\n`
  peer.send(`Response: Success\r\nActionID: ${first.id}\r\nMessage: Originate successfully queued\r\n\r\n${event}`)
  assert.equal((await one).outcome, 'answered')
  const two = watch(client.originate(params))
  const second = await peer.next()
  originateResponse(peer, second, 'Failure', 5)
  await settle()
  assert.equal(two.done, false, 'the answer to the action decides')
  peer.reply(second)
  await settle()
  assert.equal(two.value?.outcome, 'busy')
  assert.equal(client.stats().inFlight, 0)
  assert.equal(client.stats().unclaimedReplies, 0)
})

test('an OriginateResponse that comes before a refusal, or before the answer and for another channel, counts for nothing', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  const refused = watch(client.originate(params))
  const first = await peer.next()
  originateResponse(peer, first, 'Success', 4)
  peer.reply(first, 'Error', 'Message: Originate failed')
  const forged = watch(client.originate(params))
  const second = await peer.next()
  peer.say('Event: OriginateResponse', `ActionID: ${second.id}`, 'Response: Success', 'Reason: 4', 'Uniqueid: 1.1')
  peer.reply(second)
  originateResponse(peer, second, 'Failure', 5)
  await settle()
  assert.equal((refused.error as { code: string }).code, 'AMI_REFUSED')
  assert.equal(forged.value?.outcome, 'busy')
})

test('the OriginateResponse of another session is not ours', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const call = watch(client.originate(params))
  const action = await peer.next()
  peer.reply(action)
  originateResponse(peer, { ...action, id: 'another' }, 'Failure', 5)
  await settle()
  assert.equal(call.done, false)
})

test('listeners hear the events of a call as well, and cannot hold up its outcome', async () => {
  await using rig = await readyRig({ onListenerError: () => {} })
  const { client, peer } = rig
  await using _ = rig
  const heard: string[] = []
  client.on('*', (event) => {
    heard.push(event.Event)
    throw new Error('of a listener')
  })
  const call = client.originate(params)
  const action = await peer.next()
  peer.reply(action)
  await settle()
  newChannel(peer, action)
  originateResponse(peer, action, 'Success', 4)
  assert.equal((await call).outcome, 'answered')
  // the outcome goes first where a listener takes as long as a turn
  while (heard.length < 2) await settle()
  assert.deepEqual(heard, ['Newchannel', 'OriginateResponse'])
})

test('a refused action rejects, and is forgotten', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const call = client.originate({ ...params, Channel: 'x' })
  peer.reply(await peer.next(), 'Error', 'Message: Invalid channel')
  await assert.rejects(call, { code: 'AMI_REFUSED', message: 'pbx: Originate was refused: Invalid channel' })
  assert.equal(rig.clock.pending, IDLE)
})

test('a mistake is thrown at once', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  assert.throws(() => client.originate({ ...params, Exten: '1\r\nAction: Logoff' }), { code: 'AMI_ARGUMENT' })
  assert.throws(() => client.originate(params, { timeout: 0 }), { code: 'AMI_ARGUMENT', argument: 'timeout' })
  const call = client.originate(params, { actionId: 'twice' })
  peer.reply(await peer.next())
  await settle()
  assert.throws(() => client.originate(params, { actionId: 'twice' }), { code: 'AMI_ARGUMENT', argument: 'actionId' })
  originateResponse(peer, peer.actions.at(-1) as Heard, 'Success', 4)
  await call
})

test('the outcome that never comes: Timeout and the action timeout together, and then says why', async () => {
  await using rig = await readyRig({ keepalive: { interval: 1_000_000 } })
  const { client, peer } = rig
  await using _ = rig
  const one = watch(client.originate(params))
  const two = watch(client.originate({ ...params, Timeout: 5_000 }))
  const three = watch(client.originate(params, { timeout: 500 }))
  for (let i = 0; i < 3; i++) peer.reply(await peer.next())
  await settle()
  rig.clock.tick(500)
  await settle()
  assert.ok(three.error instanceof TimeoutError)
  assert.equal(three.error.delivered, 'unknown')
  assert.match(three.error.message, /Uniqueid .*within 500 ms.*read right 'call'/)
  rig.clock.tick(14_499)
  await settle()
  assert.equal(two.done, false)
  rig.clock.tick(1)
  await settle()
  assert.ok(two.error instanceof TimeoutError)
  rig.clock.tick(25_000)
  await settle()
  assert.ok(one.error instanceof TimeoutError)
  assert.match(one.error.message, /within 40000 ms/)
  // and a late one does no harm
  originateResponse(peer, peer.actions.at(-1) as Heard, 'Success', 4)
  await settle()
})

test('an answer that never comes is a timeout like any other', async () => {
  await using rig = await readyRig()
  const { client } = rig
  await using _ = rig
  const call = watch(client.originate(params, { timeout: 500 }))
  await settle()
  rig.clock.tick(500)
  await settle()
  assert.match(String(call.error), /TimeoutError: pbx: no answer to Originate/)
})

test('a mask without call events is told of at once', async () => {
  for (const events of ['off', ['system', 'user']] as const) {
    await using rig = await readyRig({ events })
    const { client, peer } = rig
    await using _ = rig
    const call = client.originate(params)
    const action = await peer.next()
    peer.reply(action)
    const result = await call
    assert.equal(result.outcome, 'unknown')
    assert.equal(result.event, undefined)
    assert.equal(result.Uniqueid, action.get('ChannelId'))
    assert.match(result.meaning, /'call' events/)
  }
  await using rig = await readyRig({ events: ['user', 'call'] })
  const { client, peer } = rig
  await using _ = rig
  const call = watch(client.originate(params))
  peer.reply(await peer.next())
  await settle()
  assert.equal(call.done, false)
})
