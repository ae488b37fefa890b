// Events as a stream: a call from its first channel to its last breath.
import { hangup } from 'amiable'
import { open } from './connection.ts'

await using ami = await open()

const events = ami.events(['Newchannel', 'Newstate', 'Hangup'], { capacity: 1_000, overflow: 'drop-oldest' })
const call = await ami.originate({ Channel: 'Local/wait@default/n', Application: 'Wait', Data: 20 })
await hangup(ami, { channel: call.Uniqueid })

for await (const event of events) {
  if (event.Uniqueid !== call.Uniqueid) continue
  const what = event.Event === 'Hangup' ? event['Cause-txt'] : event.ChannelStateDesc
  console.log(`${event.Event}: ${what}`)
  if (event.Event === 'Hangup') break
}
