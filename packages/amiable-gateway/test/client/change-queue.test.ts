import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChangeQueue } from '../../src/client/change-queue.ts'

test('each of several readers that wait at once gets a change, or the end', async () => {
  let closed = 0
  const queue = new ChangeQueue<number>(10, 0, () => closed++)
  const waiting = Array.from({ length: 4 }, () => queue.next())
  queue.push(1)
  queue.push(2)
  queue.end()
  assert.deepEqual(
    (await Promise.all(waiting)).map(({ value }) => value),
    [1, 2, undefined, undefined],
  )
  assert.deepEqual(await queue.next(), { done: true, value: undefined })
  assert.equal(closed, 1)
})

test('whoever leaves ends it for all, and what waits is gone', async () => {
  const queue = new ChangeQueue<number>(10, 0, () => {})
  queue.push(1)
  for await (const one of queue) {
    assert.equal(one, 1)
    queue.push(2)
    break
  }
  assert.equal((await queue.next()).done, true)
  queue.push(3)
  assert.equal((await queue.next()).done, true)
})

test('a reader that is too slow gets one word for all that it missed', async () => {
  const queue = new ChangeQueue<number>(3, -1, () => {})
  for (let n = 1; n <= 5; n++) queue.push(n)
  assert.deepEqual([(await queue.next()).value, (await queue.next()).value], [-1, 5])
})
