// Dials, and says what became of each call.
import { hangup } from 'amiable'
import { open } from './connection.ts'

await using ami = await open()

for (const extension of ['wait', 'busy', 'congestion', 'noanswer']) {
  const Timeout = extension === 'noanswer' ? 500 : 20_000
  const call = await ami.originate(
    { Channel: `Local/${extension}@default`, Context: 'default', Exten: 'wait', Priority: 1, Timeout },
    { variables: { COLOUR: 'blue, "so to say"' } },
  )
  console.log(`${extension}: ${call.outcome} (reason ${call.reason}, ${call.meaning})`)
  if (call.outcome === 'answered') await hangup(ami, { channel: call.Uniqueid })
}

// there is no such technology
const nowhere = await ami.originate({ Channel: 'Nonesuch/1', Application: 'Echo' })
console.log(`Nonesuch/1: ${nowhere.outcome}`)

// an abort hangs up
const call = ami.originate(
  { Channel: 'Local/noanswer@default', Application: 'Echo' },
  { signal: AbortSignal.timeout(200) },
)
await call.catch((error: Error) => console.log(`given up: ${error.name}`))

// who hears no call events is told so at once, and not after a timeout
await using deaf = await open({ events: ['system'] })
const unknown = await deaf.originate({ Channel: 'Local/busy@default', Application: 'Echo' })
console.log(`without call events: ${unknown.outcome}`)
