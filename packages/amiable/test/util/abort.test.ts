import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { onAbort } from '../../src/util/abort.ts'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

test('a signal calls everybody back, in order, and keeps no listener', () => {
  const controller = new AbortController()
  const told: number[] = []
  for (const number of [1, 2, 3]) onAbort(controller.signal, () => told.push(number))
  assert.equal(listeners(controller.signal), 1)
  controller.abort()
  assert.deepEqual(told, [1, 2, 3])
  assert.equal(listeners(controller.signal), 0)
})

test('what was taken back is not called, and the last one takes the listener along', () => {
  const controller = new AbortController()
  const told: string[] = []
  const first = onAbort(controller.signal, () => told.push('first'))
  const second = onAbort(controller.signal, () => told.push('second'))
  first()
  first()
  assert.equal(listeners(controller.signal), 1)
  second()
  assert.equal(listeners(controller.signal), 0)
  onAbort(controller.signal, () => told.push('third'))
  controller.abort()
  assert.deepEqual(told, ['third'])
})

test('one that is taken back by another while the signal aborts is not called', () => {
  const controller = new AbortController()
  const told: string[] = []
  onAbort(controller.signal, () => {
    told.push('first')
    second()
  })
  const second = onAbort(controller.signal, () => told.push('second'))
  controller.abort()
  assert.deepEqual(told, ['first'])
})

test('nothing is called for a signal that has aborted already, or for none', () => {
  for (const signal of [AbortSignal.abort(), undefined]) {
    onAbort(signal, () => assert.fail('called'))()
    if (signal) assert.equal(listeners(signal), 0)
  }
})

test('a hundred thousand callbacks come and go on one signal without a warning', async () => {
  const warnings: Error[] = []
  const warned = (warning: Error) => warnings.push(warning)
  process.on('warning', warned)
  const controller = new AbortController()
  const ends = Array.from({ length: 100_000 }, () => onAbort(controller.signal, () => {}))
  assert.equal(listeners(controller.signal), 1)
  for (const end of ends) end()
  assert.equal(listeners(controller.signal), 0)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', warned)
  assert.deepEqual(warnings, [])
})
