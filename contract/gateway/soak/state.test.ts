// needs: asterisk-22 asterisk-16
import { test } from 'node:test'
import { NATS_VERSIONS } from '../../../tools/servers/nats/binary.ts'
import { natsObstacle } from '../../../tools/servers/nats/nats.ts'
import { lateSimulator } from '../../state/support/simulated.ts'
import { withAsterisk } from '../../targets.ts'
import { replaceWriter, stateRun } from '../state.ts'

const skip = (await natsObstacle()) ?? false
const simulator = await lateSimulator()

for (const version of NATS_VERSIONS) {
  test(
    `the live state on a cluster of nats-server ${version} equals plain lists, through kills of each node`,
    {
      skip,
    },
    () =>
      stateRun(
        simulator,
        version,
        async (bed) => {
          for (const [n, node] of bed.nats.nodes.entries()) {
            await bed.under(n + 1, async () => {
              await node.kill()
              if (n === 1) await (await replaceWriter(bed)).start()
              await node.start()
            })
          }
        },
        3,
      ),
  )
}

for (const release of [22, 16] as const) {
  withAsterisk(release, (target) => {
    test(`the live state of a real Asterisk ${release} equals plain lists after loads of many seeds`, { skip }, () =>
      stateRun(target, '2.10', async (bed) => {
        for (let seed = 1; seed <= 5; seed++) {
          await bed.under(seed, async () => {
            const killed = await replaceWriter(bed)
            await killed.start()
          })
          if (seed === 3) {
            await bed.under(seed + 100, async () => {
              await bed.nats.kill()
              await bed.nats.start()
            })
          }
        }
      }),
    )
  })
}
