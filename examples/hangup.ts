// Hanging up: one channel by name or Uniqueid, and many only where that is asked for by its own option.
import { AmiError, hangup } from 'amiable'
import { next, open } from './connection.ts'

await using ami = await open()

const dial = () => ami.originate({ Channel: 'Local/wait@default/n', Application: 'Wait', Data: 20 })
const [one, two, three] = [await dial(), await dial(), await dial()]

const ended = next(ami, 'Hangup', ({ Uniqueid }) => Uniqueid === one.Uniqueid)
await hangup(ami, { channel: one.Uniqueid }, { cause: 17 })
console.log(`cause ${(await ended).Cause}`)

// what a stranger typed as a channel never becomes a pattern, though Asterisk would take it for one
try {
  await hangup(ami, { channel: '/.*/' })
} catch (error) {
  console.log(AmiError.is(error) && error.code)
}

const pair = [two.Channel, three.Channel]
const gone = await hangup(ami, { pattern: `^(${pair.join('|')})$` })
console.log(
  `${gone.length} channels, ${pair.every((channel) => gone.includes(channel)) ? 'the right' : 'the wrong'} ones`,
)
