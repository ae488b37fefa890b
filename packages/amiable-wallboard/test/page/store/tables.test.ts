import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effect } from '@preact/signals'
import { Tables } from '../../../src/page/store/tables.ts'
import type { ServerRow } from '../../../src/protocol/rows.ts'
import type { Patch, Snapshot } from '../../../src/protocol/view.ts'

function server(key: string, state: ServerRow['state'] = 'live'): ServerRow {
  return { key, name: key, state, asOf: null, connected: true, kinds: {} }
}

function snapshot(revision: string, servers: readonly ServerRow[]): Snapshot {
  return {
    page: 'rooms',
    revision,
    now: 0,
    tables: { servers, alerts: [], rooms: [], parties: [], parked: [] } as never,
  }
}

test('a snapshot and its patches give the rows that the server has', () => {
  const tables = new Tables()
  tables.replace(snapshot('1', [server('a'), server('b')]))
  const patch: Patch = [
    ['set', 'servers', 'a', { state: 'stale', asOf: 7 }],
    ['del', 'servers', 'b'],
    ['put', 'servers', server('c')],
    // a row that this page never had: its put comes, or it is gone
    ['set', 'servers', 'nobody', { state: 'stale' }],
  ]
  tables.patch(patch, '2')
  assert.deepEqual(tables.list('servers').value, [{ ...server('a'), state: 'stale', asOf: 7 }, server('c')])
  assert.equal(tables.revision.value, '2')
})

test('a row that a new snapshot has too stays the same object, and one that it lacks is gone', () => {
  const tables = new Tables()
  tables.replace(snapshot('1', [server('a'), server('b'), server('c')]))
  const [before] = tables.list('servers').value
  tables.replace(snapshot('9', [server('a'), server('c', 'stale')]))
  const [after, changed] = tables.list<ServerRow>('servers').value
  assert.equal(after, before)
  assert.equal(changed?.state, 'stale')
  assert.equal(tables.list('servers').value.length, 2)
})

test('who reads a table is drawn again once a patch, and by no other table', () => {
  const tables = new Tables()
  tables.replace(snapshot('1', [server('a')]))
  let drawn = 0
  const stop = effect(() => {
    void tables.list('servers').value
    drawn++
  })
  tables.patch(
    [
      ['set', 'servers', 'a', { asOf: 1 }],
      ['set', 'servers', 'a', { asOf: 2 }],
    ],
    '2',
  )
  assert.equal(drawn, 2)
  tables.patch([['del', 'rooms', 'x']], '3')
  assert.equal(drawn, 2)
  stop()
})

test('another page begins with nothing', () => {
  const tables = new Tables()
  tables.replace(snapshot('1', [server('a')]))
  tables.clear()
  assert.deepEqual(tables.list('servers').value, [])
  assert.equal(tables.revision.value, undefined)
})
