import assert from 'node:assert/strict'

const FACTOR = 8
// between 8, which is linear, and 64, which is quadratic: caches and the collector take their part of what is large
const MOST = 40
const ROUNDS = 20
// microseconds; what takes less is lost in the clock's noise
const LEAST = 1_000
const LARGEST = 1 << 20

/**
 * Checks that work grows about as its size does. It compares times of this process with each other, so that neither the
 * machine nor its load matters: the best of some rounds for a size, and the best for eight times as much.
 * @param work makes what is measured for a size; the making is not measured
 */
export function assertLinear(work: (size: number) => () => void, start = 256): void {
  let size = start
  while (size < LARGEST && Math.min(time(work(size)), time(work(size))) < LEAST) size *= 2
  for (;;) {
    const failure = whyNotLinear(work, size)
    if (failure === undefined) return
    // what was long enough at first may be compiled and short by now
    if (failure.small >= LEAST || size >= LARGEST) assert.fail(failure.text)
    size *= 2
  }
}

function whyNotLinear(work: (size: number) => () => void, size: number): { small: number; text: string } | undefined {
  let small = Number.POSITIVE_INFINITY
  let large = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    small = Math.min(small, time(work(size)))
    large = Math.min(large, time(work(size * FACTOR)))
    if (round >= 2 && large < small * MOST) return undefined
  }
  const ratio = (large / small).toFixed(1)
  const both = `${size}: ${small} µs, ${size * FACTOR}: ${large} µs`
  return { small, text: `${FACTOR} times the size takes ${ratio} times as long (${both})` }
}

function time(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return Math.max(user + system, 1)
}
