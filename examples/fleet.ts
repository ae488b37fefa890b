// Several servers as one: every connection on its own, one stream of events, one question to all.
import { createFleet } from 'amiable'
import { leave, place } from './connection.ts'

const [north, south, spare] = [await place('north'), await place('south'), await place('spare')]
const fleet = createFleet([north, south])
fleet.on('UserEvent', (event) => console.log(`${event.source} says ${event.UserEvent}`))

const failed = await fleet.connect()
console.log(`${fleet.size} members, ${failed.size} failed`)
await fleet.get('north').send('UserEvent', { UserEvent: 'Hello' })

await fleet.add(spare).connect()
for (const [name, { response, error }] of await fleet.broadcast('CoreStatus')) {
  console.log(`${name}: ${error ?? `up since ${response?.CoreStartupTime ? 'a while' : 'nobody knows'}`}`)
}
await fleet.remove('spare')

for (const [name, { reconnects, dropped }] of fleet.stats())
  console.log(`${name}: ${reconnects} reconnects, ${dropped} dropped`)
await fleet.close()
for (const one of [north, south, spare]) await leave(one)
