import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { checkOptions, checkRecord, checkSignal, got, gotSecret, nearest } from '../src/check.ts'
import { assertForm } from './support/argument-form.ts'

function refused(act: () => unknown, argument: string, text: RegExp | string): void {
  let error: unknown
  try {
    act()
  } catch (thrown) {
    error = thrown
  }
  const { message, argument: named } = assertForm(error, argument)
  assert.equal(named, argument)
  if (typeof text === 'string') assert.equal(message, text)
  else assert.match(message, text)
}

test('what came is told in a few words, and a long or odd text is not shown', () => {
  class Own {}
  const told = [undefined, null, 5, true, 'x', '5038', 'a\r\nb', 'x'.repeat(99), 5n, Symbol('s'), () => {}, [], {}].map(
    got,
  )
  assert.deepEqual(told, [
    'got undefined',
    'got null',
    'got the number 5',
    'got the boolean true',
    "got the string 'x'",
    "got the string '5038'",
    'got a string',
    'got a string',
    'got a bigint',
    'got a symbol',
    'got a function',
    'got an array',
    'got an object',
  ])
  assert.deepEqual([new Own(), new Map(), new AbortController()].map(got), [
    'got an Own',
    'got a Map',
    'got an AbortController',
  ])
  assert.deepEqual(['hunter2', 5, null].map(gotSecret), ['got a string', 'got a number', 'got null'])
  assert.equal(got(Object.create({ constructor: { name: 'x\r\ny' } })), 'got an object')
})

test('a record is an object of names and values, of whatever realm', () => {
  class Filled {
    Channel = 'x'
  }
  for (const record of [
    {},
    { a: 1 },
    Object.create(null),
    new Filled(),
    new AbortController(),
    runInNewContext('({ a: 1 })'),
  ]) {
    checkRecord('params', record)
  }
  const others = [
    null,
    undefined,
    5,
    'x',
    [],
    ['a'],
    new Map(),
    new Set(),
    new Date(),
    /x/,
    Promise.resolve(),
    () => {},
  ]
  for (const other of [
    ...others,
    new AbortController().signal,
    new Error('x'),
    Buffer.from('x'),
    new URLSearchParams(),
  ]) {
    refused(() => checkRecord('params', other), 'params', /^params must be an object, got /)
  }
})

test('an option that is none is named, with the one that was probably meant', () => {
  const known = { timeout: 1, actionId: 1, queue: 1 }
  assert.deepEqual({ ...checkOptions('', { timeout: 5, queue: undefined }, known) }, { timeout: 5 })
  refused(() => checkOptions('', { timout: 5 }, known), 'timout', 'timout is unknown: did you mean timeout?')
  refused(() => checkOptions('', { ActionID: 5 }, known), 'ActionID', /did you mean actionId\?$/)
  refused(
    () => checkOptions('x', { callback: 5 }, known),
    'x.callback',
    'x.callback is unknown: there is timeout, actionId, queue',
  )
  refused(() => checkOptions('', { id: 5 }, known, undefined, { id: 'actionId' }), 'id', /did you mean actionId\?$/)
  refused(() => checkOptions('', { toString: 5 }, known), 'toString', /is unknown/)
})

test('what a signal is, is told apart from its controller', () => {
  checkSignal('signal', undefined)
  checkSignal('signal', AbortSignal.abort())
  refused(
    () => checkSignal('signal', new AbortController()),
    'signal',
    'signal must be an AbortSignal, got an AbortController: give its signal',
  )
  for (const odd of [null, 5, {}, { aborted: false }, 'abort'])
    refused(() => checkSignal('signal', odd), 'signal', /^signal must be an AbortSignal, got /)
})

test('the nearest name: letters wrong, left out, swapped, of another case; nothing that is far', () => {
  const events = ['Hangup', 'Newchannel', 'NewExten', 'QueueMemberPause']
  assert.equal(nearest('hangup', events), 'Hangup')
  assert.equal(nearest('Hangupp', events), 'Hangup')
  assert.equal(nearest('Hagnup', events), 'Hangup')
  assert.equal(nearest('NewChanel', events), 'Newchannel')
  assert.equal(nearest('QueueMemberPaused', events), 'QueueMemberPause')
  assert.equal(nearest('connect', events), undefined)
  assert.equal(nearest('x'.repeat(10_000), events), undefined)
})
