import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jetstream } from '@nats-io/jetstream'
import { Kvm } from '@nats-io/kv'
import { connect } from '@nats-io/transport-node'
import { natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import { type KeyRecord, NatsKeys } from '../../src/bus/keys.ts'

const skip = (await natsObstacle()) ?? false
const RECORD: KeyRecord = { state: 'started', gateway: 'gw-a', digest: 'x', until: 1 }

for (const version of ['2.10', '2.15'] as const) {
  test(`of many that create a key on nats-server ${version} one is the first`, { skip }, async (t) => {
    const nats = await startNats(version)
    t.after(() => nats.close())
    const connections = await Promise.all([1, 2].map(() => connect({ servers: nats.urls, reconnect: false })))
    t.after(() => Promise.all(connections.map((one) => one.close())))
    const stores = await Promise.all(
      connections.map(
        async (connection) =>
          // a loaded machine takes longer than a gateway waits
          new NatsKeys(await new Kvm(jetstream(connection, { timeout: 30_000 })).create('AMI_KEYS', { history: 1 })),
      ),
    )
    const [store] = stores
    assert.ok(store)
    const made = await Promise.all(Array.from({ length: 40 }, (_, n) => stores[n % 2]?.create('k', RECORD)))
    const first = made.filter((one) => one && 'revision' in one)
    assert.equal(first.length, 1)
    assert.deepEqual(
      made.filter((one) => one && 'found' in one).map((one) => one && 'found' in one && one.found),
      Array.from({ length: 39 }, () => RECORD),
    )
    const revision = (first[0] as { revision: number }).revision
    await assert.rejects(store.update('k', { ...RECORD, state: 'done' }, revision + 1))
    await store.update('k', { ...RECORD, state: 'done', reply: { ok: true } }, revision)
    assert.deepEqual(await store.create('k', RECORD), { found: { ...RECORD, state: 'done', reply: { ok: true } } })
    // a key that was given back can be taken again
    const other = await store.create('other', RECORD)
    await store.remove('other', (other as { revision: number }).revision)
    assert.ok('revision' in (await store.create('other', RECORD)))
    await nats.kill()
    await assert.rejects(store.create('late', RECORD))
  })
}

test('of many that create a key in a cluster at once one is the first, and all others find it', { skip }, async (t) => {
  const nats = await startNats('2.15', { nodes: 3 })
  t.after(() => nats.close())
  const connections = await Promise.all(nats.urls.map((url) => connect({ servers: url, reconnect: false })))
  t.after(() => Promise.all(connections.map((one) => one.close())))
  const stores = await Promise.all(
    connections.map(async (connection) => {
      const kvm = new Kvm(jetstream(connection, { timeout: 5_000 }))
      // a cluster that begins has no peers yet, and not every node knows of a new stream at once
      for (const end = performance.now() + 60_000; ; ) {
        try {
          const kv = await kvm.create('AMI_KEYS', { history: 1, replicas: 3 })
          await kv.put('first', '')
          return new NatsKeys(kv)
        } catch (error) {
          if (performance.now() > end) throw error
        }
      }
    }),
  )
  for (let n = 0; n < 20; n++) {
    const made = await Promise.all([...stores, ...stores].map((store) => store.create(`k${n}`, RECORD)))
    assert.equal(made.filter((one) => 'revision' in one).length, 1)
  }
})
