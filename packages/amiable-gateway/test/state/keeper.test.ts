// The live state in buckets of real nats-servers, written by one gateway after the other.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headers } from '@nats-io/transport-node'
import type { Channel, State } from 'amiable/state'
import { natsObstacle } from '../../../../tools/servers/nats/nats.ts'
import { namesOf } from '../../src/bus/names.ts'
import { BucketStore } from '../../src/bus/state-store.ts'
import { type LiveChange, state } from '../../src/client/index.ts'
import { stateKey } from '../../src/state/key.ts'
import { agree, arrange, type Bench, begin, call, KINDS, until } from './bench.ts'

const skip = (await natsObstacle()) ?? false

/** All records as they are stored, without the deleted ones. */
async function stored({ reading }: Bench) {
  const store = new BucketStore(reading, namesOf('ami'), 'pbx1')
  const all = await Promise.all((await store.names()).map((name) => store.get(name)))
  return all.flatMap((one) => (one === undefined || one.gone ? [] : [JSON.parse(one.text)]))
}

/** Gathers what a reader is told. */
function told(changes: AsyncIterable<LiveChange>): LiveChange[] {
  const all: LiveChange[] = []
  void (async () => {
    for await (const change of changes) all.push(change)
  })()
  return all
}

/** The headers with which somebody deletes a record. */
function deletion() {
  const set = headers()
  set.set('KV-Operation', 'DEL')
  return set
}

/** Whether so many channels wait. No event says what Originate runs: a list does. */
const areWaiting = async (model: State, count: number) => {
  await model.refresh('channels')
  const waiting = model.channels.filter(({ application }) => application === 'Wait')
  return model.channels.size === count && waiting.length === count
}

for (const version of ['2.10', '2.15'] as const) {
  test(`the live state on nats-server ${version} is that of the model, and what is gone is deleted`, {
    skip,
  }, async (t) => {
    const bench = await arrange(t, version)
    const { reading, asterisk } = bench
    const writer = await bench.writer('gw-a')
    await call(writer.client, 5)
    begin(writer, 7)
    await until('all is written', () => writer.keeper.isWriting && writer.keeper.pending === 0)
    await using live = await state(reading.connection)
    const server = () => live.get('pbx1')
    await agree(writer.model, server)
    assert.equal(server()?.channels.size, 10)
    assert.deepEqual([server()?.up, server()?.gateway], [true, 'gw-a'])
    const changes = told(live.changes())
    await call(writer.client, 3)
    await until('more calls', () => server()?.channels.size === 16)
    await agree(writer.model, server)
    assert.equal(changes.filter((one) => one.type === 'added' && one.kind === 'channels').length, 6)
    await writer.client.sendRaw('Hangup', { Channel: '/^Local/' })
    await until('no calls', () => server()?.channels.size === 0)
    await agree(writer.model, server)
    assert.equal(changes.filter((one) => one.type === 'removed' && one.kind === 'channels').length, 16)
    await until('the store has none', async () => !(await stored(bench)).some(({ kind }) => kind === 'channel'))
    for (const one of await stored(bench)) assert.equal(one.term, 7)
    // the last truth stays, and says that it is one
    await asterisk.close()
    await until('stale', () => KINDS.every((kind) => server()?.freshness(kind).type === 'stale'))
    assert.equal(server()?.up, false)
  })

  test(`a gateway that takes over on nats-server ${version} tells nothing that has not changed`, {
    skip,
  }, async (t) => {
    const bench = await arrange(t, version)
    const [first, second] = [await bench.writer('gw-a'), await bench.writer('gw-b')]
    await call(first.client, 8)
    // a change that comes late would be told of whoever writes
    for (const { model } of [first, second]) {
      await until('all that was called waits', async () => (await areWaiting(model, 16)) && model.calls.size === 8)
    }
    begin(first, 7)
    await using live = await state(bench.reading.connection)
    const server = () => live.get('pbx1')
    await until('16 channels', () => server()?.channels.size === 16)
    await agree(first.model, server)
    const changes = told(live.changes())
    first.term = undefined
    first.keeper.look()
    begin(second, 9)
    await until(
      'the other writes',
      () => server()?.gateway === 'gw-b' && server()?.freshness('channels').type === 'live',
    )
    await until('its term alone', async () => (await stored(bench)).every(({ term }) => term === 9))
    assert.deepEqual(
      changes.filter(({ type }) => type !== 'freshness'),
      [],
    )
    await second.client.sendRaw('Hangup', { Channel: '/^Local/' })
    await until('no calls', () => server()?.channels.size === 0)
  })

  test(`a gateway of an earlier term on nats-server ${version} overwrites nothing`, { skip }, async (t) => {
    const bench = await arrange(t, version)
    const [zombie, writer] = [await bench.writer('gw-a'), await bench.writer('gw-b')]
    await call(zombie.client, 4)
    begin(zombie, 7)
    await until('it writes', () => zombie.keeper.isWriting && zombie.keeper.pending === 0)
    begin(writer, 9)
    await until('the other writes', async () => (await stored(bench)).every(({ term }) => term === 9))
    await using live = await state(bench.reading.connection)
    const server = () => live.get('pbx1')
    await agree(writer.model, server)
    const changes = told(live.changes())
    // the first still takes itself for the writer, and both hear of the same
    await zombie.client.sendRaw('Hangup', { Channel: '/^Local/' })
    await call(writer.client, 6)
    await until('it was refused', () => zombie.interruptions.some((why) => /later writer/.test(why)))
    assert.deepEqual([zombie.outdated[0], writer.outdated], [7, []])
    await agree(writer.model, server)
    await until('new calls', () => server()?.channels.size === 12)
    // what it had made was made again
    await until('one term alone', async () => (await stored(bench)).every(({ term }) => term === 9))
    assert.deepEqual(writer.interruptions, [])
    assert.deepEqual(
      changes.filter((one) => one.type === 'freshness' && one.freshness.type !== 'live'),
      [],
    )
  })

  test(`somebody empties or deletes the bucket of the live state on nats-server ${version}, and it is whole again`, {
    skip,
  }, async (t) => {
    const bench = await arrange(t, version)
    const { reading } = bench
    const writer = await bench.writer('gw-a')
    await call(writer.client, 5)
    begin(writer, 7)
    await using live = await state(reading.connection)
    const server = () => live.get('pbx1')
    await agree(writer.model, server)
    const remove = async (what: string) => {
      const api = await reading.request(`$JS.API.STREAM.${what}.KV_AMI_STATE`)
      assert.equal(api.json<{ success?: boolean }>().success, true)
    }
    const isWhole = async () => (await stored(bench)).filter(({ kind }) => kind === 'channel').length === 8
    await remove('PURGE')
    // the first record that is written over another one shows it
    await writer.client.sendRaw('Hangup', { Channel: [...writer.model.channels.values()][0]?.name ?? '' })
    await until('all is written again', isWhole)
    await agree(writer.model, server)
    await remove('DELETE')
    await bench.streams()
    await until('all is written again', isWhole)
    await agree(writer.model, server)
    await using another = await state(reading.connection)
    await agree(writer.model, () => another.get('pbx1'))
  })

  test(`what ends while nobody writes and the bucket on nats-server ${version} loses it ends for readers too`, {
    skip,
  }, async (t) => {
    const bench = await arrange(t, version)
    const { reading, streams } = bench
    const writer = await bench.writer('gw-a')
    await call(writer.client, 5)
    await until('all that was called waits', () => areWaiting(writer.model, 10))
    begin(writer, 7)
    await using live = await state(reading.connection)
    const server = () => live.get('pbx1')
    await agree(writer.model, server)
    const stream = (what: string, body = {}) =>
      reading.request(`$JS.API.STREAM.${what}.KV_AMI_STATE`, JSON.stringify(body))
    const subjectOf = ({ id }: { id: string }) => `$KV.AMI_STATE.${stateKey('pbx1', 'channel', id)}`
    const losses: ((channels: readonly Channel[]) => Promise<unknown>)[] = [
      () => stream('PURGE'),
      () => stream('DELETE').then(streams),
      (channels) => Promise.all(channels.map((one) => stream('PURGE', { filter: subjectOf(one) }))),
      (channels) => Promise.all(channels.map((one) => reading.request(subjectOf(one), '', 2_000, deletion()))),
    ]
    for (const lose of losses) {
      const [first, ...others] = [...writer.model.channels.values()]
      assert.ok(first)
      writer.term = undefined
      writer.keeper.look()
      await until('nobody writes', () => !writer.keeper.isWriting)
      await lose([first, ...others.filter(({ localPeer }) => localPeer === first.id)])
      await writer.client.sendRaw('Hangup', { Channel: first.name })
      await until('it has ended', () => writer.model.channels.size === others.length - 1)
      begin(writer, 7)
      await agree(writer.model, server)
    }
  })

  test(`nats-server ${version} is stopped for a while: the writer keeps little, and the state heals`, {
    skip,
  }, async (t) => {
    const bench = await arrange(t, version)
    const writer = await bench.writer('gw-a')
    await call(writer.client, 5)
    begin(writer, 7)
    await using live = await state(bench.reading.connection)
    const server = () => live.get('pbx1')
    await agree(writer.model, server)
    bench.nats.nodes[0]?.freeze()
    for (let round = 0; round < 30; round++) {
      await call(writer.client, 10)
      await writer.client.sendRaw('Hangup', { Channel: '/^Local/' })
      // what is under way and what lives, however much comes and goes
      assert.ok(writer.keeper.pending < 600, `${writer.keeper.pending} in round ${round}`)
    }
    await until('it has noticed', () => writer.keeper.pending === 0)
    await until('the reader says so', () => server()?.freshness('channels').type === 'stale')
    bench.nats.nodes[0]?.thaw()
    await call(writer.client, 2)
    await until('4 channels', () => server()?.channels.size === 4)
    await agree(writer.model, server)
    // killed and started again with what it had
    await bench.nats.kill()
    await call(writer.client, 1)
    await bench.nats.start()
    await until('6 channels', () => server()?.channels.size === 6)
    await agree(writer.model, server)
  })
}
