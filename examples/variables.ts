// Channel variables and global ones: set, empty and unset.
import { getVariable, hangup } from 'amiable'
import { next, open } from './connection.ts'

await using ami = await open()

const { Channel: channel } = await ami.originate(
  { Channel: 'Local/wait@default', Application: 'Wait', Data: 10 },
  { variables: { CUSTOMER: 'Miller, "Ann"', NOTE: '' } },
)
console.log(await getVariable(ami, 'CUSTOMER', { channel })) // Miller, "Ann"
console.log(JSON.stringify(await getVariable(ami, 'NOTE', { channel }))) // ""
console.log(await getVariable(ami, 'NOBODY', { channel })) // undefined

await ami.send('Setvar', { Channel: channel, Variable: 'CUSTOMER', Value: 'Smith' })
console.log(await getVariable(ami, 'CUSTOMER', { channel }))
await hangup(ami, { channel })

// without a channel a global one; of these Asterisk does not tell unset from empty
await ami.send('Setvar', { Variable: 'OFFICE', Value: 'open' })
console.log(await getVariable(ami, 'OFFICE'))

// every change of a variable is an event as well
ami.on('VarSet', ({ Channel, Variable, Value }) => console.log(`${Channel}: ${Variable}=${Value}`))
const closed = next(ami, 'VarSet', ({ Variable, Value }) => Variable === 'OFFICE' && Value === 'closed')
await ami.send('Setvar', { Variable: 'OFFICE', Value: 'closed' })
// another thread of Asterisk tells it: the answer to the action may be there first
await closed
