import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LimitError } from '../../../src/errors.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import { readyRig, watch } from '../../support/rig.ts'

describe('bounds', () => {
  test('maxInFlight keeps the rest waiting for their turn, in order', async () => {
    await using rig = await readyRig({ maxInFlight: 2 })
    const { client, peer } = rig
    const calls = ['a', 'b', 'c', 'd'].map((name) => client.sendRaw(name))
    await settle()
    assert.deepEqual([client.stats().inFlight, client.stats().queued], [2, 2])
    assert.equal(peer.actions.length, 4)
    for (let i = 0; i < 4; i++) peer.reply(await peer.next())
    await Promise.all(calls)
    assert.deepEqual(
      peer.actions.slice(2).map(({ name }) => name),
      ['a', 'b', 'c', 'd'],
    )
  })

  test('a call that was given up makes room for the next', async () => {
    await using rig = await readyRig({ maxInFlight: 1 })
    const { client, peer } = rig
    const first = watch(client.sendRaw('a', {}, { timeout: 10 }))
    const second = client.sendRaw('b')
    await peer.next()
    rig.clock.tick(10)
    peer.reply(await peer.next())
    assert.equal((await second).success, true)
    assert.equal(first.done, true)
  })

  test('maxQueued refuses one more at once, naming itself', async () => {
    await using rig = await readyRig({ maxInFlight: 1, maxQueued: 2 })
    const { client } = rig
    const waiting = [1, 2, 3].map(() => watch(client.sendRaw('a')))
    await assert.rejects(client.sendRaw('b'), (error) => {
      assert.ok(error instanceof LimitError)
      assert.deepEqual([error.limit, error.value, error.source], ['maxQueued', 2, 'pbx'])
      return true
    })
    assert.ok(waiting.every(({ done }) => !done))
  })

  test('queue: false rejects where there is no login, and where there is no room', async () => {
    await using rig = await readyRig({ maxInFlight: 1, reconnect: () => 60_000 })
    const { client } = rig
    void client.sendRaw('a').catch(() => {})
    await assert.rejects(client.sendRaw('b', {}, { queue: false }), { code: 'AMI_LIMIT', limit: 'maxInFlight' })
    rig.peers[0]?.end()
    await settle()
    await assert.rejects(client.sendRaw('c', {}, { queue: false }), { code: 'AMI_LOST', delivered: 'no' })
  })

  test('calls that were given up and are never answered are not kept for ever', async () => {
    await using rig = await readyRig({ maxInFlight: 5_000 })
    const { client, peer } = rig
    for (let i = 0; i < 3_000; i++) void client.sendRaw('X', {}, { timeout: 5, actionId: `own-${i}` }).catch(() => {})
    await settle()
    rig.clock.tick(5)
    await settle()
    assert.equal(client.stats().inFlight, 0)
    // the oldest are forgotten: their ActionIDs are free again, the newest are not
    assert.throws(() => client.sendRaw('X', {}, { actionId: 'own-2999' }), { argument: 'actionId' })
    const again = client.sendRaw('X', {}, { actionId: 'own-0' })
    await settle()
    peer.reply(peer.actions.at(-1) as never)
    assert.equal((await again).success, true)
  })

  test('an answer past a limit ends its call with that limit', async () => {
    await using rig = await readyRig({ limits: { message: 2_000 } })
    const { client, peer } = rig
    const call = client.sendRaw('GetConfigJSON')
    const heard = await peer.next()
    peer.say('Response: Success', `ActionID: ${heard.id}`, `JSON: ${'x'.repeat(5_000)}`)
    await assert.rejects(call, { code: 'AMI_LIMIT', limit: 'limits.message', value: 2_000 })
    assert.equal(client.stats().faults, 1)
    const next = client.sendRaw('Ping')
    peer.reply(await peer.next())
    assert.equal((await next).success, true)
  })

  test('an answer to GetConfig that is past a limit may be asked for by one Category', async () => {
    await using rig = await readyRig({ limits: { message: 2_000 } })
    const call = rig.client.sendRaw('GetConfig', { Filename: 'extensions.conf' })
    const heard = await rig.peer.next()
    rig.peer.say('Response: Success', `ActionID: ${heard.id}`, `Line-000000-000000: ${'x'.repeat(5_000)}`)
    await assert.rejects(call, { code: 'AMI_LIMIT', message: /past limits\.message .*or ask for one Category$/ })
  })

  for (const [action, params, list] of [
    ['Command', { Command: 'database show family' }, 'DBGetTree'],
    ['command', { Command: 'Dialplan show' }, 'ShowDialPlan'],
    ['Command', { Command: 'pjsip list endpoints' }, 'PJSIPShowEndpoints'],
    ['Command', { Command: 'bridge show all' }, 'BridgeList'],
    ['Command', { Command: 'confbridge list' }, 'ConfbridgeListRooms'],
    ['Command', { Command: 'confbridge list 100' }, 'ConfbridgeList'],
    ['Command', { Command: 'pjsip show registrations' }, 'PJSIPShowRegistrationsOutbound'],
    ['Command', { Command: 'queue show rules' }, undefined],
    ['queuestatus', {}, 'QueueStatus'],
    ['Command', { Command: 'core show version' }, undefined],
    ['Odd', { Command: 'database show' }, undefined],
  ] as const) {
    test(`an answer to ${action} ${Object.values(params)} that is past a limit names the option, ${list ? `and list('${list}')` : 'and no list'}`, async () => {
      await using rig = await readyRig({ limits: { message: 2_000 } })
      const call = rig.client.sendRaw(action, params)
      const heard = await rig.peer.next()
      rig.peer.say('Response: Success', `ActionID: ${heard.id}`, `Output: ${'x'.repeat(5_000)}`)
      const advice = list ? `list\\('${list}'\\)$` : 'server may send so much$'
      await assert.rejects(call, { code: 'AMI_LIMIT', message: new RegExp(`past limits\\.message .*${advice}`) })
    })
  }
})

describe('ActionIDs', () => {
  test('of our own making are short, ASCII and never the same', async () => {
    const ids = new Set<string>()
    for (let i = 0; i < 3; i++) {
      await using rig = await readyRig({ maxInFlight: 1_000 })
      const { client, peer } = rig
      for (let j = 0; j < 300; j++) void client.sendRaw('X').catch(() => {})
      await settle()
      for (const { id, name } of peer.actions) if (name === 'X') ids.add(id)
    }
    assert.equal(ids.size, 900)
    for (const id of ids) assert.match(id, /^[\x21-\x7e]{1,40}$/)
  })

  test("of the caller's own must not be under way", async () => {
    await using rig = await readyRig({ maxInFlight: 1 })
    const { client, peer } = rig
    const first = client.sendRaw('X', {}, { actionId: 'mine' })
    const queued = client.sendRaw('X', {}, { actionId: 'also' })
    for (const actionId of ['mine', 'also']) {
      assert.throws(() => client.sendRaw('Y', {}, { actionId }), { code: 'AMI_ARGUMENT', argument: 'actionId' })
    }
    peer.reply(await peer.next())
    peer.reply(await peer.next())
    await Promise.all([first, queued])
    const again = client.sendRaw('X', {}, { actionId: 'mine' })
    peer.reply(await peer.next())
    assert.equal((await again).actionId, 'mine')
  })
})

test('a call that is over blocks its session for its own time, however often one in front of it is answered', async () => {
  await using rig = await readyRig({ reconnect: false })
  const { client, peer } = rig
  void client.send('Status', {}, { timeout: 10 }).catch(() => {})
  const list = await peer.next()
  peer.reply(list, 'Success', 'EventList: start')
  void client.command('core show version', { timeout: 10 }).catch(() => {})
  await peer.next()
  for (let i = 0; i < 20 && client.state === 'ready'; i++) {
    rig.clock.tick(5_000)
    peer.reply(list, 'Success', 'EventList: start')
    await settle()
  }
  assert.equal(client.state, 'closed')
})
