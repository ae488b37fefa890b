// Screen pop over AsyncAGI: a call waits while the program looks the caller up, shows who it is, and gives the call back.
import { setTimeout as wait } from 'node:timers/promises'
import { hangup } from 'amiable'
import { attachAgi, router } from 'amiable/agi'
import { next, open } from './connection.ts'

await using ami = await open()

// stands for your database; for a number that it does not know it takes a minute
async function lookUp(number: string, signal: AbortSignal): Promise<{ id: string; name: string }> {
  if (number === '4930123456') return { id: 'C-17', name: 'Ann Miller' }
  return wait(60_000, { id: '', name: 'nobody that we know' }, { signal })
}

// the dialplan of your own Asterisk says AGI(agi:async,pop/support), and then Queue(support)
const pop = router({
  'pop/:team': async (call) => {
    const { callerId, params } = call.request
    console.log(`${callerId.number} calls`)
    // a caller who hangs up ends the search, and the search's error ends the handler: nothing else is to be done
    const { id, name } = await lookUp(callerId.number ?? '', call.signal)
    console.log(`on the screens of ${params.team}: ${name} (${id})`)
    // together, because Asterisk looks every 100 ms whether there are commands
    await Promise.all([call.setCallerid({ number: callerId.number, name }), call.setVariable('CUSTOMER', id)])
  },
})
await using agi = attachAgi(ami, pop, { instance: 'screens' })

async function dial(number: string): Promise<string> {
  const caller = { Channel: 'Local/wait@default/n', CallerID: `<${number}>` }
  const { Channel } = await ami.originate({ ...caller, Application: 'AGI', Data: 'agi:async,pop/support' })
  return Channel
}

const customer = next(ami, 'VarSet', (event) => event.Variable === 'CUSTOMER')
const status = next(ami, 'VarSet', (event) => event.Variable === 'AGISTATUS')
await dial('4930123456')
console.log(`the dialplan goes on: CUSTOMER is ${(await customer).Value}, AGISTATUS is ${(await status).Value}`)

const taken = next(ami, 'VarSet', (event) => event.Variable === 'AMIABLE_AGI')
const ended = next(ami, 'AsyncAGIEnd')
const channel = await dial('4930999')
await taken
await hangup(ami, { channel })
await ended
await agi.close()
console.log(`${agi.stats().total} calls, ${agi.stats().failed} failed`)
