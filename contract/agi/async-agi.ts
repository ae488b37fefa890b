// A program is handed a call by AGI(agi:async), tells it what to do, and gives it back: on the simulator as on Asterisk.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AmiEvent, Client } from 'amiable'
import { dial, hangUp } from '../support/calls.ts'
import { nextEvent, withClient } from '../support/client.ts'
import type { Target } from '../targets.ts'

/** AsyncAGI over AMI, for one target. */
export function asyncAgi(target: Target): void {
  test(`${target.name}: a call handed over by AsyncAGI does what it is told, and goes on`, () =>
    withClient(target, async (ami) => {
      const isIt = (event: AmiEvent) => event.get('Channel')?.startsWith('Local/agi@') === true
      const started = nextEvent(ami, 'AsyncAGIStart', isIt)
      const call = await dial(ami, 'agi')
      const start = await started
      assert.equal(start.get('Channel'), call.far)
      const environment = decodeURIComponent(start.get('Env') ?? '')
      assert.match(environment, /^agi_request: async\n/)
      assert.match(environment, new RegExp(`\nagi_channel: ${call.far.replace(/[.*+?^$()|]/g, '\\$&')}\n`))

      const tell = (command: string, id: string) => execute(ami, call.far, command, id)
      assert.equal(await tell('SET VARIABLE COLOUR "sky blue"', 'one'), '200 result=1')
      assert.equal(await tell('GET VARIABLE COLOUR', 'two'), '200 result=1 (sky blue)')
      assert.equal(await tell('GET VARIABLE NOTHING', 'three'), '200 result=0')
      assert.equal(await tell('EXEC NoOp hello', 'four'), '200 result=0')
      assert.match(await tell('NO SUCH COMMAND', 'five'), /^510 Invalid or unknown command/)

      const ended = nextEvent(ami, 'AsyncAGIEnd', (event) => event.get('Channel') === call.far)
      const went = nextEvent(ami, 'Hangup', (event) => event.get('Channel') === call.far)
      const order: string[] = []
      void ended.then(() => order.push('AsyncAGIEnd'))
      void went.then(() => order.push('Hangup'))
      await ami.send('AGI', { Channel: call.far, Command: 'ASYNCAGI BREAK', CommandID: 'six' })
      await Promise.all([ended, went])
      // the dialplan goes on behind it, to its Hangup()
      assert.deepEqual(order, ['AsyncAGIEnd', 'Hangup'])
    }))

  test(`${target.name}: commands sent together are run in order, each with its own CommandID`, () =>
    withClient(target, async (ami) => {
      const call = await dial(ami, 'agi', { until: 'AsyncAGIStart' })
      const ids: (string | undefined)[] = []
      const listener = ami.on('AsyncAGIExec', (event) => void ids.push(event.get('CommandId')))
      const numbers = Array.from({ length: 10 }, (_, n) => `n${n}`)
      const results = await Promise.all(numbers.map((id, n) => execute(ami, call.far, `SET VARIABLE N ${n}`, id)))
      listener.remove()
      assert.deepEqual(ids, numbers)
      assert.deepEqual(new Set(results), new Set(['200 result=1']))
      assert.equal(await execute(ami, call.far, 'GET VARIABLE N', 'last'), '200 result=1 (9)')
      await hangUp(ami, call)
    }))

  test(`${target.name}: a caller who hangs up ends AsyncAGI, and its channel takes no more commands`, () =>
    withClient(target, async (ami) => {
      const call = await dial(ami, 'agi', { until: 'AsyncAGIStart' })
      const ended = nextEvent(ami, 'AsyncAGIEnd', (event) => event.get('Channel') === call.far)
      const gone = nextEvent(ami, 'Hangup', (event) => event.get('Channel') === call.far)
      await hangUp(ami, call)
      await Promise.all([ended, gone])
      const late = ami.send('AGI', { Channel: call.far, Command: 'ANSWER', CommandID: 'late' })
      await assert.rejects(late, { code: 'AMI_REFUSED', message: /does not exist/ })
    }))
}

/** Sends a command, and gives its result: the event tells it apart by its CommandId, for it has no ActionID. */
async function execute(ami: Client, channel: string, command: string, id: string): Promise<string> {
  const isResult = (event: { get(name: string): string | undefined }) =>
    event.get('CommandId') === id && event.get('Channel') === channel
  const done = nextEvent(ami, 'AsyncAGIExec', isResult, `the result of ${command}`)
  await ami.send('AGI', { Channel: channel, Command: command, CommandID: id })
  return decodeURIComponent((await done).get('Result') ?? '').trim()
}
