import assert from 'node:assert/strict'
import { test } from 'node:test'
import { natsObstacle } from '../../../tools/servers/nats/nats.ts'
import { withSimulator } from '../../targets.ts'
import { faultRun, forget, killNats, killWriter } from '../faults.ts'

const skip = (await natsObstacle()) ?? false

await withSimulator((target) => {
  test('NATS is killed, and comes back without what it stored last: nothing is missing', { skip }, async (t) => {
    const faults = async (bed: Parameters<typeof killWriter>[0]) => {
      await killNats(bed)
      await forget(bed)
      await killWriter(bed)
    }
    const { gaps, missing, events } = await faultRun({ target, version: '2.10', nodes: 1, perSecond: 200, faults })
    t.diagnostic(`${events} events`)
    assert.deepEqual({ gaps, missing }, { gaps: 1, missing: 0 })
  })
})
