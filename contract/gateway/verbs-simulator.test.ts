import { test } from 'node:test'
import { NATS_VERSIONS } from '../../tools/servers/nats/binary.ts'
import { natsObstacle } from '../../tools/servers/nats/nats.ts'
import { withSimulator } from '../targets.ts'
import { tryVerbs } from './verbs.ts'

const skip = (await natsObstacle()) ?? false

await withSimulator((target) => {
  for (const version of NATS_VERSIONS) {
    test(`each verb prints and leaves as it says, on nats-server ${version}`, { skip }, async (t) => {
      const closing: (() => Promise<void>)[] = []
      t.after(async () => {
        for (const close of closing.reverse()) await close()
      })
      await tryVerbs(target, version, (close) => closing.push(close))
    })
  }
})
