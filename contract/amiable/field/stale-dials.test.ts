// A call that is dialled later than it was asked for is a wrong call: without a link nothing is dialled.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, LostError } from 'amiable'
import { startServer } from 'amiable/testing'

const call = { Channel: 'Local/wait@default/n', Application: 'Wait', Data: 1 }

test('five calls while the link is down are refused at once and never dialled; one that asks for it waits', async () => {
  await using server = await startServer()
  await using ami = await connect({
    host: server.host,
    port: server.port,
    username: 'frank',
    secret: 'lean',
    reconnect: { initialDelay: 200 },
  })
  const down = server.faults.refuseConnection()
  const lost = (async () => {
    for await (const { type } of ami.status()) if (type === 'lost') return
  })()
  server.disconnect()
  await lost
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => ami.originate(call)))
  for (const result of results) {
    assert.ok(result.status === 'rejected' && result.reason instanceof LostError, 'refused')
    assert.deepEqual([result.reason.delivered, result.reason.retryable], ['no', true])
  }
  assert.notEqual(ami.state, 'ready', 'refused while the link is down')
  for (const action of ['Originate', 'originate']) {
    const dialled = ami.sendRaw(action, { ...call, Async: true })
    await assert.rejects(dialled, { code: 'AMI_LOST', delivered: 'no', message: /give queue: true to wait$/ })
  }
  const patient = ami.originate(call, { queue: true, timeout: 20_000 })
  down.off()
  assert.notEqual((await patient).outcome, 'unknown')
  assert.equal(server.calls.filter(({ name }) => name === 'Originate').length, 1)
})
