// Parking: a call is put on hold in a place with a number.
import { hangup } from 'amiable'
import { next, open } from './connection.ts'

await using ami = await open()

const { Channel } = await ami.originate({ Channel: 'Local/wait@default', Application: 'Wait', Data: 20 })
const parked = next(ami, 'ParkedCall')
await ami.send('Park', { Channel, Timeout: 30_000 })
const { ParkingSpace, Parkinglot, ParkeeChannel } = await parked
console.log(`${ParkeeChannel} waits in ${Parkinglot}, space ${ParkingSpace}`)

for await (const lot of ami.list('Parkinglots')) console.log(`lot ${lot.Name}: ${lot.StartSpace} to ${lot.StopSpace}`)
for await (const call of ami.list('ParkedCalls')) console.log(`space ${call.ParkingSpace}: ${call.ParkeeChannel}`)

await hangup(ami, { channel: ParkeeChannel })
