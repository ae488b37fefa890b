// A voice menu over FastAGI: a caller is asked for an account and for a choice, and presses keys while the prompts play.
import { setTimeout as wait } from 'node:timers/promises'
import { ask, listenAgi, menu, router } from 'amiable/agi'
import { next, open } from './connection.ts'

const balances = new Map([
  ['4711', 120],
  ['4712', 80],
])

// the dialplan of your own Asterisk says AGI(agi://127.0.0.1:4573/bank/sales)
const bank = router({
  'bank/:team': async (call) => {
    await call.answer()
    const { digits, why } = await ask(call, 'agent-user', {
      min: 4,
      max: 4,
      valid: (account) => balances.has(account),
      onInvalid: 'vm-incorrect',
    })
    if (digits === undefined) return console.log(`no account: ${why}`)
    const balance = balances.get(digits) ?? 0
    console.log(`account ${digits} has ${balance}`)
    await call.setVariable('BALANCE', String(balance))
    await menu(call, ['vm-youhave', { number: balance }, 'vm-options'], {
      1: () => console.log('1: the balance again'),
      2: () => console.log(`2: to ${call.request.params.team}`),
    })
  },
})
await using server = await listenAgi(bank, { port: 0 })

// the caller: a call whose other half presses keys when it hears a prompt
await using ami = await open()
const presses = { 'agent-user': '0815', 'vm-incorrect': '4711', 'vm-youhave': '2' }
const ChannelId = crypto.randomUUID()
const commands = ami.events((event) => event.Event === 'AGIExecStart' && event.Uniqueid === ChannelId)
const hungUp = next(ami, 'Hangup', (event) => event.Uniqueid === ChannelId)
const { Channel } = await ami.originate({
  Channel: 'Local/wait@default/n',
  ChannelId,
  Application: 'AGI', // your own account needs the right `system` for this, and none to dial into a context
  Data: `agi://127.0.0.1:${server.port}/bank/sales`,
})
for await (const command of commands) {
  const heard = Object.entries(presses).find(([sound]) => command.get('Command')?.includes(sound))
  if (heard === undefined) continue
  for (const Digit of heard[1]) {
    await wait(150) // nobody is faster, and Asterisk needs 45 ms between two digits
    const pressed = next(ami, 'DTMFEnd', (event) => event.Channel === Channel && event.Digit === Digit)
    await ami.send('PlayDTMF', { Channel: Channel.replace(/;1$/, ';2'), Digit, Duration: 60 })
    await pressed
  }
  if (heard[0] === 'vm-youhave') break
}
await hungUp
console.log(`${server.stats().total} call, ${server.stats().failed} failed`)
