import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import { NATS_VERSIONS, type NatsVersion } from '../../../../tools/servers/nats/binary.ts'
import { type NatsOptions, natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import { namesOf } from '../../src/bus/names.ts'
import { connectBus } from '../../src/bus/nats.ts'
import { ensureStreams, repairStreams, type StreamsOptions } from '../../src/bus/streams.ts'

const skip = (await natsObstacle()) ?? false
const MIB = 1_048_576
const WANTED: StreamsOptions = {
  names: namesOf('ami'),
  servers: ['pbx1'],
  replicas: 1,
  maxAge: 86_400_000,
  maxBytes: 64 * MIB,
  keepAge: 86_400_000,
  keepBytes: 64 * MIB,
  manage: true,
}
const ALL = ['AMI-LOG_pbx1', 'AMI-STATUS', 'AMI', 'AMI-AUDIT', 'KV_AMI_KEYS', 'KV_AMI_STATE']

async function arrange(t: TestContext, version: NatsVersion, options: NatsOptions = {}) {
  const nats = await startNats(version, options)
  t.after(() => nats.close())
  const bus = await connectBus({ servers: nats.urls })
  t.after(() => bus.close())
  return { nats, bus, manager: await jetstreamManager(bus.connection, { checkAPI: false }) }
}

for (const version of NATS_VERSIONS) {
  test(`streams on nats-server ${version} are made once, brought up to date, and only checked without manage`, {
    skip,
  }, async (t) => {
    const { bus, manager } = await arrange(t, version)
    const checked = { ...WANTED, manage: false }
    const done = (change: string) => ALL.map((stream) => ({ stream, change, settings: [] }))
    assert.deepEqual(await ensureStreams(bus, checked), done('make'))
    assert.deepEqual(await manager.streams.list().next(), [], 'nothing is made without manage')
    assert.deepEqual(await ensureStreams(bus, WANTED), done('make'))
    assert.deepEqual(await ensureStreams(bus, WANTED), [])
    const other = { stream: 'AMI-LOG_pbx1', change: 'update', settings: ['max_age'] }
    assert.deepEqual(await ensureStreams(bus, { ...checked, maxAge: 3_600_000 }), [other])
    assert.equal((await manager.streams.info('AMI-LOG_pbx1')).config.max_age, 86_400_000 * 1e6)
    assert.deepEqual(await ensureStreams(bus, { ...WANTED, maxAge: 3_600_000 }), [other])
    // another gateway with another Asterisk leaves the logs that it does not know
    const more = await ensureStreams(bus, { ...WANTED, maxAge: 3_600_000, servers: ['pbx2'] })
    assert.deepEqual(
      more.map(({ stream }) => stream),
      ['AMI-LOG_pbx2', 'AMI'],
    )
    const { sources } = (await manager.streams.info('AMI')).config
    assert.deepEqual(sources?.map(({ name }) => name).sort(), ['AMI-LOG_pbx1', 'AMI-LOG_pbx2'])
    assert.deepEqual(await ensureStreams(bus, { ...WANTED, maxAge: 3_600_000 }), [])
  })
}

for (const version of NATS_VERSIONS) {
  test(`streams that somebody deletes on nats-server ${version} are made again, and what he changes is only said`, {
    skip,
  }, async (t) => {
    const { bus, manager } = await arrange(t, version)
    await ensureStreams(bus, { ...WANTED, servers: ['pbx2'] })
    await ensureStreams(bus, WANTED)
    const repair = async (options: StreamsOptions) => {
      const made: string[] = []
      const left = await repairStreams(bus, options, ({ stream, change }) => made.push(`${change} ${stream}`))
      return { made, left: left.map(({ stream, change, settings }) => `${change} ${stream} ${settings}`) }
    }
    assert.deepEqual(await repair(WANTED), { made: [], left: [] })
    for (const stream of ALL) {
      await manager.streams.delete(stream)
      assert.deepEqual(await repair({ ...WANTED, manage: false }), { made: [], left: [`make ${stream} `] })
      assert.deepEqual(await repair(WANTED), { made: [`make ${stream}`], left: [] })
    }
    // the stream of all has the log of each gateway again, whichever made it
    assert.deepEqual((await repair({ ...WANTED, servers: ['pbx2'] })).made, ['update AMI'])
    const { sources } = (await manager.streams.info('AMI')).config
    assert.deepEqual(sources?.map(({ name }) => name).sort(), ['AMI-LOG_pbx1', 'AMI-LOG_pbx2'])
    const { config } = await manager.streams.info('AMI-LOG_pbx1')
    await manager.streams.update('AMI-LOG_pbx1', {
      ...config,
      max_age: 3_600_000 * 1e6,
      max_msg_size: 600,
      no_ack: true,
    })
    assert.deepEqual(await repair(WANTED), { made: [], left: ['update AMI-LOG_pbx1 no_ack,max_msg_size,max_age'] })
    await ensureStreams(bus, WANTED)
    assert.deepEqual(await repair(WANTED), { made: [], left: [] })
  })
}

test('a gateway that begins while most of the cluster is away waits for it, and says so', {
  skip,
}, async (t) => {
  const { nats, bus, manager } = await arrange(t, '2.15', { nodes: 3 })
  // the connection is to one of them, and it finds the other
  const [, ...most] = nats.nodes
  await Promise.all(most.map((node) => node.kill()))
  const said: string[] = []
  let heard = () => {}
  const first = new Promise<void>((resolve) => {
    heard = resolve
  })
  const onWait = (why: string) => {
    said.push(why)
    heard()
  }
  const made = ensureStreams(bus, { ...WANTED, replicas: 3 }, { onWait })
  await Promise.race([first, made])
  await nats.start()
  await made
  const found = await manager.streams.list().next()
  assert.deepEqual(found.map(({ config }) => config.name).sort(), [...ALL].sort())
  assert.match(said[0] ?? '', /^the stream [\w-]+ is not there yet: /)
})

test('gateways that begin at once with different Asterisks lose no source', { skip }, async (t) => {
  const { bus, manager } = await arrange(t, '2.15')
  await ensureStreams(bus, WANTED)
  await Promise.all(['pbx2', 'pbx3', 'pbx4'].map((server) => ensureStreams(bus, { ...WANTED, servers: [server] })))
  const { sources } = (await manager.streams.info('AMI')).config
  const logs = ['pbx1', 'pbx2', 'pbx3', 'pbx4'].map((server) => `AMI-LOG_${server}`)
  assert.deepEqual(sources?.map(({ name }) => name).sort(), logs)
})

test('a wrong number of copies is no matter of waiting, and a signal ends the waiting', { skip }, async (t) => {
  const { bus } = await arrange(t, '2.10')
  await assert.rejects(ensureStreams(bus, { ...WANTED, replicas: 3 }), /replicas/)
  const gone = new AbortController()
  gone.abort(new Error('the end'))
  await assert.rejects(ensureStreams(bus, WANTED, { signal: gone.signal }), /the end/)
})

for (const version of NATS_VERSIONS) {
  test(`a nats-server ${version} without room for the streams is waited for, and it is said what it lacks`, {
    skip,
  }, async (t) => {
    const room = 'accounts { A { jetstream { max_file: 100MB }, users: [{ user: gw, password: gw }] } }'
    const nats = await startNats(version, { configuration: room })
    t.after(() => nats.close())
    const bus = await connectBus({ servers: nats.urls, user: 'gw', pass: 'gw' })
    t.after(() => bus.close())
    const gone = new AbortController()
    const said: string[] = []
    const onWait = (why: string) => {
      said.push(why)
      gone.abort(new Error('the end'))
    }
    await assert.rejects(ensureStreams(bus, WANTED, { onWait, signal: gone.signal }), /the end/)
    assert.match(said[0] ?? '', /^the stream [\w-]+ is not there yet: .*storage/)
  })
}
