import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unguessableId } from '../../src/util/action-id.ts'

const many = Array.from({ length: 20_000 }, unguessableId)

test('ids are of one length, letters and digits, and never the same', () => {
  assert.equal(new Set(many).size, many.length)
  for (const id of many) assert.match(id, /^[0-9a-v]{16}$/)
})

test('no place of an id tells the same place of the next: each of the 32 digits follows each', () => {
  for (let place = 0; place < 16; place++) {
    const followers = new Set<string>()
    for (let i = 1; i < many.length; i++) followers.add(`${many[i - 1]?.[place]}${many[i]?.[place]}`)
    // of 1,024 pairs in 20,000 draws none is missing but once in 300,000 runs
    assert.ok(followers.size >= 1_023, `place ${place}: ${followers.size} of 1024 pairs`)
  }
})
