import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BROKEN, roleOf, takeoverIn, type View, YOUNG } from '../../src/log/role.ts'
import { tokenOf } from '../../src/log/subjects.ts'

const view: View = { linked: true, lacking: undefined, vacant: undefined, young: false, unbroken: true, alone: false }
const patience = { takeover: 1_000, jitter: 50 }

test('nobody takes over what another gateway writes', () => {
  assert.equal(takeoverIn(view, patience), Number.POSITIVE_INFINITY)
  assert.equal(takeoverIn({ ...view, lacking: 200 }, patience), 850)
  assert.equal(takeoverIn({ ...view, lacking: 2_000 }, patience), 0)
})

test('where nobody writes the wait is short', () => {
  assert.equal(takeoverIn({ ...view, vacant: 0 }, patience), 50)
  assert.equal(takeoverIn({ ...view, vacant: 60, lacking: 100 }, patience), 0)
})

test('whoever would write a gap waits for one that need not, and one without a session for all', () => {
  assert.equal(takeoverIn({ ...view, vacant: 0, unbroken: false }, patience), 50 + BROKEN)
  assert.equal(takeoverIn({ ...view, vacant: 0, unbroken: false, alone: true }, patience), 50)
  assert.equal(takeoverIn({ ...view, vacant: 0, young: true, unbroken: false }, patience), 50 + YOUNG)
  assert.equal(takeoverIn({ ...view, vacant: 0, linked: false }, patience), 50 + BROKEN)
  assert.deepEqual([roleOf(false, false), roleOf(true, false), roleOf(false, true)], ['deaf', 'following', 'writing'])
})

test('any text is one token of a subject, and different texts are different tokens', () => {
  assert.equal(tokenOf('Order-7'), 'Order-7')
  assert.equal(tokenOf('a.b'), 'a_2eb')
  assert.equal(tokenOf('a_2eb'), 'a_5f2eb')
  assert.equal(tokenOf('ü*> \r\n'), '_c3_bc_2a_3e_20_0d_0a')
  assert.equal(tokenOf(''), '_')
  assert.ok(tokenOf('ü'.repeat(10_000)).length <= 192)
})
