import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compared } from '../../src/demo/judge.ts'

const mark = (Mark: string) => ({ Event: 'UserEvent', UserEvent: 'Demo', Mark })
const [begin, end] = [mark('begin'), mark('end')]
const hangup = (Uniqueid: string) => ({ Event: 'Hangup', Uniqueid })
const stored = (...all: { readonly Event: string }[]) => all.map((data, seq) => ({ seq, event: data.Event, data }))
const heard = (...all: object[]) => all.map((one) => JSON.stringify(one))

for (const [what, log, verdict] of [
  ['a log that is whole', [hangup('1'), hangup('2')], [4, 0, 0, true]],
  ['an event that is missing', [hangup('2')], [4, 1, 0, false]],
  ['an event that is there twice', [hangup('1'), hangup('1'), hangup('2')], [4, 0, 1, false]],
  ['another order', [hangup('2'), hangup('1')], [4, 0, 0, false]],
] as const) {
  test(`the demo tells ${what}`, () => {
    const truth = heard(hangup('0'), begin, hangup('1'), hangup('2'), end, hangup('3'))
    const { count, missing, twice, isOrdered } = compared(truth, stored(begin, ...log, end))
    assert.deepEqual([count, missing, twice, isOrdered], verdict)
  })
}

test('what has no marks is not taken for whole', () => {
  assert.throws(() => compared(heard(begin, end), stored(begin)), /a mark of the demo is missing/)
  assert.throws(() => compared([], []), /a mark of the demo is missing/)
})
