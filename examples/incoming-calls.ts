// A screen pop from live state: who calls is shown once the call is answered, and taken away when it is over.
import { type Call, watch } from 'amiable/state'
import { open } from './connection.ts'

const customers = new Map([['4930123', 'Ann Miller (C-17)']])

await using ami = await open()
await using pbx = watch(ami, { kinds: ['calls'] })
await pbx.ready()

const shown = new Map<string, string>()
const callerOf = (call: Call) => call.parties.find(({ number }) => number !== undefined)?.number
pbx.on('call.changed', ({ after: call }) => {
  const number = callerOf(call)
  if (call.phase !== 'up' || number === undefined || shown.has(call.id)) return
  shown.set(call.id, customers.get(number) ?? number)
  console.log(`on the screen: ${shown.get(call.id)}`)
})
pbx.on('call.removed', ({ before: call }) => {
  if (shown.delete(call.id)) console.log(`off the screen: ${call.causeText}`)
})

// a customer calls, is answered, and hangs up
const channel = `ann-${Date.now()}`
await ami.send('Originate', {
  Channel: 'Local/wait@default/n',
  Application: 'Wait',
  Data: '30',
  CallerID: '"Ann" <4930123>',
  ChannelId: channel,
  Async: true,
})
let isAnswered = false
for await (const step of pbx.follow({ channel }, { signal: AbortSignal.timeout(10_000) })) {
  if (step.type === 'answered' && !isAnswered) {
    isAnswered = true
    console.log('answered')
    await ami.send('Hangup', { Channel: channel, Cause: 16 })
  } else if (step.type === 'end') console.log(`the call is over: ${step.call.phase}`)
}
console.log(`${shown.size} on the screen, ${pbx.calls.has(channel) ? 'still there' : 'no longer kept as a call'}`)
