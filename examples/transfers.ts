// Transfers: a channel sent elsewhere, a blind one in a call, and an attended one by feature codes.
import { hangup } from 'amiable'
import { next, open } from './connection.ts'

await using ami = await open()

// a channel goes to another extension
const { Channel } = await ami.originate({ Channel: 'Local/wait@default/n', Application: 'Wait', Data: 20 })
const moved = next(ami, 'Newexten', (event) => event.Channel === Channel && event.Extension === 'echo')
await ami.send('Redirect', { Channel, Context: 'default', Exten: 'echo', Priority: 1 })
console.log(`${Channel} is at ${(await moved).Extension}`)
await hangup(ami, { channel: Channel })

// a call whose called side is sent on; what AMI answers is what became of it
// the called side enters first, and one who is alone in a bridge can transfer nobody
const talking = next(ami, 'BridgeEnter', ({ BridgeNumChannels }) => Number(BridgeNumChannels) === 2)
const call = await ami.originate({ Channel: 'Local/dial@default/n', Application: 'Wait', Data: 20 })
const inCall = await talking
const transferred = next(ami, 'BlindTransfer')
await ami.send('BlindTransfer', { Channel: inCall.Channel, Context: 'default', Exten: 'wait' })
const { Result, Extension } = await transferred
console.log(`to ${Extension}: ${Result}`)

// an attended one is only begun by this: the rest is digits, by the rules of features.conf
const attended = await ami.send(
  'Atxfer',
  { Channel: inCall.Channel, Context: 'default', Exten: 'wait' },
  { check: false },
)
console.log(`attended: ${attended.message}`)
await hangup(ami, { channel: call.Uniqueid }).catch(() => console.log('it has ended'))
