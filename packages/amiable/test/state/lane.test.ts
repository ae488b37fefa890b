import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lane, type Step, type Work } from '../../src/state/lane.ts'

interface Rig {
  readonly lane: Lane
  readonly done: string[]
  /** Lets the next turn of the loop come. */
  turn(): void
  /** A step that takes a time, and is done at once. */
  step(name: string, milliseconds?: number): Step
  /** Work in pieces that take a time each. */
  work(name: string, pieces: number, milliseconds: number): Step
}

function rig(): Rig {
  let now = 0
  let timers: { readonly callback: () => void }[] = []
  const lane = new Lane({
    now: () => now,
    elapsed: () => now,
    setTimeout(callback) {
      const timer = { callback }
      timers.push(timer)
      return timer
    },
    clearTimeout(timer) {
      timers = timers.filter((one) => one !== timer)
    },
  })
  const done: string[] = []
  const step =
    (name: string, milliseconds = 0) =>
    () => {
      now += milliseconds
      done.push(name)
      return undefined
    }
  function* pieces(name: string, count: number, milliseconds: number): Work {
    for (let n = 0; n < count; n++) {
      if (lane.over) yield
      step(`${name}${n}`, milliseconds)()
    }
  }
  const work = (name: string, count: number, milliseconds: number) => () => pieces(name, count, milliseconds)
  const turn = () => {
    for (const { callback } of timers.splice(0)) callback()
  }
  return { lane, done, turn, step, work }
}

test('what is short is done at once', () => {
  const { lane, done, step } = rig()
  lane.run(step('a'))
  lane.run(step('b'))
  assert.deepEqual(done, ['a', 'b'])
  assert.equal(lane.busy, false)
})

test('what is long goes on in the next turns, and what comes meanwhile waits behind it', () => {
  const { lane, done, turn, step, work } = rig()
  lane.run(work('list', 5, 4))
  assert.deepEqual(done, ['list0', 'list1', 'list2'])
  assert.equal(lane.busy, true)
  lane.run(step('event'))
  lane.run(work('next', 1, 4))
  assert.equal(done.length, 3)
  turn()
  assert.deepEqual(done.slice(3), ['list3', 'list4', 'event', 'next0'])
  assert.equal(lane.busy, false)
})

test('many short things that wait take no more than a slice at a time either', () => {
  const { lane, done, turn, step, work } = rig()
  lane.run(work('list', 4, 4))
  for (const name of ['a', 'b', 'c', 'd']) lane.run(step(name, 5))
  turn()
  assert.deepEqual(done.slice(4), ['a', 'b'])
  turn()
  assert.deepEqual(done.slice(4), ['a', 'b', 'c', 'd'])
})

test('a flush does all that waits, also out of a step', () => {
  const { lane, done, step, work } = rig()
  lane.run(work('list', 9, 4))
  lane.run(() => {
    lane.flush()
    return undefined
  })
  lane.run(work('other', 9, 4))
  lane.run(step('event'))
  lane.flush()
  assert.equal(done.length, 19)
  assert.equal(done.at(-1), 'event')
  assert.equal(lane.busy, false)
  // and the next pauses again
  lane.run(work('list', 9, 4))
  assert.equal(lane.busy, true)
})

test('so much that waits is never more than 5,000', () => {
  const { lane, done, step, work } = rig()
  lane.run(work('list', 9, 4))
  for (let n = 0; n < 5_000; n++) lane.run(step('event'))
  assert.equal(done.length, 3)
  lane.run(step('event'))
  assert.equal(done.length, 9 + 5_001)
})

test('what waits is never more than 8 MiB', () => {
  const { lane, done, turn, step, work } = rig()
  lane.run(work('list', 9, 4))
  for (let n = 0; n < 8; n++) lane.run(step('event'), 1_048_576)
  assert.equal(done.length, 3)
  lane.run(step('event'), 1)
  assert.equal(done.length, 9 + 9)
  // what has been read waits no more
  lane.run(work('list', 4, 4))
  lane.run(step('event'), 1_048_576)
  turn()
  assert.equal(done.length, 9 + 9 + 5)
  assert.equal(lane.busy, false)
})

test('a step that throws takes nothing else with it', () => {
  const { lane, done, turn, step, work } = rig()
  const failing: Step = () => {
    throw new Error('a fault')
  }
  assert.throws(() => lane.run(failing), /a fault/)
  lane.run(work('list', 4, 4))
  lane.run(failing)
  lane.run(step('event'))
  assert.throws(() => turn(), /a fault/)
  turn()
  assert.deepEqual(done.slice(3), ['list3', 'event'])
  assert.equal(lane.busy, false)
})
