// Events of one's own: to every session, with any headers.
import { next, open } from './connection.ts'

await using ami = await open()

const told = next(ami, 'UserEvent', ({ UserEvent }) => UserEvent === 'OrderShipped')
await ami.send('UserEvent', { UserEvent: 'OrderShipped', Order: 4711, Item: ['phone', 'headset'] })
const event = await told
console.log(`order ${event.get('Order')}: ${event.getAll('Item').join(' and ')}`)
