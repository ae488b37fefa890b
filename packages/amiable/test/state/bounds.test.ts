import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flood, speaker } from './support/flood.ts'

test('20,000 calls over Local channels, each of another number, leave nothing behind but what options keep', () =>
  flood(20_000))

test('devices, members and hints that a server makes up without end are counted and left out', async () => {
  const { state, say } = speaker({ limits: { devices: 1_000 } })
  for (let n = 0; n < 50_000; n++) {
    say('DeviceStateChange', { Device: `SIP/${n}`, State: 'INUSE' }, n)
    say('ExtensionStatus', { Exten: `${n}`, Context: 'hints', Status: '0' }, n)
  }
  const { records, leftOut } = state.stats()
  assert.equal(records.device, 1_000)
  assert.equal(records.hint, 1_000)
  assert.equal(leftOut, 98_000)
  await state.close()
})
