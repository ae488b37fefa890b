import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFleet } from '../../src/index.ts'
import { type Change, type States, watchAll } from '../../src/state/index.ts'
import { startServer } from '../../src/testing/index.ts'

const users = { frank: 'lean' }
const login = (name: string, port: number) => ({
  name,
  host: '127.0.0.1',
  port,
  username: 'frank',
  secret: 'lean',
  reconnect: { initialDelay: 10, maxDelay: 50 },
})

/** The first change from now on that has this name and source. */
function next(states: States, name: 'channel.added' | 'member.changed', source: string): Promise<Change> {
  return new Promise((resolve) => {
    const listener = states.on(name, (change) => {
      if (change.source !== source) return
      listener.remove()
      resolve(change)
    })
  })
}

test('several servers are one picture: collections, changes and a queue that all of them have', async () => {
  await using one = await startServer({ users })
  await using two = await startServer({ users })
  await using fleet = createFleet([login('pbx1', one.port), login('pbx2', two.port)])
  await using pbxs = watchAll(fleet, { audit: false })
  await fleet.connect()
  await pbxs.ready()
  assert.equal(pbxs.freshness.type, 'live')
  assert.deepEqual(pbxs.names, ['pbx1', 'pbx2'])
  const [first, second] = [next(pbxs, 'channel.added', 'pbx1'), next(pbxs, 'channel.added', 'pbx2')]
  one.channels.create({ name: 'PJSIP/100' })
  two.channels.create({ name: 'PJSIP/200' })
  const { key } = await first
  await second
  assert.equal(pbxs.channels.size, 2)
  assert.deepEqual([...pbxs.channels].map(({ source }) => source).sort(), ['pbx1', 'pbx2'])
  assert.equal(pbxs.channels.get(`pbx1/${key}`)?.device, 'PJSIP/100')
  const changed = next(pbxs, 'member.changed', 'pbx2')
  await fleet.get('pbx2').send('QueuePause', { Interface: 'Local/member@default/n', Paused: true })
  await changed
  const queue = pbxs.queues.merged('SUPPORT')
  assert.deepEqual(queue?.sources, ['pbx1', 'pbx2'])
  assert.equal(queue?.members.length, 2)
  assert.equal(queue?.members.find((one) => one.interface === 'Local/member@default/n')?.state, 'paused')
  assert.equal(pbxs.queues.merged('none'), undefined)
  assert.equal(pbxs.snapshot().length, 2)
})

test('one bad server does not keep the others back, and is listed when it comes; members come and go', async () => {
  await using one = await startServer({ users })
  await using two = await startServer({ users })
  const refuse = two.faults.refuseConnection()
  await using fleet = createFleet([login('pbx1', one.port), login('pbx2', two.port)])
  await using pbxs = watchAll(fleet, { audit: false })
  await fleet.connect()
  await pbxs.ready()
  assert.equal(pbxs.get('pbx1')?.freshness.type, 'live')
  assert.equal(pbxs.get('pbx2')?.freshness.type, 'waiting')
  refuse.off()
  await pbxs.get('pbx2')?.ready()
  assert.equal(pbxs.freshness.type, 'live')

  await using three = await startServer({ users })
  fleet.add(login('pbx3', three.port))
  await pbxs.get('pbx3')?.ready()
  const added = next(pbxs, 'channel.added', 'pbx3')
  three.channels.create({ name: 'PJSIP/300' })
  await added
  await fleet.remove('pbx3')
  assert.deepEqual(pbxs.names, ['pbx1', 'pbx2'])
  assert.equal(pbxs.channels.size, 0)
})

test('what is no fleet is refused, and wrong options at once', async () => {
  await using fleet = createFleet([])
  assert.throws(() => watchAll({} as never), { code: 'AMI_ARGUMENT', argument: 'fleet' })
  assert.throws(() => watchAll(fleet, { kinds: ['none' as never] }), { code: 'AMI_ARGUMENT', argument: 'kinds' })
})
