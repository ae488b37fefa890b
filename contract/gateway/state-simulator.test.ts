import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LiveChange } from 'amiable-gateway/client'
import { natsObstacle } from '../../tools/servers/nats/nats.ts'
import { lateSimulator } from '../state/support/simulated.ts'
import { replaceWriter, stateRun } from './state.ts'

const skip = (await natsObstacle()) ?? false
const target = await lateSimulator()

for (const version of ['2.10', '2.15'] as const) {
  test(
    `the live state on nats-server ${version} equals plain lists, through kills of the writer and of NATS`,
    {
      skip,
    },
    () =>
      stateRun(target, version, async (bed) => {
        await bed.under(1, async () => {})
        const { length } = bed.changes
        const killed = await replaceWriter(bed)
        await bed.agrees()
        // nothing but the gateway has changed
        assert.deepEqual(
          bed.changes.slice(length).filter((change) => change.type !== 'freshness' && !hasItsOwnTime(change)),
          [],
        )
        await killed.start()
        await bed.under(2, async () => void (await replaceWriter(bed)))
        await bed.under(3, async () => {
          await bed.nats.kill()
          await bed.nats.start()
        })
      }),
  )
}

/** Each gateway's model asks for a queue's counters, and forgets a call that has ended, some time after the event. */
function hasItsOwnTime(change: LiveChange): boolean {
  return (
    (change.type === 'changed' && change.kind === 'queues' && change.fields.every((field) => field === 'counted')) ||
    (change.type === 'removed' && change.kind === 'calls')
  )
}
