// The disk of NATS is full for a while. A disk of our own is mounted, which needs root.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '../../../tools/servers/asterisk/process.ts'
import { NATS_VERSIONS } from '../../../tools/servers/nats/binary.ts'
import { natsObstacle } from '../../../tools/servers/nats/nats.ts'
import { withSimulator } from '../../targets.ts'
import { type Bed, faultRun } from '../faults.ts'

const skip = (await natsObstacle()) ?? (process.getuid?.() === 0 ? false : 'a disk is mounted by root')
const TIMEOUT = 60_000
const SIZE = '64m'

await withSimulator((target) => {
  for (const version of NATS_VERSIONS) {
    test(`a disk that is full costs no event: nats-server ${version} goes on when there is room`, {
      skip,
    }, async (t) => {
      const disk = mkdtempSync(join(tmpdir(), 'amiable-disk-'))
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', disk])
      t.after(() => {
        execFileSync('umount', ['-l', disk])
        rmSync(disk, { recursive: true })
      })
      const faults = async ({ nats, traffic, gateways, goesOn }: Bed) => {
        const filler = join(disk, 'filler')
        const { bavail, bsize } = statfsSync(disk)
        // a little is left: it fails while it writes
        writeFileSync(filler, Buffer.alloc(bavail * bsize - 200_000))
        const isTold = () =>
          gateways.some(({ lines }) => lines.some(({ msg }) => /interrupted|does not answer/.test(msg)))
        await until('that it is told', TIMEOUT, isTold)
        const { sent } = traffic
        await until('events without a log', TIMEOUT, () => traffic.sent > sent + 1_000)
        rmSync(filler)
        // JetStream has given up where it could not write: the operator starts it again
        await nats.kill()
        await nats.start()
        await goesOn()
      }
      const configuration = `jetstream { store_dir: "${disk}", max_file_store: 20GB }`
      const restricted = { configuration, settings: {}, login: undefined }
      const found = await faultRun({ target, version, nodes: 1, perSecond: 200, restricted, faults })
      t.diagnostic(JSON.stringify(found))
      assert.equal(found.missing, 0)
    })
  }
})
