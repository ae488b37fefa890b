import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from 'amiable'
import { dial, hangUp } from '../support/calls.ts'
import { assertClean, optionsFor, withClient } from '../support/client.ts'
import type { Target } from '../target.ts'

const KEYS = 1_000

/** Lists: whole, counted, in order; with send and with list(); empty, refused and given up. */
export function lists(target: Target): void {
  const { name } = target
  if (target.real && !target.full) {
    test(`${name}: lists`, { skip: 'what it holds is not ours' }, () => {})
    return
  }

  test(`${name}: a thousand rows come in order, with send and with list()`, async () => {
    await using ami = await connect(optionsFor(target, { maxInFlight: 100, events: 'off' }))
    const keys = Array.from({ length: KEYS }, (_, i) => `key-${String(i).padStart(4, '0')}`)
    await Promise.all(keys.map((Key) => ami.sendRaw('DBPut', { Family: 'contract', Key, Val: `value of ${Key}` })))
    const { events, completion } = await ami.sendRaw('DBGetTree', { Family: 'contract' })
    // main/db.c:manager_db_tree_get of 16 says 1, however many there are
    const counted = target.version > 16 ? String(KEYS) : '1'
    assert.equal(completion?.get('ListItems'), counted)
    assert.deepEqual(
      events.map((row) => row.get('Key')),
      keys.map((key) => `/contract/${key}`),
    )
    const list = ami.listRaw('DBGetTree', { Family: 'contract' })
    let i = 0
    for await (const row of list) assert.equal(row.get('Val'), `value of ${keys[i++]}`)
    assert.equal(i, KEYS)
    assert.equal(list.completion?.get('ListItems'), counted)
    await ami.sendRaw('DBDelTree', { Family: 'contract' })
    assertClean(ami)
  })

  test(`${name}: a list that is broken off leaves the rest behind quietly, and what follows is answered`, () =>
    withClient(target, async (ami) => {
      for await (const row of ami.listRaw('ShowDialPlan')) {
        assert.equal(row.Event, 'ListDialplan')
        break
      }
      assert.equal((await ami.send('Ping')).Ping, 'Pong')
      assert.ok((await ami.listRaw('ShowDialPlan').toArray()).length > 1)
    }))

  test(`${name}: the channels that are up are the rows of CoreShowChannels and of Status`, () =>
    withClient(target, async (ami) => {
      const call = await dial(ami)
      for (const action of ['CoreShowChannels', 'Status'] as const) {
        const rows = await ami.list(action).toArray()
        const channels = rows.map((row) => row.get('Channel'))
        assert.ok(channels.includes(call.channel) && channels.includes(call.far), action)
      }
      await hangUp(ami, call)
    }))

  test(`${name}: an empty list is a list`, () =>
    withClient(target, async (ami) => {
      const { success, events } = await ami.sendRaw('QueueStatus', { Queue: 'no-such-queue' })
      assert.deepEqual([success, events.length], [true, 0])
      assert.deepEqual(await ami.listRaw('QueueStatus', { Queue: 'no-such-queue' }).toArray(), [])
    }))

  test(`${name}: a list that is refused rejects, with send and with list()`, () =>
    withClient(target, async (ami) => {
      const refused = { code: 'AMI_REFUSED' }
      await assert.rejects(ami.sendRaw('DBGet', { Family: 'no', Key: 'such' }), refused)
      await assert.rejects(ami.listRaw('DBGet', { Family: 'no', Key: 'such' }).toArray(), refused)
      const { success, message } = await ami.sendRaw('DBGet', { Family: 'no', Key: 'such' }, { check: false })
      assert.deepEqual([success, message], [false, 'Database entry not found'])
    }))

  test(`${name}: queue entries and members follow their queue`, () =>
    withClient(target, async (ami) => {
      const { events } = await ami.send('QueueStatus')
      const order = events.map((row) => [row.Event, row.get('Queue')])
      const support = order.filter(([, queue]) => queue === 'support').map(([event]) => event)
      assert.deepEqual(support, ['QueueParams', 'QueueMember', 'QueueMember'])
      const start = order.findIndex(([, queue]) => queue === 'support')
      assert.ok(order.slice(start, start + 3).every(([, queue]) => queue === 'support'))
    }))

  test(`${name}: list rows go to the list, and to listeners that ask for all`, () =>
    withClient(target, async (ami) => {
      const seen: string[] = []
      const all: string[] = []
      ami.on('QueueParams', () => void seen.push('row'))
      ami.on('QueueParams', () => void all.push('row'), { all: true })
      const { events } = await ami.send('QueueStatus')
      await ami.send('Ping')
      assert.equal(seen.length, 0)
      assert.equal(all.length, events.filter((row) => row.Event === 'QueueParams').length)
    }))
}
