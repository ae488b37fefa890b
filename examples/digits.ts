// Digits played to a channel, and digits heard.
import { hangup } from 'amiable'
import { next, open } from './connection.ts'

await using ami = await open()

// a channel that is still being answered may lose a digit: its other half must have come to its Wait()
const listening = next(ami, 'Newexten', (event) => event.Application === 'Wait' && event.Channel.endsWith(';2'))
const { Channel } = await ami.originate({ Channel: 'Local/wait@default/n', Application: 'Wait', Data: 20 })
const { Channel: other } = await listening

const heard = next(ami, 'DTMFEnd', (event) => event.Channel === other || event.Channel === Channel)
await ami.send('PlayDTMF', { Channel, Digit: '5', Duration: 100 })
const { Digit, Direction } = await heard
console.log(`digit ${Digit}, ${Direction}`)
await hangup(ami, { channel: Channel })
