// The states of devices, extensions and people.
import { hangup } from 'amiable'
import { next, open } from './connection.ts'

await using ami = await open()

const states = await ami.list('DeviceStateList').toArray()
console.log(`${states.length > 0 ? 'some' : 'no'} devices have a state`)

// a device in a call is in use; another state of it may be told before
const changed = next(
  ami,
  'DeviceStateChange',
  ({ Device, State }) => Device.startsWith('Local/wait@default') && State === 'INUSE',
)
const { Channel } = await ami.originate({ Channel: 'Local/wait@default', Application: 'Wait', Data: 10 })
const { Device, State } = await changed
console.log(`${Device} is ${State}`)
await hangup(ami, { channel: Channel })

// one of our own making, to which a hint could point
await ami.send('Setvar', { Variable: 'DEVICE_STATE(Custom:example)', Value: 'INUSE' })

const extension = await ami.send('ExtensionState', { Exten: '101', Context: 'default' })
console.log(`101: ${extension.StatusText}`)

const presence = await ami.send('PresenceState', { Provider: 'CustomPresence:example' })
console.log(`presence: ${presence.State}`)
