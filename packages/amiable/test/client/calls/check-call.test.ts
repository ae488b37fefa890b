import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle } from '../../../src/testing/time/settle.ts'
import { assertForm } from '../../support/argument-form.ts'
import { readyRig } from '../../support/rig.ts'

const wrong: [what: string, argument: string, args: unknown[], message?: RegExp][] = [
  ['no action', 'action', [undefined]],
  ['an object in place of the action', 'action', [{ action: 'Ping' }], /send\('Ping', params\), got an object$/],
  ['a callback in place of the parameters', 'params', ['Ping', () => {}], /cannot be a callback/],
  ['a callback in place of the options', 'options', ['Ping', {}, () => {}], /cannot be a callback/],
  ['a list of parameters', 'params', ['Ping', [['A', 'b']]]],
  ['a text of parameters', 'params', ['Ping', 'A: b']],
  ['a Map of parameters', 'params', ['Ping', new Map([['A', 'b']])]],
  ['parameters that are null', 'params', ['Ping', null]],
  ['options that are null', 'options', ['Ping', {}, null]],
  ['a signal as the options', 'options', ['Ping', {}, new AbortController().signal]],
  ['a controller as the signal', 'signal', ['Ping', {}, { signal: new AbortController() }], /give its signal$/],
  ['an option misspelt', 'timout', ['Ping', {}, { timout: 5 }], /did you mean timeout\?$/],
  ['a timeout of no time', 'timeout', ['Ping', {}, { timeout: 0 }]],
  ['a timeout that is null', 'timeout', ['Ping', {}, { timeout: null }]],
  ['an actionId that is a number', 'actionId', ['Ping', {}, { actionId: 7 }]],
  ['retry as a number of times', 'retry', ['Ping', {}, { retry: 3 }]],
  ['queue as a name', 'queue', ['Ping', {}, { queue: 'support' }]],
  ['check as a function', 'check', ['Ping', {}, { check: () => true }]],
  ['variables as a text', 'variables', ['Ping', {}, { variables: 'A=1' }]],
  ['variables as a list of texts', 'variables', ['Ping', {}, { variables: ['A=1'] }]],
  ['variables among the parameters', 'Variable', ['Originate', { Variable: { A: 1 } }], /as the option variables$/],
  ['a parameter that is an object', 'A', ['Ping', { A: {} }]],
]

for (const [what, argument, args, message = /./] of wrong) {
  test(`${what} is refused at once, and leaves nothing behind`, async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const before = { actions: peer.actions.length, timers: rig.clock.pending, stats: client.stats() }
    for (const call of [client.sendRaw, client.listRaw] as ((...args: unknown[]) => unknown)[]) {
      let error: unknown
      try {
        call.apply(client, args)
      } catch (thrown) {
        error = thrown
      }
      const refusal = assertForm(error, what)
      assert.equal(refusal.argument, argument)
      assert.match(refusal.message, message)
    }
    await settle()
    assert.deepEqual({ actions: peer.actions.length, timers: rig.clock.pending, stats: client.stats() }, before)
  })
}

test('a record that a class has filled is one, and a controller offers its signal as an option', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  class Filled {
    Channel = 'PJSIP/1'
  }
  const controller = new AbortController()
  const call = client.sendRaw('Hangup', new Filled() as never, controller)
  assert.equal((await peer.next()).get('Channel'), 'PJSIP/1')
  controller.abort(new Error('gone'))
  await assert.rejects(call, { message: 'gone' })
})
