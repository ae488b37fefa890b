import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Member } from '../../src/state/records.ts'
import { IdTable, MemberTable, memberKey } from '../../src/state/table.ts'
import type { Told } from '../../src/state/told.ts'
import { SeededRandom } from '../../src/testing/index.ts'
import { type Peek, PLACES } from '../../src/util/peek.ts'
import { numberAtEnd } from '../../src/util/slots.ts'
import { Message } from './support/messages.ts'

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

/** An event about an id, as far as a table reads it. */
function toldOf(id: string): Told {
  const places: Partial<Peek> = { read: () => id, numberAtEnd: (_name, base) => numberAtEnd(id, base) }
  return { [PLACES]: places } as Told
}

test('a note is of the record that it was made for, whichever was asked for last', () => {
  const table = new IdTable<Record>({ touched: false }, 10)
  const put = (id: string, version = 0): Record => {
    const one = { id, version }
    table.put(id, one)
    return one
  }
  const first = put('1.1')
  const second = put('1.2')
  table.note(first, 11)
  table.note(second, 22)
  for (const asked of ['1.2', '1.1', '1.3']) {
    table.named(toldOf(asked), 'Uniqueid')
    assert.deepEqual([table.noteOf(first), table.noteOf(second)], [11, 22], asked)
  }
  // the same digits at its end: it has the slot now
  const third = put('2.1')
  table.named(toldOf('2.1'), 'Uniqueid')
  assert.deepEqual([table.noteOf(first), table.noteOf(third), table.noteOf(second)], [0, 0, 22])
  table.note(first, 12)
  assert.equal(table.noteOf(third), 0)
  // another record under its id has none
  table.named(toldOf('1.2'), 'Uniqueid')
  assert.equal(table.noteOf(put('1.2', 1)), 0)
  // and where the table has grown, all begin again
  table.note(third, 33)
  for (let n = 10; n < 200; n++) put(`1.${n}`)
  assert.equal(table.noteOf(third), 0)
})

test('a member is found by its names in any case of letters, whichever of them stood there before', () => {
  const random = new SeededRandom(7)
  const table = new MemberTable({ touched: false })
  const map = new Map<string, Member>()
  const oneOf = (n: number) => `Local/${n % 40}@from-queue/n`
  const spelt = (text: string) => (random.integer(0, 3) === 0 ? text.toUpperCase() : text)
  for (let serial = 0; serial < 20_000; serial++) {
    const queue = spelt(`queue-${random.integer(0, 9)}`)
    const one = spelt(oneOf(random.integer(0, 999)))
    const key = memberKey(queue, one)
    const told = new Message('QueueMemberStatus', { Queue: queue, Interface: one }, { serial, epoch: 1, at: 0 })
    const before = map.get(key)
    assert.equal(table.named(told), before)
    if (random.integer(0, 3) === 0) {
      table.remove(key, false)
      map.delete(key)
    } else if (random.integer(0, 1) === 0) {
      const member = { queue, interface: one, penalty: serial } as Member
      table.put(key, member, before)
      if (before !== undefined && random.integer(0, 3) === 0) table.restore(key, before)
      else map.set(key, member)
    }
    assert.equal(table.named(told), map.get(key))
    if (serial % 100 === 0) table.settle()
  }
  assert.deepEqual([...table.records], [...map])
})
