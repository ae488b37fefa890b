import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byAnchor, locate } from '../../src/log/align.ts'
import type { AnyMessage } from '../../src/log/message.ts'
import { Ring } from '../../src/log/ring.ts'
import { entry } from './entries.ts'

function ringOf(names: string, unique = ''): Ring {
  const ring = new Ring(1_000_000)
  for (const name of names) ring.push(entry(name, { unique: unique.includes(name) }))
  return ring
}

const stored = (names: string, first = 1) => [...names].map((hash, n) => ({ seq: first + n, hash }))

test('one event that cannot have a double proves a place, one that can does not', () => {
  assert.deepEqual(locate(stored('xyab'), ringOf('abcd', 'b'), 0, 0), { next: 2, proven: true, shared: true })
  assert.deepEqual(locate(stored('xyab'), ringOf('abcd'), 0, 0), { next: 2, proven: false, shared: true })
})

test('eight events in a row prove a place, unless it could be another', () => {
  assert.deepEqual(locate(stored('abcdefgh'), ringOf('abcdefghij'), 0, 0), { next: 8, proven: true, shared: true })
  const same = 'a'.repeat(12)
  assert.deepEqual(locate(stored(same), ringOf(same), 0, 0), { next: 12, proven: false, shared: true })
})

test('a log may be ahead of a session', () => {
  assert.deepEqual(locate(stored('abcdz'), ringOf('abc', 'a'), 0, 0), { next: 5, proven: true, shared: true })
})

test('what the log had before the session began is not in the ring', () => {
  assert.equal(locate(stored('xa', 10), ringOf('ab', 'a'), 0, 10).proven, true)
  assert.deepEqual(locate(stored('xa', 10), ringOf('ab', 'a'), 0, 11), { next: 0, proven: false, shared: false })
})

test('without a common event nothing is stored, and only the newest part is looked at', () => {
  assert.deepEqual(locate(stored('xy'), ringOf('ab', 'ab'), 0, 0), { next: 0, proven: false, shared: false })
  assert.deepEqual(locate(stored('ab'), ringOf('abc', 'ab'), 2, 0), { next: 2, proven: false, shared: false })
  assert.deepEqual(locate([], ringOf('abc'), 0, 0), { next: 0, proven: false, shared: false })
})

test('an anchor holds in its run and its part, and where the last event is the right one', () => {
  const anchor = { log: 'l', run: 'r', offset: -10, start: 0, cut: 0, limit: 3 }
  const common = { v: 1, id: '', server: 's', log: 'l', term: 1, run: 'r', at: '' } as const
  const end = (seq: number, hash: string): AnyMessage => ({ ...common, seq, event: 'E', hash, data: {} })
  const ring = ringOf('abcd')
  const next = (message: AnyMessage) => byAnchor([anchor], message, ring)?.next
  assert.equal(next(end(11, 'b')), 2)
  assert.equal(next(end(11, 'x')), undefined)
  assert.equal(next(end(13, 'd')), undefined)
  assert.equal(next(end(8, 'z')), undefined)
  assert.equal(next({ ...end(11, 'b'), run: 'other' }), undefined)
  assert.equal(next({ ...end(11, 'b'), log: 'another life' }), undefined)
  assert.equal(next({ ...common, seq: 9, status: 'fence' }), 0)
})
