// AsyncAGI by its raw events: a channel runs AGI(agi:async), and does what it is told one command at a time.
import { next, open } from './connection.ts'

await using ami = await open()

// other channels may run AGI as well: this one is known by its Uniqueid
const ChannelId = crypto.randomUUID()
const started = next(ami, 'AsyncAGIStart', (event) => event.Uniqueid === `${ChannelId};2`)
void ami.originate({ Channel: 'Local/agi@default/n', ChannelId, Application: 'Wait', Data: 20 })
const { Channel, Env } = await started
console.log(decodeURIComponent(Env).split('\n')[0]) // agi_request: async

async function command(Command: string, CommandID: string): Promise<string> {
  // its events carry no ActionID: the channel and the CommandID tell them apart
  const done = next(ami, 'AsyncAGIExec', (event) => event.Channel === Channel && event.CommandId === CommandID)
  await ami.send('AGI', { Channel, Command, CommandID })
  return decodeURIComponent((await done).Result).trim()
}

console.log(await command('SET VARIABLE COLOUR blue', 'one')) // 200 result=1
console.log(await command('GET VARIABLE COLOUR', 'two')) // 200 result=1 (blue)

const ended = next(ami, 'AsyncAGIEnd', (event) => event.Channel === Channel)
await ami.send('AGI', { Channel, Command: 'ASYNCAGI BREAK', CommandID: 'three' })
await ended
console.log('the channel goes on in the dialplan')
