import assert from 'node:assert/strict'
import { test } from 'node:test'
import { natsObstacle } from '../../tools/servers/nats/nats.ts'
import { withSimulator } from '../targets.ts'
import { faultRun, freezeWriter, killWriter, terminateWriter } from './faults.ts'

const skip = (await natsObstacle()) ?? false
// one where the log begins, and one for each fault
const MOST_GAPS = 4

await withSimulator((target) => {
  test('gateways are killed, stopped and ended: all events are stored once and in order', { skip }, async (t) => {
    const faults = async (bed: Parameters<typeof killWriter>[0]) => {
      t.diagnostic(`after a kill: ${(await killWriter(bed)).toFixed(0)} ms`)
      await freezeWriter(bed)
      t.diagnostic(`after SIGTERM: ${(await terminateWriter(bed)).toFixed(0)} ms`)
    }
    const { gaps, missing, events } = await faultRun({ target, version: '2.15', nodes: 1, perSecond: 200, faults })
    t.diagnostic(`${events} events`)
    // a gateway that has just begun knows nothing of before: where it takes over, it says a gap though nothing is missing
    assert.equal(missing, 0)
    assert.ok(gaps <= MOST_GAPS, `${gaps} gaps`)
  })
})
