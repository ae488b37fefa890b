import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AgiSession, ask, listenAgi, menu } from '../../src/agi/index.ts'
import { deferred } from '../../src/util/deferred.ts'
import { AsteriskPeer } from './asterisk-peer.ts'

/** Runs a handler against a script: each line that it must send, and what a real Asterisk answers to it. */
async function scripted<T>(handler: (call: AgiSession) => Promise<T>, script: readonly [string, string][]): Promise<T> {
  const outcome = deferred<T>()
  // of a handler that throws, the script is still to be looked at first
  outcome.promise.catch(() => {})
  await using server = await listenAgi((call) => handler(call).then(outcome.resolve, outcome.reject), { port: 0 })
  using peer = await AsteriskPeer.dial(server.port)
  const sent: (string | undefined)[] = []
  for (const [, answer] of script) sent.push(await peer.answer(`${answer}\n`))
  assert.deepEqual(
    sent,
    script.map(([line]) => line),
  )
  assert.equal(await peer.next(), undefined)
  return outcome.promise
}

const ANY = '"0123456789*#ABCD"'

test('all prompts but the last end at any digit, and the last collects', async () => {
  const prompts = [
    'one',
    { digits: '12' },
    { number: -3 },
    { date: new Date(5_000), format: 'Y' },
    { pause: 50 },
    'two',
  ]
  const answer = await scripted(
    (call) => ask(call, prompts, { max: 4 }),
    [
      [`STREAM FILE "one" ${ANY}`, '200 result=0 endpos=8000'],
      [`SAY DIGITS "12" ${ANY}`, '200 result=0'],
      [`SAY NUMBER "-3" ${ANY}`, '200 result=0'],
      [`SAY DATETIME "5" ${ANY} "Y"`, '200 result=0'],
      ['WAIT FOR DIGIT "50"', '200 result=0'],
      ['GET DATA "two" "0" "4"', '200 result=1234'],
    ],
  )
  assert.deepEqual(answer, { digits: '1234' })
})

test('a digit that ends a prompt is the first of the answer', async () => {
  const answer = await scripted(
    (call) => ask(call, ['one', 'two'], { max: 4, timeout: 3_000, between: 1_000 }),
    [
      [`STREAM FILE "one" ${ANY}`, '200 result=55 endpos=800'],
      ['GET DATA "" "1000" "3"', '200 result=12 (timeout)'],
    ],
  )
  assert.deepEqual(answer, { digits: '712' })
  const complete = await scripted(
    (call) => ask(call, [{ pause: 50 }], { max: 1 }),
    [['WAIT FOR DIGIT "50"', '200 result=55']],
  )
  assert.deepEqual(complete, { digits: '7' })
})

test('the times are Asterisk its own, one for all digits, or one for the first and one for the others', async () => {
  const asked = (options: object, ...script: [string, string][]) => scripted((call) => ask(call, 'x', options), script)
  await asked({}, ['GET DATA "x" "0" "1023"', '200 result=1'])
  await asked({ timeout: 4_000 }, ['GET DATA "x" "4000" "1023"', '200 result=1'])
  await asked({ timeout: 4_000, between: 4_000 }, ['GET DATA "x" "4000" "1023"', '200 result=1'])
  const separate: [string, string][] = [
    ['GET DATA "x" "6000" "1"', '200 result=1'],
    ['GET DATA "" "900" "1022"', '200 result=2'],
  ]
  await asked({ between: 900 }, ...separate)
})

test('# ends an answer or belongs to it', async () => {
  const ended = await scripted(
    (call) => ask(call, ['x', 'y'], { min: 0, attempts: 1 }),
    [[`STREAM FILE "x" ${ANY}`, '200 result=35 endpos=0']],
  )
  assert.deepEqual(ended, { digits: '' })
  const tooShort = await scripted(
    (call) => ask(call, 'x', { attempts: 1 }),
    [['GET DATA "x" "0" "1023"', '200 result=']],
  )
  assert.deepEqual(tooShort, { digits: undefined, why: 'invalid' })
  const within = await scripted(
    (call) => ask(call, 'x', { terminator: false, max: 4 }),
    [
      ['GET DATA "x" "0" "4"', '200 result=1'],
      ['GET DATA "" "2000" "2"', '200 result='],
      ['GET DATA "" "2000" "1"', '200 result=9'],
    ],
  )
  assert.deepEqual(within, { digits: '1##9' })
})

test('a digit that cancels does so at once where it comes first, and later behind the others', async () => {
  const options = { cancel: '*', max: 4 }
  const first = await scripted((call) => ask(call, 'x', options), [['GET DATA "x" "6000" "1"', '200 result=*']])
  const inPrompt = await scripted(
    (call) => ask(call, ['x', 'y'], options),
    [[`STREAM FILE "x" ${ANY}`, '200 result=42 endpos=0']],
  )
  const later = await scripted(
    (call) => ask(call, 'x', options),
    [
      ['GET DATA "x" "6000" "1"', '200 result=1'],
      ['GET DATA "" "2000" "3"', '200 result=2* (timeout)'],
    ],
  )
  for (const answer of [first, inPrompt, later]) assert.deepEqual(answer, { digits: undefined, why: 'cancelled' })
})

test('each attempt begins with what was wrong with the one before', async () => {
  const seen: string[] = []
  const valid = async (digits: string) => {
    seen.push(digits)
    return digits === '42'
  }
  const options = { min: 2, max: 2, valid, onInvalid: 'wrong', onSilence: ['hello', { pause: 10 }], attempts: 4 }
  const answer = await scripted(
    (call) => ask(call, 'x', options),
    [
      ['GET DATA "x" "0" "2"', '200 result= (timeout)'],
      [`STREAM FILE "hello" ${ANY}`, '200 result=0 endpos=1'],
      ['WAIT FOR DIGIT "10"', '200 result=0'],
      ['GET DATA "x" "0" "2"', '200 result=1 (timeout)'],
      [`STREAM FILE "wrong" ${ANY}`, '200 result=0 endpos=1'],
      ['GET DATA "x" "0" "2"', '200 result=99'],
      // in the words about the third attempt begins the fourth
      [`STREAM FILE "wrong" ${ANY}`, '200 result=52 endpos=1'],
      ['GET DATA "" "2000" "1"', '200 result=2'],
    ],
  )
  assert.deepEqual([answer, seen], [{ digits: '42' }, ['99', '42']])
  const silent = await scripted(
    (call) => ask(call, [], { attempts: 2, timeout: 100 }),
    [
      ['GET DATA "" "100" "1023"', '200 result= (timeout)'],
      ['GET DATA "" "100" "1023"', '200 result= (timeout)'],
    ],
  )
  assert.deepEqual(silent, { digits: undefined, why: 'silence' })
})

test('a menu runs the choice and gives what it gives', async () => {
  const choices = { 1: () => 'sales', '2': async () => 22 }
  const chosen: string | number | undefined = await scripted(
    (call) => menu(call, 'm', choices),
    [
      ['GET DATA "m" "0" "1"', '200 result=7'],
      ['GET DATA "m" "0" "1"', '200 result=2'],
    ],
  )
  assert.equal(chosen, 22)
  const none = await scripted(
    (call) => menu(call, 'm', choices, { attempts: 1 }),
    [['GET DATA "m" "0" "1"', '200 result= (timeout)']],
  )
  assert.equal(none, undefined)
  const back = await scripted(
    (call) => menu(call, 'm', choices, { cancel: '#' }),
    [['GET DATA "m" "6000" "1"', '200 result=']],
  )
  assert.equal(back, undefined)
  const hash = await scripted(
    (call) => menu(call, 'm', { '#': () => 'hash', '10': () => 'ten' }),
    [
      ['GET DATA "m" "0" "2"', '200 result='],
      ['GET DATA "" "2000" "1"', '200 result= (timeout)'],
    ],
  )
  assert.equal(hash, 'hash')
  await assert.rejects(
    scripted(
      (call) =>
        menu(call, 'm', {
          1() {
            throw new Error('mine')
          },
        }),
      [['GET DATA "m" "0" "1"', '200 result=1']],
    ),
    /mine/,
  )
})

test('what is wrong is refused by name before a byte is sent', async () => {
  const refused = (make: (call: AgiSession) => unknown, argument: string) => (call: AgiSession) =>
    assert.throws(() => make(call), { code: 'AMI_ARGUMENT', argument })
  const wrong = [
    refused((call) => ask(call, ''), 'prompts'),
    refused((call) => ask(call, 'a\nb'), 'prompts'),
    refused((call) => ask(call, 5 as never), 'prompts'),
    refused((call) => ask(call, ['a', { digits: 5 } as never]), 'prompts[1].digits'),
    refused((call) => ask(call, [{ digits: '1*' }]), 'prompts[0].digits'),
    refused((call) => ask(call, [{ number: 1.5 }]), 'prompts[0].number'),
    refused((call) => ask(call, [{ date: new Date(Number.NaN) }]), 'prompts[0].date'),
    refused((call) => ask(call, [{ pause: 0 }]), 'prompts[0].pause'),
    refused((call) => ask(call, [{ pause: 1, number: 1 } as never]), 'prompts[0]'),
    refused((call) => ask(call, [{ pause: 1, format: 'Y' } as never]), 'prompts[0].format'),
    refused((call) => ask(call, [{ date: new Date(0), format: '' }]), 'prompts[0].format'),
    refused((call) => ask(call, [{ sound: 'a' } as never]), 'prompts[0].sound'),
    refused((call) => ask(call, [{} as never]), 'prompts[0]'),
    refused((call) => ask(call, new Array(1) as never), 'prompts[0]'),
    refused((call) => ask(call, '\ud800'), 'prompts'),
    refused((call) => ask(call, ['a', '\ud800']), 'prompts[1]'),
    refused((call) => ask(call, 'x'.repeat(20_000)), 'prompts'),
    refused((call) => ask(call, ['a', { digits: '1'.repeat(20_000) }]), 'prompts[1].digits'),
    refused((call) => ask(call, [{ date: new Date(0), format: 'Y'.repeat(20_000) }]), 'prompts[0].format'),
    refused((call) => ask(call, 'a', { onInvalid: ['x'.repeat(20_000)] }), 'onInvalid[0]'),
    refused((call) => menu(call, 'a', { 1() {} }, { onSilence: '\ud800' }), 'onSilence'),
    refused((call) => ask(call, 'a', { onInvalid: [''] }), 'onInvalid[0]'),
    refused((call) => ask(call, 'a', { onSilence: 1 as never }), 'onSilence'),
    refused((call) => ask(call, 'a', { min: -1 }), 'min'),
    refused((call) => ask(call, 'a', { max: 1_024 }), 'max'),
    refused((call) => ask(call, 'a', { min: 5, max: 4 }), 'max'),
    refused((call) => ask(call, 'a', { terminator: '*' as never }), 'terminator'),
    refused((call) => ask(call, 'a', { cancel: '**' }), 'cancel'),
    refused((call) => ask(call, 'a', { cancel: '#' }), 'cancel'),
    refused((call) => ask(call, 'a', { attempts: 0 }), 'attempts'),
    refused((call) => ask(call, 'a', { timeout: -1 }), 'timeout'),
    refused((call) => ask(call, 'a', { valid: true as never }), 'valid'),
    refused((call) => ask(call, 'a', { maxDigits: 4 } as never), 'maxDigits'),
    refused((call) => menu(call, 'a', {}), 'choices'),
    refused((call) => menu(call, 'a', null as never), 'choices'),
    refused((call) => menu(call, 'a', { one: () => {} }), "choices['one']"),
    refused((call) => menu(call, 'a', { 1: 'x' as never }), "choices['1']"),
    refused((call) => menu(call, 'a', { 1: () => {} }, { cancel: '1' }), 'cancel'),
    refused((call) => menu(call, 'a', { 1: () => {} }, { max: 2 } as never), 'max'),
    refused(() => ask({} as never, 'a'), 'call'),
    refused(() => menu(undefined as never, 'a', { 1: () => {} }), 'call'),
  ]
  await scripted(async (call) => wrong.forEach((check) => void check(call)), [])
})
