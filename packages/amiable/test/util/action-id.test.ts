import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionIds } from '../../src/util/action-id.ts'

test('ids are short, printable ASCII and never the same, within a client and between clients', () => {
  const makers = Array.from({ length: 50 }, () => actionIds())
  const ids = makers.flatMap((maker) => Array.from({ length: 100 }, () => maker.next()))
  assert.equal(new Set(ids).size, 5_000)
  for (const id of ids) assert.match(id, /^[!-~]{2,24}$/)
})

test('a client knows its own ids', () => {
  const [mine, other] = [actionIds(), actionIds()]
  assert.equal(mine.owns(mine.next()), true)
  assert.equal(mine.owns(other.next()), false)
  assert.equal(mine.owns(''), false)
})
