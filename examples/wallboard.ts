// A wallboard: each queue with its members and callers, drawn again with each change.
import { type Queue, watch } from 'amiable/state'
import { open } from './connection.ts'

await using ami = await open()
await using pbx = watch(ami, { kinds: ['queues'] })
await pbx.ready()

const draw = ({ name, callers, members }: Queue) => {
  const longest = callers[0] ? Math.round((Date.now() - callers[0].joinedAt.getTime()) / 1_000) : 0
  console.log(`${name}: ${callers.length} waiting, the first for ${longest} s (${pbx.queues.freshness.type})`)
  for (const one of members)
    console.log(`  ${one.name} ${one.state}${one.paused?.reason ? `: ${one.paused.reason}` : ''}`)
}

for (const queue of pbx.queues) draw(queue)
pbx.on(['member', 'caller'], (change) => {
  const queue = pbx.queues.get((change.type === 'removed' ? change.before : change.after).queue)
  if (queue) draw(queue)
})

// somebody comes to the office, and goes to lunch
const member = { Queue: 'sales', Interface: 'Local/member@default/n' }
try {
  await ami.send('QueueAdd', { ...member, MemberName: 'Ann', Paused: true })
  const lunch = pbx.changes({ filter: 'member.changed', signal: AbortSignal.timeout(10_000) })
  await ami.send('QueuePause', { ...member, Paused: true, Reason: 'lunch' })
  for await (const change of lunch) if (change.type === 'changed' && change.fields.includes('paused')) break
} finally {
  const gone = pbx.changes({ filter: 'member.removed', signal: AbortSignal.timeout(10_000) })
  await ami.send('QueueRemove', member)
  for await (const _ of gone) break
}
console.log('sales:', pbx.queues.get('SALES')?.members.length, 'members')
