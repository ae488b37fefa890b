import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertLinear } from './growth.ts'

/** Counts up: so many steps for each of the size, and one more for each `rare` of its square. */
const steps = (size: number, rare: number) => () => {
  let sum = 0
  for (let i = 0; i < size * 20 + size ** 2 / rare; i++) sum = (sum * 31 + i) | 0
  return sum
}

test('work that grows as its size passes', () => {
  assertLinear((size) => steps(size, Number.POSITIVE_INFINITY))
})

test('work whose quadratic part is small at first is found out', () => {
  assert.throws(() => assertLinear((size) => steps(size, 50)), /64 times the size takes \d+\.\d times as long/)
})

test('work that takes another way from some size on passes, however much longer that one is', () => {
  const limit = 1 << 15
  assertLinear((size) => steps(size < limit ? size : size * 12, Number.POSITIVE_INFINITY))
})
