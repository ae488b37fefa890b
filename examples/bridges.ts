// Bridges: two calls that talk to each other, and who is in which bridge.
import { hangup } from 'amiable'
import { next, open } from './connection.ts'

await using ami = await open()

const dial = () => ami.originate({ Channel: 'Local/wait@default/n', Application: 'Wait', Data: 20 })
const [one, two] = [await dial(), await dial()]
// whichever of them is the second to enter
const entered = next(
  ami,
  'BridgeEnter',
  ({ Channel, BridgeNumChannels }) => [one.Channel, two.Channel].includes(Channel) && Number(BridgeNumChannels) === 2,
)
await ami.send('Bridge', { Channel1: one.Channel, Channel2: two.Channel, Tone: 'no' })
const { BridgeUniqueid } = await entered

for await (const bridge of ami.list('BridgeList')) {
  console.log(`bridge of ${bridge.BridgeNumChannels}, ${bridge.BridgeTechnology}`)
}
for await (const { Channel } of ami.list('BridgeInfo', { BridgeUniqueid })) console.log(`  ${Channel}`)

await hangup(ami, { channel: one.Channel })
await hangup(ami, { channel: two.Channel }).catch(() => console.log('the second ended with the first'))
