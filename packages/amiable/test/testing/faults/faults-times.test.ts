import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../../src/client/connect.ts'
import { startServer } from '../../../src/testing/index.ts'

test('a fault that is given a number of times strikes so often, also where it takes long', async () => {
  await using server = await startServer()
  const { host, port, faults } = server
  await using ami = await connect({ host, port, username: 'frank', secret: 'lean', limits: { rows: 500 } })
  server.handle('Rows', (_, reply) => {
    reply.list({ complete: 'RowsComplete', rows: [['Row', { Number: 1 }]] })
    return undefined
  })
  faults.endlessHeaders(200, { times: 1 })
  assert.ok((await ami.send('Ping')).headers.length > 200)
  assert.ok((await ami.send('Ping')).headers.length < 10)
  faults.endlessList(100, { times: 1 })
  await assert.rejects(ami.sendRaw('Rows', {}, { timeout: 100 }), (error: { events: unknown[] }) => {
    assert.equal(error.events.length, 100)
    return true
  })
  assert.equal((await ami.sendRaw('Rows')).events.length, 1)
  // one without an end, used up by the list that it makes, is ended by clear
  faults.endlessList(undefined, { times: 1 })
  await assert.rejects(ami.sendRaw('Rows'), { code: 'AMI_LIMIT' })
  faults.clear()
  assert.equal((await ami.sendRaw('Rows')).events.length, 1)
})
