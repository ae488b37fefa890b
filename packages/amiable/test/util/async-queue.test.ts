import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AsyncQueue } from '../../src/util/async-queue.ts'
import { runs } from '../support/decode.ts'

const noop = () => {}
const done = { value: undefined, done: true }

test('items come out in order, whether asked for before or after they came', async () => {
  const queue = new AsyncQueue<number>(noop)
  const early = [queue.next(), queue.next()]
  for (const item of [1, 2, 3, 4]) queue.push(item)
  assert.equal(queue.size, 2)
  const late = [queue.next(), queue.next()]
  assert.deepEqual(
    (await Promise.all([...early, ...late])).map(({ value }) => value),
    [1, 2, 3, 4],
  )
})

test('an end comes after what is queued, and to everybody who waits', async () => {
  const queue = new AsyncQueue<number>(noop)
  queue.push(1)
  queue.end()
  queue.push(2)
  assert.equal(queue.ended, true)
  assert.deepEqual(
    [await queue.next(), await queue.next(), await queue.next()],
    [{ value: 1, done: false }, done, done],
  )
  const other = new AsyncQueue<number>(noop)
  const waiting = [other.next(), other.next()]
  other.end()
  assert.deepEqual(await Promise.all(waiting), [done, done])
})

test('an error is thrown once, and then the iteration is over', async () => {
  for (const error of [new Error('x'), 'x', null, 0, false]) {
    const queue = new AsyncQueue<number>(noop)
    queue.end(error)
    queue.end(new Error('later'))
    await assert.rejects(queue.next(), (thrown) => thrown === error)
    assert.deepEqual(await queue.next(), done)
  }
})

test('of several who wait the first gets the error, and the others the end', async () => {
  const queue = new AsyncQueue<number>(noop)
  const [first, second] = [queue.next(), queue.next()]
  queue.end(new Error('x'))
  await assert.rejects(first, /x/)
  assert.deepEqual(await second, done)
})

test('leaving it early forgets what is queued, ends who waits and tells the producer', async () => {
  let told = 0
  const queue = new AsyncQueue<number>(() => told++)
  queue.push(1)
  assert.deepEqual(await queue.return(), done)
  assert.deepEqual([queue.size, queue.ended, told], [0, true, 1])
  assert.deepEqual(await queue.next(), done)
  const other = new AsyncQueue<number>(noop)
  const waiting = other.next()
  await other.return()
  assert.deepEqual(await waiting, done)
})

test('leaving it early leaves no error behind', async () => {
  const queue = new AsyncQueue<number>(noop)
  queue.push(1)
  queue.end(new Error('x'))
  for await (const _ of queue) break
  assert.deepEqual(await queue.next(), done)
})

test('it is a queue, whatever is pushed, shifted and asked for', () => {
  const step = fc.oneof(fc.constant('push'), fc.constant('push'), fc.constant('shift'))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 4_000, size: 'max' }), (steps) => {
      const queue = new AsyncQueue<number>(noop)
      const model: number[] = []
      for (const [i, what] of steps.entries()) {
        if (what === 'push') {
          queue.push(i)
          model.push(i)
        } else assert.equal(queue.shift(), model.shift())
        assert.equal(queue.size, model.length)
      }
    }),
    { numRuns: runs(30) },
  )
})
