import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actions, events } from 'amiable/catalog'
import { aboutField, headersOf, pageOf, parametersOf, replyOf } from '../../src/catalog/fields.ts'
import { checkParams, paramsOf } from '../../src/catalog/parameters.ts'

test('the facts at run time are of every action and event of the catalog', () => {
  for (const name of Object.keys(actions)) assert.ok(parametersOf(name), name)
  for (const name of Object.keys(events)) assert.ok(headersOf(name), name)
  assert.ok(parametersOf('queuepause')?.some(({ name, required }) => name === 'Interface' && required))
  assert.ok(replyOf('CoreStatus').some(({ name }) => name === 'CoreCurrentCalls'))
  // a name may be both
  assert.match(pageOf('action', 'Hangup') ?? '', /AMI_Actions\/Hangup/)
  assert.match(pageOf('event', 'Hangup') ?? '', /AMI_Events\/Hangup/)
  assert.notEqual(aboutField('action', 'Cause'), aboutField('event', 'Cause'))
  assert.equal(parametersOf('None'), undefined)
  assert.equal(headersOf('None'), undefined)
})

test('words are parameters: a value may hold =, be empty, be read, and a name may repeat', () => {
  assert.deepEqual(
    { ...paramsOf(['A=b=c', 'B:=', 'C=@f', 'D=1', 'D=2', 'D=3', 'E(x)=@@'], (path) => `<${path}>\n`) },
    { A: 'b=c', B: '', C: '<f>', D: ['1', '2', '3'], 'E(x)': '<@>' },
  )
  for (const wrong of ['A', '=x', 'A b=c']) assert.throws(() => paramsOf([wrong]), { exit: 2 })
  assert.throws(() => paramsOf(['A=@none']), /none cannot be read/)
  assert.throws(() => paramsOf(['A=@/dev/zero']), /\/dev\/zero cannot be read: it is longer than 1048576 bytes/)
})

test('what the catalog knows to be wrong is found before it is sent', () => {
  const ok = { Interface: 'PJSIP/200', Paused: 'yes' }
  checkParams('QueuePause', { ...ok, ActionID: '1', reason: 'x' })
  checkParams('MyAction', { Anything: 'x' })
  const wrong = (action: string, params: Record<string, string>, says: RegExp) =>
    assert.throws(() => checkParams(action, params), says)
  wrong('QueuePause', { ...ok, Raeson: 'x' }, /QueuePause has no parameter Raeson; did you mean Reason\?/)
  wrong('QueuePause', { Paused: 'yes' }, /QueuePause needs Interface/)
  wrong('QueuePause', { ...ok, Paused: 'maybe' }, /Paused of QueuePause must be yes or no/)
  wrong('Originate', { Channel: 'x', Timeout: 'soon' }, /Timeout of Originate must be a number/)
})
