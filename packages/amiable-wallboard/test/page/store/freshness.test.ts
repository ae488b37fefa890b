import assert from 'node:assert/strict'
import { test } from 'node:test'
import { truthOf, worstOf } from '../../../src/page/store/freshness.ts'
import type { KindFreshness, ServerRow } from '../../../src/protocol/rows.ts'

function server(state: ServerRow['state'], asOf: number | null, queues?: KindFreshness): ServerRow {
  return { key: 'a', name: 'a', state, asOf, connected: true, kinds: queues ? { queues } : {} }
}

test('only what is known to be true now is live', () => {
  assert.deepEqual(truthOf(server('live', null), 'queues', undefined), { type: 'live' })
  assert.deepEqual(truthOf(server('stale', 5), 'queues', undefined), { type: 'old', asOf: 5 })
  // it is asked again, and what is shown meanwhile is still the old truth
  assert.deepEqual(truthOf(server('listing', 5), 'queues', undefined), { type: 'old', asOf: 5 })
  assert.deepEqual(truthOf(server('listing', null), 'queues', undefined), { type: 'unknown' })
  assert.deepEqual(truthOf(server('waiting', null), 'queues', undefined), { type: 'unknown' })
  assert.deepEqual(truthOf(undefined, 'queues', undefined), { type: 'unknown' })
})

test('a kind of its own freshness is as fresh as that, whatever the others are', () => {
  const one = server('stale', 5, { state: 'live', asOf: null })
  assert.deepEqual(truthOf(one, 'queues', undefined), { type: 'live' })
  assert.deepEqual(truthOf(server('live', null, { state: 'blind', asOf: null }), 'queues', undefined), {
    type: 'hidden',
  })
})

test('while the wallboard is silent nothing is live, and what was older stays older', () => {
  assert.deepEqual(truthOf(server('live', null), 'queues', 9), { type: 'old', asOf: 9 })
  assert.deepEqual(truthOf(server('stale', 5), 'queues', 9), { type: 'old', asOf: 5 })
})

test('a sum is as old as its oldest part', () => {
  const live = { type: 'live' } as const
  assert.deepEqual(worstOf([]), live)
  assert.deepEqual(worstOf([live, live]), live)
  assert.deepEqual(worstOf([live, { type: 'old', asOf: 7 }, { type: 'old', asOf: 3 }]), { type: 'old', asOf: 3 })
  assert.deepEqual(worstOf([live, { type: 'unknown' }]), { type: 'unknown' })
})
