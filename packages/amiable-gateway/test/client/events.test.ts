import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import { checked } from '../../src/client/events.ts'

const skip = (await natsObstacle()) ?? false

const message = (seq: number, more: object = {}) => ({
  string: () =>
    JSON.stringify({
      ...{
        v: 1,
        id: `pbx1-a-${seq}`,
        server: 'pbx1',
        log: 'a',
        seq,
        term: 1,
        run: 'r',
        at: '2026-11-26T10:00:00.000Z',
      },
      ...{ event: 'Hangup', hash: 'x', data: {} },
      ...more,
    }),
})

async function read(...messages: { string: () => string; ack?: () => void }[]): Promise<string[]> {
  const all: string[] = []
  const source = (async function* () {
    yield* messages
  })()
  for await (const one of checked(source)) {
    all.push(
      one.type === 'gap'
        ? `${one.cause} ${one.server} ${one.after} ${one.missing}`
        : `${one.type === 'late' ? 'late ' : ''}${one.message.server} ${one.message.seq}`,
    )
  }
  return all
}

test('what is dense and in order has no gap, whatever servers are mixed', async () => {
  const other = { server: 'pbx2', log: 'b' }
  const all = await read(message(5), message(1, other), message(6), message(2, other), message(7))
  assert.deepEqual(all, ['pbx1 5', 'pbx2 1', 'pbx1 6', 'pbx2 2', 'pbx1 7'])
})

test('what is missing is said before what follows it', async () => {
  assert.deepEqual(await read(message(5), message(9)), ['pbx1 5', 'missed pbx1 5 3', 'pbx1 9'])
})

test('what comes twice is given once', async () => {
  assert.deepEqual(await read(message(5), message(6), message(5), message(6), message(7)), [
    'pbx1 5',
    'pbx1 6',
    'pbx1 7',
  ])
})

test('what NATS gives again until somebody acknowledges it comes late, also that of a former life', async () => {
  const acked: number[] = []
  const waiting = (seq: number, more?: object) => ({ ...message(seq, more), ack: () => acked.push(seq) })
  const all = await read(
    waiting(101),
    waiting(95),
    waiting(102),
    waiting(1, { log: 'b' }),
    waiting(96),
    waiting(2, { log: 'b' }),
  )
  assert.deepEqual(all, [
    'pbx1 101',
    'late pbx1 95',
    'pbx1 102',
    'made-again pbx1 102 undefined',
    'pbx1 1',
    'late pbx1 96',
    'pbx1 2',
  ])
  assert.equal(acked.length, 0, 'only whoever reads knows what is done')
  await read({ string: () => 'of a stranger', ack: () => acked.push(0) })
  assert.equal(acked.length, 1, 'what cannot be read would come for ever')
})

test('a gap of the log is said, with its number where that is known', async () => {
  const gap = (lost: number | null) => ({ event: undefined, status: 'gap', lost })
  assert.deepEqual(await read(message(5), message(6, gap(12)), message(7)), [
    'pbx1 5',
    'log pbx1 5 12',
    'pbx1 6',
    'pbx1 7',
  ])
  assert.deepEqual(await read(message(6, gap(null))), ['log pbx1 undefined undefined', 'pbx1 6'])
})

test('a log that was made again begins anew', async () => {
  assert.deepEqual(await read(message(5), message(1, { log: 'c' })), [
    'pbx1 5',
    'made-again pbx1 5 undefined',
    'pbx1 1',
  ])
})

test('what no gateway has written is left out', async () => {
  const strange = ['', 'null', '{', '[]', '{"seq":6}'].map((text) => ({ string: () => text }))
  assert.deepEqual(await read(message(5), ...strange, message(6)), ['pbx1 5', 'pbx1 6'])
})

test('a reader that ends in the middle loses nothing of what it had taken', { skip }, async (t) => {
  const nats = await startNats('2.15')
  t.after(() => nats.close())
  const connection = await connect({ servers: nats.urls })
  t.after(() => connection.close())
  const { streams, consumers } = await jetstreamManager(connection)
  await streams.add({ name: 'AMI', subjects: ['ami.event.>'] })
  const second = 1_000_000_000
  await consumers.add('AMI', { durable_name: 'bi', ack_policy: AckPolicy.Explicit, ack_wait: second })
  for (let seq = 1; seq <= 40; seq++) connection.publish('ami.event.pbx1.X', message(seq).string())

  const done = new Set<number>()
  const readUntil = async (most: number) => {
    const reader = await connect({ servers: nats.urls })
    const consumer = await jetstream(reader).consumers.get('AMI', 'bi')
    for await (const one of checked(await consumer.consume({ max_messages: 20 }))) {
      if (one.type === 'gap') continue
      done.add(one.message.seq)
      one.source.ack()
      if (done.size >= most) break
    }
    await reader.close()
  }
  // what it had taken and not acknowledged comes behind the others
  await readUntil(5)
  await readUntil(40)
  assert.equal(done.size, 40)
})
