import assert from 'node:assert/strict'
import { test } from 'node:test'
import { natsObstacle } from '../../../tools/servers/nats/nats.ts'
import { withSimulator } from '../../targets.ts'
import { faultRun } from '../faults.ts'
import { seeded, storm } from '../storm.ts'
import { Network, networkObstacle } from '../support/network.ts'

const skip = (await natsObstacle()) ?? networkObstacle() ?? false
const FAULTS = Number(process.env.AMIABLE_FAULTS ?? 40)
const SEED = Number(process.env.AMIABLE_SEED ?? 17)

await withSimulator((target) => {
  for (const [version, nodes] of [
    ['2.10', 3],
    ['2.15', 3],
    ['2.15', 1],
  ] as const) {
    test(`a storm of ${FAULTS} faults over ${nodes} of nats-server ${version}, one clock an hour ahead`, {
      skip,
    }, async (t) => {
      const network = new Network(['gw-a', 'gw-b', 'n1', 'n2', 'n3'])
      t.after(() => network.close())
      const random = seeded(SEED)
      const run = { target, version, nodes, perSecond: 200, network, isLate: true }
      const found = await faultRun({
        ...run,
        faults: (bed) => storm({ bed, random, asterisk: undefined, network }, FAULTS, (text) => t.diagnostic(text)),
      })
      t.diagnostic(JSON.stringify(found))
      assert.equal(found.isCut, false)
    })
  }
})
