import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { ListenerTable, type TableEntry } from '../../../src/client/events/listener-table.ts'
import { Subscriptions } from '../../../src/client/events/subscriptions.ts'
import { UnheardListeners } from '../../../src/client/events/unheard-listeners.ts'
import { Message } from '../../../src/wire/message.ts'
import { runs } from '../../support/decode.ts'
import { assertLinear } from '../../support/growth.ts'
import { testOrigin } from '../../support/origin.ts'

const entry = (number: number, names: readonly string[] | undefined, all = false, passes = false): TableEntry => ({
  id: `listener-${number}`,
  number,
  names: names && new Set(names),
  all,
  passes,
  removed: false,
})

// names are told by their length first: the third is 32 longer than the first
const NAMES = ['A', 'Hangup', 'A'.repeat(33)]

test('the listeners of an event come in the order of adding, whatever was added and removed', () => {
  const names = fc.option(fc.subarray(NAMES, { minLength: 1 }), { nil: undefined })
  const step = fc.record({
    names,
    all: fc.boolean(),
    passes: fc.boolean(),
    removes: fc.option(fc.nat(20), { nil: undefined }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = new ListenerTable<TableEntry>()
      let model: TableEntry[] = []
      steps.forEach(({ names, all, passes, removes }, number) => {
        const gone = removes === undefined ? undefined : model[removes]
        if (gone) {
          table.remove(gone)
          model = model.filter((one) => one !== gone)
        } else {
          const added = entry(number, names, all, passes)
          table.add(added)
          model.push(added)
        }
        for (const name of [...NAMES, 'D', 'Rename', 'DialEnd']) {
          const wanting = model.filter((one) => one.names?.has(name) ?? true)
          assert.deepEqual(
            table.of(name).filter(({ removed }) => !removed),
            wanting,
          )
          const keeps = wanting.some((one) => !one.passes) ? 'keep' : 'pass'
          assert.equal(table.needOf(name, false), wanting.length > 0 ? keeps : 'nothing')
          assert.equal(table.needOf(name, true), wanting.some((one) => one.all) ? keeps : 'nothing')
        }
        assert.deepEqual([...table.values()], model)
        assert.equal(table.size, model.length)
      })
    }),
    { numRuns: runs(200) },
  )
})

describe('what a listener costs does not grow with the others', () => {
  const fresh = () =>
    new Subscriptions({
      options: { source: 'pbx', maxBacklog: 1_000, onListenerError: undefined },
      slow: () => {},
      blocked: () => {},
    })
  const event = () => new Message(testOrigin(), 'event', 'Event: Hangup\r\n')
  const nothing = () => {}

  test('adding one under an event mask that leaves its event out', () => {
    assertLinear((count) => {
      const subscriptions = fresh()
      const unheard = new UnheardListeners(subscriptions, 'call')
      return () => {
        for (let i = 0; i < count; i++)
          unheard.report(nothing, false, subscriptions.add('QueueMemberPause', nothing).id)
      }
    })
  })

  for (const [what, filter] of [
    ['of one name', () => 'Hangup'],
    ['of names of their own', (i: number) => `Name${i}`],
    ['of every event', () => '*'],
  ] as const) {
    test(`adding and removing those ${what}`, () => {
      assertLinear((count) => {
        const subscriptions = fresh()
        return () => {
          const listeners = Array.from({ length: count }, (_, i) => subscriptions.add(filter(i), nothing))
          for (const listener of listeners) listener.remove()
        }
      })
    })
  }

  test('waiting for one event after the other beside others', () => {
    assertLinear((count) => {
      const table = new ListenerTable<TableEntry>()
      for (let i = 0; i < count; i++) table.add(entry(i, [`Name${i}`]))
      return () => {
        for (let i = 0; i < count; i++) {
          table.add(entry(count + i, ['Hangup']))
          for (const one of table.of('Hangup')) if (!one.removed) table.remove(one)
        }
      }
    })
  })

  test('all of them hearing one event once', () => {
    assertLinear((count) => {
      const subscriptions = fresh()
      for (let i = 0; i < count; i++) subscriptions.add('Hangup', nothing, { once: true })
      subscriptions.take(event(), false)
      return () => subscriptions.end()
    })
  })
})
