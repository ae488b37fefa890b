import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventFacts, events } from 'amiable/catalog'
import { selectionOf } from '../../src/events/selection.ts'

const of = (names: string[], not: string[] = [], classes: string[] = []) => selectionOf({ names, not, classes })

test('the login asks only for the classes of the events that are meant', () => {
  assert.deepEqual(of(['hangup', 'DialBegin']).mask, ['call'])
  assert.deepEqual(of(['Queue*']).mask, ['agent'])
  assert.deepEqual([of([]).mask, of([], ['VarSet']).mask, of(['MyEvent']).mask], ['on', 'on', 'on'])
  assert.deepEqual(of([], [], ['call', 'agent']).mask, ['call', 'agent'])
})

test('every event that is meant can come with what the login asks for', () => {
  for (const name of Object.keys(events)) {
    const { mask } = of([name])
    if (mask !== 'on') for (const one of eventFacts(name)?.classes ?? []) assert.ok(mask.includes(one), name)
  }
})

test('names, globs, exclusions and classes', () => {
  assert.deepEqual(of(['hangup', 'MyEvent']).names, ['Hangup', 'MyEvent'])
  assert.deepEqual(of(['hangup', 'MyEvent']).unknown, ['MyEvent'])
  const queues = of(['queue*', 'Hangup'], ['*Penalty'])
  assert.deepEqual(['QueueCallerJoin', 'QueueMyOwn', 'Hangup', 'QueueMemberPenalty', 'Newchannel'].map(queues.has), [
    true,
    true,
    true,
    false,
    false,
  ])
  assert.equal(queues.names, '*')
  const classes = of([], [], ['dtmf'])
  assert.deepEqual(['DTMFEnd', 'Hangup', 'MyEvent'].map(classes.has), [true, false, true])
  assert.throws(() => of([], [], ['cal']), /no event has the class cal; did you mean call\?/)
})
