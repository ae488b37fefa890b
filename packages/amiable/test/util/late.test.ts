import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LateMap, LateSet } from '../../src/util/late.ts'

// whoever goes through all makes a Map or a Set of it: most steps only ask
const step = fc.record({
  what: fc.constantFrom('put', 'put', 'delete', 'delete', 'clear', 'go through'),
  key: fc.integer({ min: 0, max: 5 }),
})

test('a late map and a late set say what a Map and a Set say', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const goThrough = () => {
        assert.deepEqual([...lateMap], [...map])
        assert.deepEqual([...lateMap.keys()], [...map.keys()])
        assert.deepEqual([...lateMap.values()], [...map.values()])
        assert.deepEqual([...lateSet], [...set])
      }
      const [map, set] = [new Map<number, number>(), new Set<number>()]
      const [lateMap, lateSet] = [new LateMap<number, number>(), new LateSet<number>()]
      for (const [value, { what, key }] of steps.entries()) {
        if (what === 'put') {
          map.set(key, value)
          lateMap.set(key, value)
          set.add(key)
          lateSet.add(key)
        } else if (what === 'delete') {
          assert.equal(lateMap.delete(key), map.delete(key))
          assert.equal(lateSet.delete(key), set.delete(key))
        } else if (what === 'clear') for (const all of [map, set, lateMap, lateSet]) all.clear()
        else goThrough()
        assert.deepEqual([lateMap.size, lateSet.size], [map.size, set.size])
        const { onlyKey } = lateMap
        if (onlyKey !== undefined) assert.deepEqual([...map.keys()], [onlyKey])
        assert.deepEqual(
          [lateMap.has(key), lateMap.get(key), lateSet.has(key)],
          [map.has(key), map.get(key), set.has(key)],
        )
      }
      goThrough()
    }),
    { numRuns: 1_000 },
  )
})

test('whoever goes through one entry meets those that are put in meanwhile', () => {
  const map = new LateMap<string, number>()
  map.set('one', 1)
  for (const [key, value] of map) if (value < 3) map.set(`${key}+`, value + 1)
  assert.deepEqual([...map.values()], [1, 2, 3])
  const set = new LateSet<number>()
  set.add(1)
  for (const one of set) if (one < 3) set.add(one + 1)
  assert.deepEqual([...set], [1, 2, 3])
})

test('a late map tells the key of its one entry, until it has had two at once', () => {
  const map = new LateMap<string, number>()
  assert.equal(map.onlyKey, undefined)
  map.set('one', 1)
  assert.equal(map.onlyKey, 'one')
  map.delete('one')
  assert.equal(map.onlyKey, undefined)
  map.set('two', 2)
  assert.equal(map.onlyKey, 'two')
  map.set('three', 3)
  assert.equal(map.onlyKey, undefined)
  map.delete('two')
  assert.equal(map.onlyKey, undefined)
  map.delete('three')
  map.set('four', 4)
  assert.equal(map.onlyKey, 'four')
})
