import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import {
  ActionError,
  AmiError,
  ArgumentError,
  AuthError,
  ClosedError,
  CommandError,
  ConnectError,
  HangupError,
  invalid,
  LimitError,
  LostError,
  OverflowError,
  ProtocolError,
  quoted,
  TimeoutError,
} from '../src/errors.ts'

const bytes = new Uint8Array([1, 2])
const all: [AmiError, string, string, boolean, Record<string, unknown>][] = [
  [new ConnectError('x', { attempt: 3 }), 'ConnectError', 'AMI_CONNECT', true, { attempt: 3 }],
  [new AuthError('x'), 'AuthError', 'AMI_AUTH', false, {}],
  [
    new LostError('x', { delivered: 'no', actionId: 'a' }),
    'LostError',
    'AMI_LOST',
    true,
    { delivered: 'no', actionId: 'a' },
  ],
  [new LostError('x', { delivered: 'unknown' }), 'LostError', 'AMI_LOST', false, { delivered: 'unknown' }],
  [new TimeoutError('x', { events: [1] }), 'TimeoutError', 'AMI_TIMEOUT', true, { events: [1], delivered: 'unknown' }],
  [new ActionError('x', { response: { a: 1 } }), 'ActionError', 'AMI_REFUSED', false, { response: { a: 1 } }],
  [new ProtocolError('x', { bytes }), 'ProtocolError', 'AMI_PROTOCOL', false, { bytes }],
  [
    new LimitError('x', { limit: 'limits.rows', value: 5 }),
    'LimitError',
    'AMI_LIMIT',
    false,
    { limit: 'limits.rows', value: 5 },
  ],
  [new OverflowError('x', { dropped: 7 }), 'OverflowError', 'AMI_OVERFLOW', true, { dropped: 7 }],
  [new ClosedError('x'), 'ClosedError', 'AMI_CLOSED', false, {}],
  [new ArgumentError('x', { argument: 'port' }), 'ArgumentError', 'AMI_ARGUMENT', false, { argument: 'port' }],
  [new HangupError('x'), 'HangupError', 'AGI_HANGUP', false, { command: '', by: 'unknown' }],
  [
    new CommandError('x', { command: 'STREAM FILE', status: 200, result: '-1' }),
    'CommandError',
    'AGI_COMMAND',
    false,
    { command: 'STREAM FILE', status: 200, result: '-1', ended: false },
  ],
]

for (const [error, name, code, retryable, extra] of all) {
  describe(`${name} (${JSON.stringify(extra)})`, () => {
    test('is an Error with its name, code and extras', () => {
      assert.ok(error instanceof Error)
      assert.ok(error instanceof AmiError)
      assert.deepEqual([error.name, error.code, error.message, error.retryable], [name, code, 'x', retryable])
      assert.deepEqual(Object.fromEntries(Object.keys(extra).map((key) => [key, error[key as keyof AmiError]])), extra)
      assert.ok(error.stack?.startsWith(`${name}: x\n`))
      assert.match(inspect(error), new RegExp(`${name}: x[\\s\\S]*code: '${code}'`))
    })

    test('has no source and no cause unless it is given one', () => {
      assert.equal(error.source, undefined)
      assert.equal('cause' in error, false)
    })

    test('is known by its brand', () => {
      assert.ok(AmiError.is(error))
    })
  })
}

test('every code is of one class', () => {
  assert.equal(new Set(all.map(([, , code]) => code)).size, 12)
})

test('a mistake is told in one form, and the compiler finds another', () => {
  assert.equal(invalid('x', 'must be y').message, 'x must be y')
  assert.equal(invalid('x', 'is missing').message, 'x is missing')
  // @ts-expect-error it does not say what is wrong
  invalid('x', 'bad value')
  // @ts-expect-error a word that only begins so
  invalid('x', 'mustard')
})

test('an error of another copy of the library is known too', () => {
  const foreign = Object.defineProperty(new Error('x'), Symbol.for('amiable.error'), { value: true })
  assert.ok(AmiError.is(foreign))
  assert.ok(foreign instanceof AmiError)
})

test('instanceof holds for the classes of another copy of the library, each for its own', async () => {
  const copy: typeof import('../src/errors.ts') = await import(`${new URL('../src/errors.ts?copy', import.meta.url)}`)
  assert.notEqual(copy.LostError, LostError)
  const lost = new copy.LostError('x')
  assert.ok(lost instanceof LostError && lost instanceof AmiError)
  assert.equal(lost instanceof TimeoutError, false)
  assert.ok(new LostError('x') instanceof copy.LostError)
  class Own extends LostError {}
  assert.equal(lost instanceof Own, false)
  assert.ok(new Own('x') instanceof LostError && new Own('x') instanceof Own)
})

test("a server's words make a message of one printable line, cut where it is long", () => {
  const odd = `no \x1b[2J\r\nforged line\u2028\u202e\0${'x'.repeat(60_000)}`
  for (const error of [new AuthError(odd), new ConnectError(`pbx: ${odd}`), new ClosedError(odd)]) {
    assert.match(error.message, /^[^\p{C}\p{Zl}\p{Zp}]{1,700}$/u)
    assert.equal(error.stack?.split('\n')[1]?.startsWith('    at '), true)
  }
  assert.match(quoted(odd), /^no \[2J forged line x{100,200}…$/)
  assert.equal(quoted('Zoë 😀 – 東京'), 'Zoë 😀 – 東京')
  assert.equal(quoted(`${'x'.repeat(199)}😀`), `${'x'.repeat(199)}…`)
})

test('what is no error of the library is none', () => {
  for (const value of [
    new Error('x'),
    new TypeError('x'),
    null,
    undefined,
    5,
    'AMI_LOST',
    { code: 'AMI_LOST' },
    () => {},
  ]) {
    assert.equal(AmiError.is(value), false)
  }
})

test('source, cause and retryable are taken where they are given', () => {
  const cause = new Error('beneath')
  const error = new AuthError('x', { source: 'pbx', cause, retryable: true })
  assert.deepEqual([error.source, error.cause, error.retryable], ['pbx', cause, true])
})

test('what an answer or the wire holds stands in no log of an error', () => {
  const secretive = [
    new ActionError('x', { response: { Value: 'hunter2' } }),
    new TimeoutError('x', { events: [{ Value: 'hunter2' }] }),
    new ProtocolError('x', { bytes: Buffer.from('hunter2') }),
  ]
  for (const error of secretive) {
    assert.doesNotMatch(inspect(error, { depth: 9 }) + JSON.stringify(error) + error.stack, /hunter2|104,\s*117/)
    assert.equal(
      Object.keys(error).length,
      Object.keys(error).filter((key) => !/^(?:response|events|bytes)$/.test(key)).length,
    )
  }
})
