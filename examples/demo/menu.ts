import { setTimeout as wait } from 'node:timers/promises'
import { AmiError } from 'amiable'
import { type AgiSession, ask, listenAgi, menu } from 'amiable/agi'
import { type AgiCaller, callAgi } from 'amiable/testing'
import { paint, step, under } from './terminal.ts'

const BALANCES: Readonly<Record<string, number>> = { '4711': 120, '4712': 80 }

/** The sounds of the menu, with their length in milliseconds. */
const SOUNDS = {
  welcome: 900,
  'enter-account': 1_500,
  'no-such-account': 1_200,
  'your-balance-is': 800,
  options: 2_000,
}

/** What the caller presses when it hears a sound. */
const PRESSES: Readonly<Record<string, string>> = { 'enter-account': '0815', 'no-such-account': '4711', options: '2' }

const DIALPLAN = `  exten => 100,1,AGI(agi://127.0.0.1/bank)
   same => n,Goto(bank-\${AGISTATUS},1)
  exten => bank-SUCCESS,1,NoOp(\${BALANCE})
  exten => bank-FAILURE,1,Dial(PJSIP/operator)`

/** Shows a caller in a voice menu: what it hears and presses, and which commands of AGI that takes. */
export async function showMenu(signal: AbortSignal): Promise<void> {
  await using server = await listenAgi(bank, { port: 0, onHandlerError: () => {} })
  step('listen', `a FastAGI server on 127.0.0.1:${server.port}`)
  await using caller = await callAgi({ port: server.port, script: 'bank', callerName: 'Carla', sounds: SOUNDS })
  step('call', `a simulated Asterisk hands it ${caller.channel}`)
  await listen(caller, signal)
  const { agiStatus, next } = await caller.ended
  step('end', `AGISTATUS is ${agiStatus}, and the dialplan goes on at ${next?.exten},${next?.priority}`)
  under(`BALANCE is ${caller.variables.get('BALANCE')}`)
  step('commands', 'what the handler had Asterisk do')
  for (const command of caller.commands) under(paint('dim', command))
  console.log(`\n${paint('bold', 'The same on your own Asterisk, with listenAgi on port 4573:')}\n\n${DIALPLAN}`)
}

/** The handler of the menu. */
async function bank(call: AgiSession): Promise<void> {
  await call.answer()
  const { digits } = await ask(call, ['welcome', 'enter-account'], {
    min: 4,
    max: 4,
    valid(account) {
      const known = account in BALANCES
      under(`${paint('yellow', 'handler')}   ${account} is ${known ? 'an account' : 'no account'}`)
      return known
    },
    onInvalid: 'no-such-account',
  })
  if (digits === undefined) return
  const balance = BALANCES[digits] ?? 0
  await call.setVariable('BALANCE', String(balance))
  await menu(call, ['your-balance-is', { number: balance }, 'options'], {
    1: () => call.continueAt({ exten: 'account', priority: 1 }),
    2: () => call.continueAt({ exten: 'operator', priority: 1 }),
  })
}

/** Listens until the end, and presses keys as a person does: when enough of the sound was heard. */
async function listen(caller: AgiCaller, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      const sound = await caller.heard(undefined, { signal })
      under(`${paint('cyan', 'hears')}     ${sound}`)
      const keys = PRESSES[sound]
      if (keys === undefined) continue
      await wait(500, undefined, { signal })
      for (const key of keys) {
        under(`${paint('green', 'presses')}   ${key}`)
        await caller.press(key)
        await wait(200, undefined, { signal })
      }
    }
  } catch (error) {
    // it hears nothing more when the menu has ended
    if (!AmiError.is(error) || error.code !== 'AMI_CLOSED') throw error
  }
}
