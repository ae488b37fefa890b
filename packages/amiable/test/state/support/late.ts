// Runs in a process with little memory: large messages that come while a list is written, and wait for their turn.
import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { speaker } from './flood.ts'
import type { Headers } from './messages.ts'

const channel = (n: number): Headers => ({
  ...{ Uniqueid: `1.${n}`, Linkedid: `1.${n}`, Channel: `PJSIP/${n}`, ChannelStateDesc: 'Up' },
})
let said = 0
const { state, say } = speaker(
  { kinds: ['channels'] },
  {
    *CoreShowChannels() {
      for (let n = 0; n < 20_000; n++) yield ['CoreShowChannel', channel(n)]
      // behind the end of the list, and before the next turn of the loop
      queueMicrotask(() => {
        assert.equal(state.channels.size, 0, 'the list was written at once')
        for (; said < 400; said++) {
          say('Newstate', {
            ...channel(said),
            ChannelStateDesc: 'Busy',
            Long: Buffer.alloc(1_000_000, 'x').toString('latin1'),
          })
        }
      })
    },
  },
)
await state.ready()
while (said < 400) await turn()
assert.equal(state.channels.size, 20_000)
assert.equal(state.channels.filter((one) => one.state === 'Busy').length, 400)
await state.close()
