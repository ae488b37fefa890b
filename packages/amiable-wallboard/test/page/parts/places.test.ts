import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findIn } from '../../../src/page/parts/find.ts'
import { folded, frameOf, laneOf } from '../../../src/page/parts/lanes.ts'
import { sortBy } from '../../../src/page/parts/order.ts'
import { Places } from '../../../src/page/parts/settled.ts'
import { windowOf } from '../../../src/page/parts/virtual.ts'
import type { Snapshot } from '../../../src/protocol/view.ts'
import { Rows } from '../support/rows.ts'

const NOW = Date.UTC(2026, 10, 26, 12)
const rows = new Rows(NOW)

describe('rows that change places', () => {
  const row = (key: string) => ({ key })
  const keys = (all: readonly { key: string }[]) => all.map(({ key }) => key).join('')

  test('do so every two seconds, and not while they are held', () => {
    const places = new Places<{ key: string }>()
    assert.equal(keys(places.settle([row('a'), row('b')], 0, false)), 'ab')
    assert.equal(keys(places.settle([row('b'), row('a')], 1_000, false)), 'ab')
    assert.equal(keys(places.settle([row('b'), row('a')], 5_000, true)), 'ab')
    assert.equal(keys(places.settle([row('b'), row('a')], 5_001, false)), 'ba')
  })

  test('make room for new ones at the end, and those that are gone leave at once', () => {
    const places = new Places<{ key: string }>()
    places.settle([row('a'), row('b'), row('c')], 0, false)
    assert.equal(keys(places.settle([row('x'), row('c'), row('a')], 1, true)), 'acx')
  })

  test('keep the places of those that are gone while somebody is about to press one', () => {
    const places = new Places<{ key: string }>()
    places.settle([row('a'), row('b'), row('c')], 0, false)
    assert.equal(keys(places.settle([row('c'), row('a')], 1, true, true)), 'abc')
    assert.equal(keys(places.settle([row('c'), row('a')], 2, true, true)), 'abc')
    assert.equal(keys(places.settle([row('c'), row('b'), row('a')], 3, true, true)), 'abc')
    assert.equal(keys(places.settle([row('c'), row('a')], 4, true, false)), 'ac')
    assert.equal(keys(places.settle([row('c'), row('a')], 5, false, true)), 'ac')
  })

  test('do so at once where somebody asks for another order', () => {
    const places = new Places<{ key: string }>()
    places.settle([row('a'), row('b')], 0, false)
    places.free()
    assert.equal(keys(places.settle([row('b'), row('a')], 1, true)), 'ba')
  })
})

describe('a list of ten thousand', () => {
  test('has those in the document that a screen shows, and the room of all others', () => {
    for (const scrolled of [0, 123, 52 * 5_000, 52 * 10_000 - 800, 52 * 10_000]) {
      const { from, to, above, below } = windowOf(10_000, 52, scrolled, 800)
      assert.equal(above + (to - from) * 52 + below, 520_000)
      assert.ok(to - from <= 42, `${to - from} rows`)
      assert.ok(from * 52 <= scrolled && to * 52 >= Math.min(520_000, scrolled + 800))
    }
  })

  test('that has become short shows what is left', () => {
    assert.deepEqual(windowOf(3, 52, 400_000, 800), { from: 3, to: 3, above: 156, below: 0 })
  })
})

describe('the lanes of a call', () => {
  const frame = frameOf(rows.legs, NOW)

  test('show the time from its first leg to now', () => {
    assert.deepEqual(frame, { begin: NOW - 180_000, end: NOW })
  })

  test('show ringing, talking and holding where they were', () => {
    const [caller, , , agent, tried] = rows.legs as [never, never, never, never, never]
    const looks = (leg: never) =>
      laneOf(leg, rows.marks, frame, NOW).spans.map(({ look, from, to }) => [look, Math.round(from), Math.round(to)])
    assert.deepEqual(looks(caller), [
      ['rings', 0, 2],
      ['talks', 2, 100],
      ['held', 67, 81],
    ])
    assert.deepEqual(looks(agent), [
      ['rings', 34, 40],
      ['talks', 40, 100],
    ])
    assert.deepEqual(looks(tried), [['rings', 17, 28]])
  })

  test('fold Local halves away, but not where there is nobody else', () => {
    assert.deepEqual(
      folded(rows.legs, false).shown.map(({ number }) => number),
      ['+49 89 555 10', '101', '100'],
    )
    assert.equal(folded(rows.legs, false).hops, 1)
    assert.equal(folded(rows.legs, true).shown.length, 5)
    const halves = rows.legs.filter(({ local }) => local)
    assert.equal(folded(halves, false).shown.length, 2)
  })
})

test('what has no value is last in either direction', () => {
  const columns = [{ name: 'a', title: '', show: () => '', by: ({ a }: { a: number | null }) => a }]
  const given = [{ a: 2 }, { a: null }, { a: 10 }, { a: 1 }]
  const sorted = (down: boolean) => sortBy(given, columns, { by: 'a', down }).map(({ a }) => a)
  assert.deepEqual(sorted(false), [1, 2, 10, null])
  assert.deepEqual(sorted(true), [10, 2, 1, null])
})

test('a search finds numbers and names on every page, and says where', () => {
  const snapshots = new Map<string, Snapshot>([
    ['agents', { tables: { agents: rows.agents } } as unknown as Snapshot],
    ['rooms', { tables: { rooms: rows.rooms, parties: rows.parties, parked: rows.parked } } as unknown as Snapshot],
  ])
  assert.deepEqual(
    findIn(snapshots, ' BERGER ').map(({ page, title }) => [page, title]),
    [
      ['agents', 'Anna Berger'],
      ['rooms', 'Anna Berger'],
    ],
  )
  assert.deepEqual(findIn(snapshots, '  '), [])
  const many = new Map([['agents', { tables: { agents: [...rows.agents, ...rows.agents] } } as unknown as Snapshot]])
  assert.equal(findIn(many, 'PJSIP').length, 20)
})
