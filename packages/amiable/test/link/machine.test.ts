import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type Effect, type Input, type State, step } from '../../src/link/machine.ts'
import { runs } from '../support/decode.ts'

const states: State[] = ['idle', 'connecting', 'authenticating', 'ready', 'waiting', 'closing', 'closed']
const inputs: Input[] = [
  'connect',
  'opened',
  'accepted',
  'interrupted',
  'abandoned',
  'elapsed',
  'close',
  'drained',
  'destroy',
]

test('no state is listed that cannot be reached, and the end is reached from each', () => {
  const reached = new Set<State>(['idle'])
  for (const state of reached) for (const input of inputs) reached.add(step(state, input).state)
  assert.deepEqual([...reached].sort(), [...states].sort())
  for (const state of states) assert.equal(step(state, 'destroy').state, 'closed')
})

describe('under random inputs', () => {
  const sequence = fc.array(fc.constantFrom(...inputs), { maxLength: 60 })

  /** What the effects do to the world; a socket and a delay are there or not. */
  class World {
    state: State = 'idle'
    socket = false
    delay = false
    drains = 0
    finishes = 0

    input(input: Input): readonly Effect[] {
      const { state: next, effects } = step(this.state, input)
      if (this.state === 'waiting' && next === 'connecting') this.delay = false
      this.state = next
      for (const effect of effects) this.perform(effect)
      return effects
    }

    perform(effect: Effect): void {
      assert.equal(this.finishes, 0, `${effect} after the end`)
      switch (effect) {
        case 'open':
          assert.equal(this.socket, false, 'a second socket')
          this.socket = true
          break
        case 'login':
        case 'announce':
          assert.equal(this.socket, true, `${effect} without a socket`)
          break
        case 'drop':
          assert.equal(this.socket, true, 'a drop without a socket')
          this.socket = false
          break
        case 'wait':
          assert.equal(this.delay, false, 'a second delay')
          this.delay = true
          break
        case 'stopWaiting':
          assert.equal(this.delay, true, 'no delay to stop')
          this.delay = false
          break
        case 'drain':
          this.drains++
          break
        case 'finish':
          this.finishes++
      }
    }
  }

  test('there is one socket at most, one delay at most, one end, and nothing is left behind after it', () => {
    fc.assert(
      fc.property(sequence, (given) => {
        const world = new World()
        for (const input of given) {
          world.input(input)
          assert.equal(world.socket, ['connecting', 'authenticating', 'ready', 'closing'].includes(world.state))
          assert.equal(world.delay, world.state === 'waiting')
          assert.equal(world.finishes, world.state === 'closed' ? 1 : 0)
          assert.ok(world.drains <= 1)
        }
        world.input('destroy')
        assert.deepEqual([world.state, world.socket, world.delay, world.finishes], ['closed', false, false, 1])
      }),
      { numRuns: runs(5_000) },
    )
  })

  test('closed is for ever', () => {
    fc.assert(
      fc.property(sequence, (given) => {
        for (const input of given) assert.deepEqual(step('closed', input), { state: 'closed', effects: [] })
      }),
      { numRuns: runs(200) },
    )
  })

  test('ready is reached by a login alone', () => {
    fc.assert(
      fc.property(sequence, (given) => {
        const world = new World()
        for (const input of given) {
          const before = world.state
          world.input(input)
          if (world.state === 'ready' && before !== 'ready') {
            assert.equal(before, 'authenticating')
            assert.equal(input, 'accepted')
          }
        }
      }),
      { numRuns: runs(2_000) },
    )
  })
})
