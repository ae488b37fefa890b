// Queues: who is in them, and members that come, pause and go.
import { getQueues } from 'amiable'
import { open } from './connection.ts'

await using ami = await open()

const member = { Queue: 'sales', Interface: 'Local/member@default/n' }
await ami.send('QueueAdd', { ...member, MemberName: 'Ann', Penalty: 1 })
await ami.send('QueuePause', { ...member, Paused: true, Reason: 'lunch' })
await ami.send('QueuePenalty', { ...member, Penalty: 5 })

for (const { name, strategy, calls, members } of await getQueues(ami)) {
  console.log(`${name}: ${strategy}, ${calls} waiting`)
  for (const one of members) {
    console.log(
      `  ${one.name} ${one.status}, penalty ${one.penalty}${one.paused ? `, paused: ${one.pausedReason}` : ''}`,
    )
  }
}

const gone = ami.events('QueueMemberRemoved', { signal: AbortSignal.timeout(5_000) })
await ami.send('QueueRemove', member)
for await (const { Queue, MemberName } of gone) {
  console.log(`${MemberName} left ${Queue}`)
  break
}
