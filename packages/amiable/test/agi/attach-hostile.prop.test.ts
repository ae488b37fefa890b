// Whatever an AMI server says of calls in AsyncAGI, in whatever order: every command settles, and nothing is left at the end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { type AgiSession, attachAgi } from '../../src/agi/index.ts'
import type { Client } from '../../src/client/client.ts'
import { ActionError, LostError } from '../../src/errors.ts'
import { ManualClock } from '../../src/testing/index.ts'
import { channelRow, FakeClient } from './fake-client.ts'
import { ENV } from './one-async-session.ts'

const ANSWERS = [
  '200 result=0\n',
  '200 result=1 (v)\n',
  '200 result=-1\n',
  'x',
  '',
  '200 result=1 (a\n',
  '511 Command\n',
]

type Step = (client: FakeClient, id: string) => void
const result =
  (answer: string): Step =>
  (client, Uniqueid) => {
    const { params } = client.sent.shift() ?? {}
    const CommandId = params?.CommandID ?? 'strange'
    client.emit('AsyncAGIExec', { Uniqueid, CommandId, Result: encodeURIComponent(answer) })
  }
const event =
  (name: string, headers: Record<string, string> = {}): Step =>
  (client, Uniqueid) =>
    client.emit(name, { Uniqueid, ...headers })
const STEPS: Step[] = [
  ...ANSWERS.map(result),
  ...ANSWERS.map(result),
  result('y'.repeat(1_024)),
  result('é'.repeat(1_100)),
  event('AsyncAGIStart', { Env: ENV }),
  event('AsyncAGIStart', { Env: 'agi_request%3A%20async%0A' }),
  event('AsyncAGIEnd'),
  event('Hangup'),
  event('Newexten'),
  event('AGIExecStart', { Command: 'NOOP' }),
  event('VarSet', { Variable: 'AGISTATUS', Value: 'FAILURE' }),
  event('VarSet', { Variable: 'AGISTATUS', Value: 'HANGUP' }),
  event('AsyncAGIExec', { CommandId: 'amiable-claim-other-1', Result: '200%20result=0%0A' }),
  (client) => client.tell({ type: 'lost', error: new LostError('lost') }),
  (client) => client.tell({ type: 'ready', gap: 1 }),
  (client) => client.sent.shift()?.reject(new ActionError('no such channel', { response: {} })),
  (client) => client.sent.shift()?.reject(new LostError('lost', { delivered: 'no' })),
  (client, Uniqueid) => {
    client.rows = [channelRow({ Uniqueid }, 'ivr-1')]
  },
  (client, Uniqueid) => {
    client.rows = [channelRow({ Uniqueid, Application: 'Wait' }, 'ivr-1')]
  },
]

test('whatever an AMI server says of calls, every command settles, and close ends all', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(STEPS.length - 1), fc.constantFrom('1.1', '1.2')), { maxLength: 40 }),
      fc.boolean(),
      async (steps, claim) => {
        const client = new FakeClient()
        const clock = new ManualClock()
        let [asked, settled] = [0, 0]
        const handler = async (call: AgiSession) => {
          const commands = [
            call.getVariable('A'),
            call.exec('Wait', [1]),
            call.streamFile('x'),
            call.gosub('a', 'b', 1),
          ]
          asked += commands.length
          const settle = () => settled++
          await Promise.all(commands.map((command) => command.then(settle, settle)))
          await call.noop()
        }
        const options = { claim, clock, instance: 'ivr-1', onHandlerError: () => {} }
        const attachment = attachAgi(client as unknown as Client, handler, options)
        client.emit('AsyncAGIStart', { Uniqueid: '1.1', Env: ENV })
        for (const [at, id] of steps) {
          STEPS[at]?.(client, id)
          if (at % 2 === 0) await turn()
        }
        const closing = attachment.close({ timeout: 0 })
        await turn()
        // how long the last command of a call may take
        clock.tick(5_000)
        await closing
        for (let n = 0; n < 5; n++) await turn()
        assert.deepEqual([settled, attachment.sessions(), client.listening], [asked, [], 0])
      },
    ),
    { numRuns: 200 },
  )
})
