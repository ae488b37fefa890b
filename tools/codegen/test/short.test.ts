import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { availability, isSince } from '../src/availability.ts'
import { headers, parameters, snapshots } from '../src/short.ts'

describe('fields in short', () => {
  test('marks', () => {
    const [one, two, three] = parameters('Timeout#ms To+ State=on|half_way~')
    assert.deepEqual([one?.kind, one?.unit, one?.required], ['number', 'milliseconds', false])
    assert.equal(two?.required, true)
    assert.deepEqual([three?.values, three?.open], [['on', 'half way'], true])
  })

  test('headers are there unless it says otherwise', () => {
    assert.deepEqual(
      headers('A B? C?*').map(({ required, repeats }) => [required, repeats]),
      [
        [true, false],
        [false, false],
        [false, true],
      ],
    )
  })

  test('snapshots', () => {
    assert.deepEqual(snapshots('channel bridge:Orig?'), [
      { kind: 'channel', prefix: '', optional: false },
      { kind: 'bridge', prefix: 'Orig', optional: true },
    ])
    assert.throws(() => snapshots('channel!'), /form that is not known/)
  })

  test('anything else is an error', () => {
    assert.throws(() => headers('#'), /form that is not known/)
  })
})

describe('versions', () => {
  test('a branch that got it late, one that never did, those after', () => {
    const since = ['18.19.0', '20.4.0']
    const has = ['16.28.0', '18.18.0', '18.19.0', '19.8.0', '20.4.1', '21.0.0'].map((one) => isSince(since, one))
    assert.deepEqual(has, [false, false, true, false, true, true])
  })

  test('what the sources contradict is an error', () => {
    assert.throws(() => availability('X', ['20.4.0'], [16, 18, 20, 22, 23]), /X: 16\.28\.0 has it/)
    assert.throws(() => availability('X', [], [16, 18]), /gone after 18/)
  })

  test('what went with 21', () => {
    assert.deepEqual(availability('X', ['1.6.0'], [11, 13, 16, 18, 20]), { since: [], removed: '21' })
  })
})
