import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { runNight } from './chaos.ts'
import { record } from './results.ts'

// nights until the code is compiled and the caches are full; what the heap holds then is its start
const WARM = 25
// the figures that are kept, and what the collector does not give back at once; a leak of one kilobyte a fault is more
const SLACK = 8 * 1024 * 1024

/** Runs these seeds' nights; none may fail, and after them the heap is back where it started. */
export async function runNights(seeds: readonly number[]): Promise<{ faults: number; calls: number }> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const longest = new Map<string, number>()
  let faults = 0
  let calls = 0
  let start = 0
  for (const [n, seed] of seeds.entries()) {
    const report = await runNight(seed)
    faults += report.faults
    calls += report.calls
    for (const [kind, ms] of report.longest) longest.set(kind, Math.max(longest.get(kind) ?? 0, ms))
    if (n === WARM) start = await heapAfter(collect)
  }
  const where = 'simulator'
  for (const [kind, ms] of longest) record({ kind, where, ms })
  record({ kind: 'seeded faults', where, value: `${faults} in ${seeds.length} nights, ${calls} calls` })
  if (start > 0) {
    const end = await heapAfter(collect)
    const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(2)} MiB`
    record({ kind: 'heap before and after', where, value: `${megabytes(start)}, ${megabytes(end)}` })
    assert.ok(end - start < SLACK, `the heap grew from ${megabytes(start)} to ${megabytes(end)}`)
  }
  return { faults, calls }
}

async function heapAfter(collect: () => void): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let look = 0; look < 3; look++) {
    // sockets that were closed go in a later turn
    await new Promise<void>((resolve) => setImmediate(resolve))
    collect()
    least = Math.min(least, process.memoryUsage().heapUsed)
  }
  return least
}
