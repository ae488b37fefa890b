// MixMonitor: a call recorded on the server, muted for the card number, and stopped.
import { hangup } from 'amiable'
import { open } from './connection.ts'

await using ami = await open()

const { Channel } = await ami.originate({ Channel: 'Local/wait@default/n', Application: 'Wait', Data: 20 })
// with i(…) the answer says which recording it is, so that it can be stopped by itself
const { MixMonitorID } = await ami.send('MixMonitor', {
  Channel,
  File: '/tmp/amiable-example.wav',
  Options: 'i(RECORDING)',
})
console.log(`recording ${MixMonitorID ? 'has an id' : 'has none'}`)
await ami.send('MixMonitorMute', { Channel, Direction: 'both', State: 1 })
await ami.send('MixMonitorMute', { Channel, Direction: 'both', State: 0 })
await ami.send('StopMixMonitor', { Channel, MixMonitorID })
console.log('stopped')
await hangup(ami, { channel: Channel })
