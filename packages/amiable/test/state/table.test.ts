import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IdTable } from '../../src/state/table.ts'
import { SeededRandom } from '../../src/testing/index.ts'

interface Record {
  readonly id: string
  readonly version: number
}

/** Ids as Asterisk makes them, and such as end alike and so lie in one slot. */
const KINDS: { readonly [name: string]: (n: number) => string } = {
  'Uniqueids of one second': (n) => `1795386889.${n}`,
  'ids that end alike': (n) => `${n}-1795386889.17`,
  'ids of a few letters': (n) => n.toString(36),
  'ids beyond ASCII': (n) => `é${String.fromCharCode(0xffff - n)}`,
  'the empty id and its neighbours': (n) => '0'.repeat(n % 40),
}

for (const [name, idOf] of Object.entries(KINDS)) {
  test(`a table of records with ids finds what a map finds: ${name}`, () => {
    const random = new SeededRandom(7)
    const table = new IdTable<Record>({ touched: false }, 10)
    const map = new Map<string, Record>()
    for (let version = 0; version < 20_000; version++) {
      const id = idOf(random.integer(0, 999))
      const before = map.get(id)
      assert.equal(table.get(id), before)
      switch (random.integer(0, 3)) {
        case 0:
          table.remove(id, false)
          map.delete(id)
          break
        case 1:
          // what differed in nothing is put back
          if (before === undefined) break
          table.put(id, { id, version }, before)
          table.restore(id, before)
          break
        default: {
          const record = { id, version }
          table.put(id, record)
          map.set(id, record)
        }
      }
      assert.equal(table.get(id), map.get(id))
      if (version % 100 === 0) table.settle()
    }
    assert.deepEqual([...table.records], [...map])
    for (let n = 0; n < 1_000; n++) assert.equal(table.get(idOf(n)), map.get(idOf(n)))
  })
}
