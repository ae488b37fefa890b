// needs: asterisk-22
import { test } from 'node:test'
import { until } from '../../tools/servers/asterisk/process.ts'
import { natsObstacle } from '../../tools/servers/nats/nats.ts'
import { withAsterisk } from '../targets.ts'
import { isLive, replaceWriter, stateRun } from './state.ts'

const skip = (await natsObstacle()) ?? false

withAsterisk(22, (target) => {
  test(
    'the live state of a real Asterisk equals plain lists, through a kill of the writer and of Asterisk',
    { skip },
    () =>
      stateRun(target, '2.15', async (bed) => {
        await bed.under(1, async () => void (await replaceWriter(bed)))
        const began = bed.changes.length
        await target.server.kill()
        await until('it says so', 30_000, () => bed.live.get('pbx1')?.up === false && !isLive(bed.live))
        await target.server.start()
        await bed.agrees()
        // what was killed with it is gone, and was told once
        const keys = bed.changes
          .slice(began)
          .flatMap((change) => (change.type === 'removed' && change.kind === 'channels' ? [change.key] : []))
        if (new Set(keys).size !== keys.length) throw new Error(`told twice: ${keys}`)
      }),
  )
})
