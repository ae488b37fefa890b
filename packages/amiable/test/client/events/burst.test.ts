import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../../src/index.ts'
import { startServer } from '../../../src/testing/index.ts'

// one read of a socket must not bring more events than the loop has room for: it has its turn between two reads
test('a loop over events() gets all of a burst that came at once', { timeout: 20_000 }, async () => {
  const burst = 10_000
  await using server = await startServer({ users: { frank: 'lean' } })
  await using client = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const events = client.events('DeviceStateChange')
  for (let n = 0; n < burst; n++) server.emit('DeviceStateChange', { Device: `PJSIP/${n}`, State: 'INUSE' })
  const devices: (string | undefined)[] = []
  for await (const event of events) {
    devices.push(event.get('Device'))
    if (devices.length === burst) break
  }
  assert.deepEqual(
    devices,
    Array.from({ length: burst }, (_, n) => `PJSIP/${n}`),
  )
})
