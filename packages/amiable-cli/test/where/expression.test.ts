import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { expressionOf } from '../../src/where/expression.ts'
import { globOf } from '../../src/where/glob.ts'
import { compareBy } from '../../src/where/order.ts'

const HEADERS: [string, string][] = [
  ['Event', 'QueueCallerJoin'],
  ['Channel', 'PJSIP/100-0000002a'],
  ['DestChannel', 'Local/7@q-1;1'],
  ['CallerIDNum', '4930123'],
  ['Queue', 'sales'],
  ['Wait', '45'],
  ['Duration', '01:00:02'],
  ['Reason', ''],
  ['ChanVariable(PJSIP/100)', 'TENANT=7'],
  ['ChanVariable', 'LANG=en'],
]
const message = {
  headers: HEADERS,
  getAll: (name: string) =>
    HEADERS.filter(([one]) => one.toLowerCase() === name.toLowerCase()).map(([, value]) => value),
}

const HOLDS: Readonly<Record<string, boolean>> = {
  'Queue=sales': true,
  'queue=support,sales': true,
  'Queue=Sales': false,
  'Queue=s*': true,
  'Queue!=sales': false,
  'Queue!=support': true,
  'Nothing!=x': true,
  'Nothing=x': false,
  'Channel=PJSIP/100-*': true,
  'Channel=PJSIP/1??-*': true,
  'CallerIDNum~^49': true,
  'CallerIDNum~^30': false,
  'CallerIDNum!~^30': true,
  'Queue~/SALES/i': true,
  'Wait>30': true,
  'Wait>45': false,
  'Wait>=45': true,
  'Wait<45.5': true,
  'Wait<=44': false,
  'Duration>3600': true,
  'Duration<01:00:03': true,
  'Queue>1': false,
  Wait: true,
  Reason: false,
  '!Reason': true,
  '!Nothing': true,
  '!Wait': false,
  '*Channel=Local/*': true,
  '*Channel=SIP/*': false,
  'var:TENANT=7': true,
  'var:LANG~e': true,
  'var:LANG!=en': false,
}

for (const [text, holds] of Object.entries(HOLDS)) {
  test(`${text} ${holds ? 'holds' : 'does not hold'}`, () => assert.equal(expressionOf(text).holds(message), holds))
}

for (const text of ['', '!', 'Wait>soon', 'Queue~(', 'a b']) {
  test(`no expression, and what is one is said: '${text}'`, () => {
    assert.throws(() => expressionOf(text), { exit: 2, message: /^-w cannot read/ })
  })
}

test('a glob fits as a regular expression made of it does', () => {
  const part = fc.constantFrom('a', 'b', '*', '?', '.', '/')
  fc.assert(
    fc.property(
      fc.array(part).map((all) => all.join('')),
      fc.array(fc.constantFrom('a', 'b', '.', '/')).map((all) => all.join('')),
      (glob, text) => {
        const pattern = glob.replace(/[./]/g, '\\$&').replace(/\*+/g, '.*').replaceAll('?', '.')
        assert.equal(globOf(glob)(text), new RegExp(`^${pattern}$`, 's').test(text))
      },
    ),
  )
})

test('a glob of many stars does not try all ways to cut a text', () => {
  const began = performance.now()
  assert.equal(globOf(`${'*a'.repeat(200)}b`)('a'.repeat(20_000)), false)
  assert.ok(performance.now() - began < 2_000)
})

test('rows are in the order of a header, numbers by size', () => {
  const row = (value?: string) => ({ get: () => value })
  const sorted = (by: string) =>
    ['10', '9', 'b', 'a', undefined]
      .map(row)
      .sort(compareBy(by))
      .map((one) => one.get())
  assert.deepEqual(sorted('X'), [undefined, '9', '10', 'a', 'b'])
  assert.deepEqual(sorted('-X'), ['b', 'a', '10', '9', undefined])
})
