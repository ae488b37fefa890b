// What a watch says of what is missing, on an output that somebody reads too slowly.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Writer } from 'amiable-settings'
import { Expectation } from '../../src/events/expectation.ts'
import { selectionOf } from '../../src/events/selection.ts'
import { Watch, type WatchedEvent } from '../../src/events/watch.ts'
import type { Io } from '../../src/io.ts'

/** A watch whose output the test reads. */
function slow(most: number) {
  let text = ''
  const writes: (() => void)[] = []
  const out = new Writer(
    (bytes, from, done) =>
      writes.push(() => {
        text += Buffer.from(bytes.subarray(from)).toString()
        done(null, bytes.length - from)
      }),
    { most },
  )
  const watch = new Watch({ out, err: out } as unknown as Io, {
    selection: selectionOf({ names: [], not: [], classes: [] }),
    expectation: new Expectation({}),
    format: 'text',
    print: ({ Event }) => Event,
    tests: [],
    failsWhenSlow: false,
  })
  return {
    watch,
    event: (Event: string) => watch.take({ Event } as WatchedEvent),
    read: async () => {
      await turn()
      writes.shift()?.()
      await turn()
      return text
    },
  }
}

test('a connection that was lost is told where it was, also where there was no room for it', async () => {
  const { watch, event, read } = slow(4)
  event('First')
  event('Second')
  watch.notice('-- connection lost')
  watch.notice('-- connected again')
  event('Third')
  await read()
  event('Fourth')
  await read()
  event('Fifth')
  watch.finish()
  for (let n = 0; n < 5; n++) await read()
  const said = (await read()).split('\n').map((line) => line.replace(/: whatever .*/, ''))
  const at = (line: string) => said.indexOf(line)
  assert.equal(at('First'), 0)
  assert.ok(
    at('-- 1 event lost') === 1 && at('-- connection lost') === 2 && at('-- connected again') === 3,
    said.join(),
  )
  const told = said
    .map((line) => Number(/^-- (\d+) events? lost/.exec(line)?.[1] ?? 0))
    .reduce((sum, one) => sum + one, 0)
  const printed = ['First', 'Second', 'Third', 'Fourth', 'Fifth'].filter((name) => at(name) >= 0).length
  assert.deepEqual([told, printed + told], [watch.lost, 5])
})

test('notices that nobody reads are bounded, and every lost event is counted all the same', async () => {
  const { watch, event, read } = slow(4)
  event('First')
  for (let n = 0; n < 1_000; n++) {
    event('Lost')
    watch.notice('-- connection lost')
    watch.addCut()
  }
  watch.finish()
  for (let n = 0; n < 3; n++) await read()
  const said = await read()
  assert.ok(said.split('\n').length < 300)
  assert.deepEqual([watch.lost, watch.cuts], [1_000, 1_000])
  const told = [...said.matchAll(/^-- (\d+) events? lost/gm)].reduce((sum, [, count]) => sum + Number(count), 0)
  assert.equal(told, 1_000)
})
