// Click to call: the agent's phone rings, and when it is answered the dialplan hands the call to a handler, which dials.
import { attachAgi, router } from 'amiable/agi'
import { next, open } from './connection.ts'

await using ami = await open()

const click = router({
  'click/:customer': async (call) => {
    const { customer } = call.request.params
    console.log(`${call.request.channel} is up: dialling ${customer}`)
    // `g`: when the customer has hung up, the call goes on here
    await call.exec('Dial', [`Local/${customer}@default/n`, 10, 'g'])
    console.log(`the customer: ${await call.getVariable('DIALSTATUS')}`)
  },
})
await using _agi = attachAgi(ami, click)

// a line of the dialplan, in extensions.conf: exten => _X.,1,AGI(agi:async,click/${EXTEN})
const added = { Context: 'example', Extension: 'quick' }
const agi = { Application: 'AGI', ApplicationData: 'agi:async,click/quick' }
await ami.send('DialplanExtensionAdd', { ...added, Priority: 1, ...agi, Replace: true })

// the account needs no right `system`: what is run is said by the dialplan
const ended = next(ami, 'VarSet', (event) => event.Variable === 'AGISTATUS')
const { outcome } = await ami.originate({
  Channel: 'Local/wait@default/n',
  Context: 'example',
  Exten: 'quick',
  Priority: 1,
})
console.log(`the agent: ${outcome}`)
console.log(`the dialplan goes on: ${(await ended).Value}`)
await ami.send('DialplanExtensionRemove', added)
