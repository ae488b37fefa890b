import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Effect, type Input, type State, step, transitions } from '../../src/agi/machine.ts'

const STATES = Object.keys(transitions) as State[]
const INPUTS: Input[] = ['doubt', 'fenced', 'hangup', 'finish', 'lost']

test('every state has an answer to every input, and each leads to a state', () => {
  for (const state of STATES) {
    assert.deepEqual(Object.keys(transitions[state]).sort(), [...INPUTS].sort())
    for (const input of INPUTS) assert.ok(STATES.includes(step(state, input)[0]))
  }
})

test('in any order of inputs: one fence at a time, one mourning, one end, and nothing behind it', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...INPUTS), { maxLength: 30 }), (inputs) => {
      let state: State = 'live'
      const counts: Partial<Record<Effect, number>> = {}
      for (const input of inputs) {
        const [next, effects] = step(state, input)
        const fencing = (one: State) => one === 'fencing' || one === 'deadFencing'
        if (effects.includes('fence')) assert.ok(!fencing(state) && fencing(next))
        if (fencing(next)) assert.ok(!effects.includes('resume'))
        if (state === 'ended') assert.deepEqual([next, effects], ['ended', []])
        // the dead come to no life
        if (state === 'dead' || state === 'deadFencing') assert.ok(next !== 'live' && next !== 'fencing')
        for (const effect of effects) counts[effect] = (counts[effect] ?? 0) + 1
        state = next
      }
      for (const once of ['mourn', 'refuse', 'release', 'settle'] as const) assert.ok((counts[once] ?? 0) <= 1, once)
      assert.equal(counts.settle ?? 0, inputs.includes('lost') ? 1 : 0)
    }),
  )
})
