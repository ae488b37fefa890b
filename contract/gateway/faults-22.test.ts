// needs: asterisk-22
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../tools/servers/asterisk/process.ts'
import { natsObstacle } from '../../tools/servers/nats/nats.ts'
import { withAsterisk } from '../targets.ts'
import { type Bed, faultRun, killLeader, killWriter } from './faults.ts'

const skip = (await natsObstacle()) ?? false
// one where the log begins, and one for each fault
const MOST_GAPS = 3

withAsterisk(22, (target) => {
  test('a gateway and a node of NATS are killed, and no event of an Asterisk is missing', { skip }, async (t) => {
    const faults = async (bed: Bed) => {
      t.diagnostic(`after a kill: ${(await killWriter(bed)).toFixed(0)} ms`)
      await killLeader(bed)
    }
    const { gaps, missing, events } = await faultRun({ target, version: '2.15', nodes: 3, perSecond: 200, faults })
    t.diagnostic(`${events} events`)
    // a gateway that has just begun knows nothing of before: where it takes over, it says a gap though nothing is missing
    assert.equal(missing, 0)
    assert.ok(gaps <= MOST_GAPS, `${gaps} gaps`)
  })

  test('Asterisk is killed: the log says a gap where events may be missing', { skip }, async (t) => {
    const faults = async ({ traffic, goesOn }: Bed) => {
      await target.server.kill()
      await target.server.start()
      const { size } = traffic.taken
      await until('events again', 30_000, () => traffic.taken.size > size + 20)
      await goesOn()
    }
    const { gaps, missing, isCut } = await faultRun({ target, version: '2.10', nodes: 1, perSecond: 200, faults })
    t.diagnostic(`${missing} missing in ${gaps} gaps`)
    assert.equal(isCut, true)
    assert.ok(gaps >= 2, `${gaps} gaps`)
  })
})
