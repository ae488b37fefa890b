import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const FACTOR = 64
// between 64, which is linear, and 4,096, which is quadratic: caches and the collector take their part of what is large
const MOST = 512
// between 2 and 4: what no cache holds, or is past a limit, is slower by a step, but of two doublings one goes past it
const MOST_DOUBLED = 3
const ROUNDS = 20
// microseconds that the large size takes: a 64th of it must still stand out of the clock's noise
const LEAST = 4_000
const LARGEST = 1 << 23

/**
 * Checks that work grows about as its size does. It compares times of this process with each other, so that neither the
 * machine nor its load matters: the best of some rounds for a size, and the best for a 64th of it.
 * @param work makes what is measured for a size; the making is not measured
 */
export function assertLinear(work: (size: number) => () => void, start = 1 << 14): void {
  let size = start
  for (;;) {
    let first = time(settled(work(size)))
    while (size < LARGEST && first < LEAST) {
      size *= first * 8 < LEAST ? 4 : 2
      first = time(settled(work(size)))
    }
    const failure = whyNotLinear(work, size, first)
    if (failure === undefined) return
    // what was long enough at first may be compiled and short by now
    if (failure.large >= LEAST || size >= LARGEST) assert.fail(failure.text)
    size *= 2
  }
}

function whyNotLinear(
  work: (size: number) => () => void,
  size: number,
  first: number,
): { large: number; text: string } | undefined {
  let small = Number.POSITIVE_INFINITY
  let large = first
  for (let round = 0; round < ROUNDS; round++) {
    // many runs, for the first ones are not compiled yet: a slow small one would hide what the large one takes
    for (let run = 0; run < 16; run++) small = Math.min(small, time(work(size / FACTOR)))
    if (large < small * MOST) return undefined
    large = Math.min(large, time(settled(work(size))))
  }
  if (large < best(work, size / 2) * MOST_DOUBLED || best(work, size * 2) < large * MOST_DOUBLED) return undefined
  const ratio = (large / small).toFixed(1)
  const both = `${size / FACTOR}: ${small} µs, ${size}: ${large} µs`
  return { large, text: `${FACTOR} times the size takes ${ratio} times as long (${both})` }
}

function best(work: (size: number) => () => void, size: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) least = Math.min(least, time(settled(work(size))))
  return least
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void

/** Makes what was made old: else the collector moves all of it twice while the work is measured. */
function settled(run: () => void): () => void {
  collect({ type: 'minor' })
  collect({ type: 'minor' })
  return run
}

function time(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return Math.max(user + system, 1)
}
