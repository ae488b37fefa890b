import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ring } from '../../src/log/ring.ts'
import { entry } from './entries.ts'

function filled(limit: number, names: string): Ring {
  const ring = new Ring(limit)
  for (const name of names) ring.push(entry(name))
  return ring
}

test('what is stored goes first, and only then what nobody has stored, counted', () => {
  const ring = filled(400, 'abcd')
  ring.settle(2)
  ring.push(entry('e'))
  assert.deepEqual([ring.first, ring.end, ring.overflowed], [1, 5, 0])
  for (const name of 'fgh') ring.push(entry(name))
  assert.deepEqual([ring.first, ring.end, ring.overflowed], [4, 8, 2])
  assert.equal(ring.lostBefore(2, ring.first, 0), 2)
  assert.equal(ring.get(4).hash, 'e')
  assert.throws(() => ring.get(3), RangeError)
})

test('the bytes that wait follow what is stored, forwards and back', () => {
  const ring = filled(1_000, 'abcde')
  assert.equal(ring.fill, 0.5)
  ring.settle(3)
  assert.equal(ring.fill, 0.2)
  ring.settle(1)
  assert.equal(ring.fill, 0.4)
  ring.settle(99)
  assert.deepEqual([ring.settled, ring.fill], [5, 0])
})

test('what is stored stays for a while, for a store that forgets', () => {
  const ring = new Ring(1_000)
  for (const [n, name] of [...'abc'].entries()) ring.push(entry(name, { heard: n * 10 }))
  ring.settle(2)
  ring.trim(5)
  assert.equal(ring.first, 1)
  ring.trim(1_000)
  assert.equal(ring.first, 2)
})

test('a cut that is passed by lost entries lies before the first that is left, and nobody knows what is missing', () => {
  const ring = filled(300, 'ab')
  ring.cut('link', null, 7)
  ring.push(entry('c'))
  for (const name of 'def') ring.push(entry(name))
  assert.equal(ring.first, 3)
  assert.deepEqual(ring.cutAt(3)?.cause, 'link')
  assert.equal(ring.lostBefore(0, ring.first, 0), null)
})

test('two cuts at one place are one, which counts both and is another', () => {
  const ring = filled(1_000, 'ab')
  ring.cut('slow', 2, 0)
  const { id } = ring.cutAt(2) ?? {}
  ring.cut('slow', 3, 5)
  const cut = ring.cutAt(2)
  assert.deepEqual([cut?.lost, cut?.floor], [5, 5])
  assert.notEqual(cut?.id, id)
  assert.equal(ring.lostBefore(2, 2, 0), 5)
  assert.equal(ring.lostBefore(2, 2, cut?.id ?? 0), 0)
  assert.deepEqual([ring.nextCut(1), ring.nextCut(2)], [2, Number.POSITIVE_INFINITY])
})

test('thousands of entries pass, and their numbers hold', () => {
  const ring = new Ring(100_000)
  for (let n = 0; n < 10_000; n++) {
    ring.push(entry(`e${n}`))
    ring.settle(n)
  }
  assert.deepEqual([ring.first, ring.end, ring.bytes, ring.overflowed], [9_000, 10_000, 100_000, 0])
  assert.equal(ring.get(9_500).hash, 'e9500')
})
