import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import type { Entry } from '../../src/log/entry.ts'
import { Packed } from '../../src/log/packed.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '1795635240.12', 'Ω'.repeat(30)),
)
const anEntry: fc.Arbitrary<Entry> = fc.record({
  event: text,
  call: fc.option(text, { nil: undefined }),
  at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  heard: fc.double({ min: 0, max: 1e12, noNaN: true }),
  hash: fc.string({ minLength: 1, maxLength: 11 }),
  unique: fc.boolean(),
  userEvent: fc.option(text, { nil: undefined }),
  // now and then more than a block takes
  json: fc
    .tuple(text, fc.constantFrom(1, 1, 1, 1_000, 40_000))
    .map(([one, times]) => JSON.stringify(one.repeat(times))),
  bytes: fc.integer({ min: 0, max: 4_294_967_295 }),
})

test('what was put in comes out as it was, in whatever order entries come and go', () => {
  const steps = fc.array(fc.oneof({ weight: 3, arbitrary: anEntry }, fc.constant('shift' as const)), { maxLength: 30 })
  fc.assert(
    fc.property(steps, (all) => {
      const packed = new Packed()
      const model: Entry[] = []
      let gone = 0
      for (const step of all) {
        if (step !== 'shift') {
          packed.push(step)
          model.push(step)
        } else if (model.length > gone) {
          packed.shift()
          gone++
        }
        assert.deepEqual([packed.first, packed.end], [gone, model.length])
        for (let index = gone; index < model.length; index++) {
          const { json, ...facts } = model[index] as Entry
          assert.deepEqual(packed.get(index), facts)
          assert.equal(Buffer.from(packed.data(index)).toString(), json)
          assert.deepEqual([packed.heard(index), packed.bytes(index)], [facts.heard, facts.bytes])
        }
        for (const index of [gone - 1, model.length]) assert.throws(() => packed.get(index), RangeError)
      }
    }),
    { numRuns: 40 },
  )
})

test('a minute of events is no object of V8, and is in memory once', () => {
  setFlagsFromString('--expose-gc')
  const gc: () => void = runInNewContext('gc')
  const COUNT = 40_000
  const SIZE = 600
  const json = JSON.stringify({ Event: 'x'.repeat(SIZE - 12) })
  const entry = {
    event: 'Newexten',
    call: '1795635240.12',
    at: 1,
    heard: 1,
    unique: false,
    userEvent: undefined,
    bytes: 1,
  }
  const packed = new Packed()
  const pass = (count: number) => {
    for (let n = 0; n < count; n++) packed.push({ ...entry, hash: `hash${n}`, json })
  }
  const take = () => {
    gc()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return { heapUsed, arrayBuffers }
  }
  const before = take()
  pass(COUNT)
  const full = take()
  // 8 bytes on the heap for where each begins; what is there besides is the test's
  assert.ok((full.heapUsed - before.heapUsed) / COUNT < 60, `${full.heapUsed - before.heapUsed} bytes of the heap`)
  assert.ok((full.arrayBuffers - before.arrayBuffers) / COUNT < SIZE * 1.2)
  // as many go as come: no memory beside that which is there
  for (let n = 0; n < COUNT; n++) {
    packed.shift()
    pass(1)
  }
  assert.ok(take().arrayBuffers - full.arrayBuffers < 2 * 262_144)
})
