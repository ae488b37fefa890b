import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { connect, createClient } from '../../src/client/connect.ts'

const { getBuiltinModule } = process
const options = { host: '127.0.0.1', port: 1, username: 'frank', secret: 'lean' }
const refusal = { code: 'AMI_CONNECT', message: /(?:^|: )Node v\S+ is too old for amiable: use Node 20\.19, 22\.12/ }

afterEach(() => {
  process.getBuiltinModule = getBuiltinModule
})

test('an older Node is told which one is needed, and nothing is tried', async () => {
  process.getBuiltinModule = undefined as never
  await assert.rejects(connect(options), refusal)
  const client = createClient(options)
  await assert.rejects(client.connect(), refusal)
  assert.equal(client.state, 'idle')
  client.destroy()
})
