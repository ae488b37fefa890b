import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { after, test } from 'node:test'
import { NATS_VERSIONS } from '../binary.ts'
import { natsObstacle, startNats } from '../nats.ts'
import { takePorts } from '../ports.ts'

const skip = (await natsObstacle()) ?? false

/** What a server says of itself to whoever connects. */
async function information(port: number): Promise<{ version: string; jetstream: boolean }> {
  const socket = connect(port, '127.0.0.1')
  const [chunk] = await once(socket, 'data')
  socket.destroy()
  return JSON.parse(String(chunk).replace(/^INFO /, ''))
}

for (const version of NATS_VERSIONS) {
  test(`a server of ${version} starts, is killed, and starts again on its port with its store`, { skip }, async () => {
    const nats = await startNats(version)
    after(() => nats.close())
    const [node] = nats.nodes
    assert.ok(node)
    const said = await information(node.port)
    assert.equal(said.jetstream, true)
    assert.ok(Number(said.version.split('.')[1]) >= Number(version.split('.')[1]), said.version)
    const before = node.pid
    await node.kill()
    await assert.rejects(information(node.port), { code: 'ECONNREFUSED' })
    assert.ok(existsSync(node.store))
    await node.start()
    assert.notEqual(node.pid, before)
    assert.equal((await information(node.port)).jetstream, true)
    await nats.close()
    assert.equal(existsSync(node.store), false)
  })
}

test('three nodes are a cluster that outlives one of them', { skip }, async () => {
  const nats = await startNats('2.15', { nodes: 3 })
  after(() => nats.close())
  assert.equal(new Set(nats.urls).size, 3)
  const [first, second] = nats.nodes
  assert.ok(first && second)
  await first.kill()
  assert.equal((await information(second.port)).jetstream, true)
  await first.start()
  assert.equal(await first.healthy(), true)
})

test('a frozen node answers nothing until it is thawed', { skip }, async () => {
  const nats = await startNats('2.10')
  after(() => nats.close())
  const [node] = nats.nodes
  assert.ok(node)
  node.freeze()
  const socket = connect(node.port, '127.0.0.1')
  await once(socket, 'connect')
  const first = once(socket, 'data')
  node.thaw()
  const [chunk] = await first
  assert.match(String(chunk), /^INFO /)
  socket.destroy()
})

test('ports are nobody else’s until they are released', async () => {
  const [one, other] = await Promise.all([takePorts(), takePorts()])
  assert.equal(new Set([...one.ports, ...other.ports]).size, 18)
  const probe = createServer().listen(one.ports[0], '127.0.0.1')
  await once(probe, 'listening')
  probe.close()
  await one.release()
  await other.release()
})
