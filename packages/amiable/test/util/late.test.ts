import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LateMap, LateSet } from '../../src/util/late.ts'

const step = fc.record({ what: fc.constantFrom('put', 'delete', 'clear'), key: fc.integer({ min: 0, max: 5 }) })

test('a late map and a late set say what a Map and a Set say', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
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
        } else for (const all of [map, set, lateMap, lateSet]) all.clear()
        assert.deepEqual([...lateMap], [...map])
        assert.deepEqual([...lateMap.keys()], [...map.keys()])
        assert.deepEqual([...lateMap.values()], [...map.values()])
        assert.deepEqual([...lateSet], [...set])
        assert.deepEqual([lateMap.size, lateSet.size], [map.size, set.size])
        assert.deepEqual(
          [lateMap.has(key), lateMap.get(key), lateSet.has(key)],
          [map.has(key), map.get(key), set.has(key)],
        )
      }
    }),
  )
})
