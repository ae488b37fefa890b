import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StateStatusHub } from '../../src/state/status.ts'

test('a status loop that is slow keeps the newest 1,000, of one server and of several', async () => {
  const hub = new StateStatusHub<number>()
  const slow = hub.iterate(undefined)
  for (let n = 0; n < 2_500; n++) hub.tell(n)
  hub.end()
  const seen: number[] = []
  for await (const status of slow) seen.push(status)
  assert.deepEqual([seen.length, seen[0], seen.at(-1)], [1_000, 1_500, 2_499])
})
