import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settle } from '../../../src/testing/time/settle.ts'
import type { Heard, Peer } from '../../support/peer.ts'
import { readyRig, watch } from '../../support/rig.ts'

const start = (peer: Peer, to: Heard, marker = 'EventList: start') => peer.reply(to, 'Success', marker)
const row = (peer: Peer, to: Heard, name: string, ...lines: string[]) =>
  peer.say(`Event: ${name}`, `ActionID: ${to.id}`, ...lines)
const complete = (peer: Peer, to: Heard, name: string, marker = 'EventList: Complete') =>
  peer.say(`Event: ${name}`, `ActionID: ${to.id}`, marker, 'ListItems: 1')

describe('list()', () => {
  test('yields the rows as they come, and has the completion at its end', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const list = client.listRaw('CoreShowChannels')
    const heard = await peer.next()
    start(peer, heard)
    const first = watch(list.next())
    await settle()
    assert.equal(first.done, false)
    row(peer, heard, 'CoreShowChannel', 'Channel: SIP/1')
    await settle()
    assert.equal((first.value as { value: { Channel: string } }).value.Channel, 'SIP/1')
    assert.ok(!list.completion)
    row(peer, heard, 'CoreShowChannel', 'Channel: SIP/2')
    complete(peer, heard, 'CoreShowChannelsComplete')
    assert.deepEqual(
      (await list.toArray()).map(({ Channel }) => Channel),
      ['SIP/2'],
    )
    assert.equal((list.completion as { ListItems?: string } | undefined)?.ListItems, '1')
    assert.deepEqual(await list.next(), { value: undefined, done: true })
  })

  test('drops the rest quietly when the loop is left', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const others: unknown[] = []
    client.on('*', (event) => others.push(event))
    const list = client.listRaw('CoreShowChannels')
    const heard = await peer.next()
    start(peer, heard)
    row(peer, heard, 'CoreShowChannel')
    for await (const _ of list) break
    assert.equal(client.stats().inFlight, 0)
    row(peer, heard, 'CoreShowChannel')
    complete(peer, heard, 'CoreShowChannelsComplete')
    const next = client.sendRaw('Ping')
    peer.reply(await peer.next())
    assert.equal((await next).success, true)
    assert.deepEqual(others, [])
    assert.equal(client.stats().lateReplies, 0)
  })

  test('throws a refusal, a timeout, an abort and a lost link out of the loop', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const refused = client.listRaw('A')
    peer.reply(await peer.next(), 'Error', 'Message: no')
    await assert.rejects(refused.toArray(), { code: 'AMI_REFUSED' })
    const late = client.listRaw('B', {}, { timeout: 5 })
    await peer.next()
    rig.clock.tick(5)
    await assert.rejects(late.toArray(), { code: 'AMI_TIMEOUT' })
    const abort = new AbortController()
    const aborted = client.listRaw('C', {}, { signal: abort.signal })
    await peer.next()
    abort.abort('why')
    await assert.rejects(aborted.toArray(), (error) => error === 'why')
    await assert.rejects(client.listRaw('D', {}, { signal: abort.signal }).toArray(), (error) => error === 'why')
    const lost = client.listRaw('E')
    await peer.next()
    peer.end()
    await assert.rejects(lost.toArray(), { code: 'AMI_LOST', delivered: 'unknown' })
  })

  test('yields the rows that came before an error first', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const list = client.listRaw('ShowDialPlan')
    const heard = await peer.next()
    start(peer, heard)
    row(peer, heard, 'ListDialplan', 'N: 1')
    peer.reply(heard, 'Error', 'Message: no')
    await settle()
    assert.equal((await list.next()).value?.N, '1')
    await assert.rejects(list.next(), { code: 'AMI_REFUSED' })
    assert.deepEqual(await list.next(), { value: undefined, done: true })
  })

  test('holds no more than limits.rows for a loop that lags', async () => {
    await using rig = await readyRig({ limits: { rows: 3 } })
    const { client, peer } = rig
    const list = client.listRaw('Status')
    const heard = await peer.next()
    start(peer, heard)
    for (let i = 0; i < 10; i++) row(peer, heard, 'Status', `N: ${i}`)
    await settle()
    const rows: unknown[] = []
    await assert.rejects(
      async () => {
        for await (const { N } of list) rows.push(N)
      },
      { code: 'AMI_LIMIT', limit: 'limits.rows', value: 3 },
    )
    assert.deepEqual(rows, ['0', '1', '2'])
  })

  test('is without a bound for a loop that keeps up', async () => {
    await using rig = await readyRig({ limits: { rows: 3 } })
    const { client, peer } = rig
    const list = client.listRaw('Status')
    const heard = await peer.next()
    start(peer, heard)
    for (let i = 0; i < 10; i++) {
      row(peer, heard, 'Status', `N: ${i}`)
      assert.equal((await list.next()).value?.N, String(i))
    }
  })

  test('that nobody iterates makes no unhandled rejection', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const unhandled: unknown[] = []
    const note = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', note)
    client.listRaw('A')
    peer.reply(await peer.next(), 'Error', 'Message: no')
    await settle()
    process.off('unhandledRejection', note)
    assert.deepEqual(unhandled, [])
  })
})
