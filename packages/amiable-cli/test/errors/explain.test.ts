import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ActionError,
  ArgumentError,
  AuthError,
  ClosedError,
  ConnectError,
  LimitError,
  LostError,
  OverflowError,
  ProtocolError,
  TimeoutError,
} from 'amiable'
import { explain } from '../../src/errors/explain.ts'
import { usage } from '../../src/errors/usage.ts'

const CASES: readonly (readonly [what: string, error: unknown, exit: number, exitOfRead?: number])[] = [
  ['refused', new ActionError('no', { response: {} }), 1],
  ['used wrongly', new ArgumentError('no', { argument: 'x' }), 2],
  ['ours', usage('no'), 2],
  ['no connection', new ConnectError('no'), 3],
  ['no AMI', new ProtocolError('no', { bytes: new Uint8Array() }), 3],
  ['lost before it left', new LostError('no', { delivered: 'no' }), 3],
  ['lost, and nobody knows', new LostError('no', { delivered: 'unknown' }), 6, 3],
  ['the login', new AuthError('no'), 4],
  ['late before it left', new TimeoutError('no', { delivered: 'no' }), 5],
  ['late, and nobody knows', new TimeoutError('no', { delivered: 'unknown' }), 6, 5],
  ['a limit', new LimitError('no', { limit: 'x', value: 1 }), 7],
  ['too slow', new OverflowError('no', { dropped: 1 }), 7],
  ['gave up', new ClosedError('over', { cause: new AuthError('no') }), 4],
  ['a fault of ours', new TypeError('no'), 70],
]

for (const [what, error, exit, exitOfRead = exit] of CASES) {
  test(`exit status ${exit}: ${what}`, () => {
    assert.equal(explain(error).exit, exit)
    assert.equal(explain(error, { reads: true }).exit, exitOfRead)
  })
}

test('what may have happened is said to have', () => {
  assert.match(explain(new LostError('no', { delivered: 'unknown' })).hints.join(), /look before you repeat/)
  assert.deepEqual(explain(new LostError('no', { delivered: 'no' })).hints, [])
})

test('a limit of the library is said in words of a user, who has no option that raises it', () => {
  const of = (limit: string) => explain(new LimitError('raise it', { source: 'pbx1', limit, value: 8_388_608 })).message
  for (const limit of ['line', 'message', 'headers', 'rows', 'held']) {
    const message = of(`limits.${limit}`)
    assert.match(message, /^pbx1: .*8,388,608/)
    assert.doesNotMatch(message, /limits\.|raise/)
  }
  assert.equal(of('recording'), 'raise it')
})
