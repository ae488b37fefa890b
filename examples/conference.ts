// A conference: who is in it, muted and sent away.
import { next, open } from './connection.ts'

await using ami = await open()

const joined = next(ami, 'ConfbridgeJoin')
const ended = next(ami, 'ConfbridgeEnd')
await ami.originate({ Channel: 'Local/conf@default/n', Application: 'Wait', Data: 20 })
const { Conference, Channel } = await joined
console.log(`${Channel} joined ${Conference}`)

for await (const room of ami.list('ConfbridgeListRooms')) console.log(`room ${room.Conference}: ${room.Parties}`)
for await (const one of ami.list('ConfbridgeList', { Conference })) console.log(`${one.Channel} muted: ${one.Muted}`)

await ami.send('ConfbridgeMute', { Conference, Channel })
await ami.send('ConfbridgeLock', { Conference })
await ami.send('ConfbridgeUnlock', { Conference })

const left = next(ami, 'ConfbridgeLeave')
await ami.send('ConfbridgeKick', { Conference, Channel })
console.log(`${(await left).Channel} left`)

// the room goes behind its last member, in a thread of Asterisk's own
console.log(`${(await ended).Conference} has ended`)

// without a conference Asterisk calls the list an error
const none = await ami.send('ConfbridgeList', { Conference: 'nobody-here' }, { check: false })
console.log(none.message)
