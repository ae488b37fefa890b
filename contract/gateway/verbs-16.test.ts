// needs: asterisk-16
import { test } from 'node:test'
import { natsObstacle } from '../../tools/servers/nats/nats.ts'
import { withAsterisk } from '../targets.ts'
import { tryVerbs } from './verbs.ts'

const skip = (await natsObstacle()) ?? false

withAsterisk(16, (target) => {
  test('each verb prints and leaves as it says, on a real Asterisk', { skip }, async (t) => {
    const closing: (() => Promise<void>)[] = []
    t.after(async () => {
      for (const close of closing.reverse()) await close()
    })
    await tryVerbs(target, '2.10', (close) => closing.push(close))
  })
})
