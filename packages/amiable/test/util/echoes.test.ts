import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { withoutEchoes } from '../../src/util/echoes.ts'

const sent = (...lines: string[]) => ['Action: X', ...lines, '', ''].join('\r\n')

describe('what a server echoes is not shown', () => {
  const cases: readonly [said: string, sent: string, shown: string][] = [
    ['Bad secret: hunter2!', sent('Secret: hunter2'), 'Bad secret: ***!'],
    ['hunter2hunter2 hunter2', sent('Secret: hunter2'), '****** ***'],
    ['No such value abcdef', sent('Value: abcdef', 'Secret: abc'), 'No such value ***'],
    // texts that overlap: neither end is shown
    ['xabcdefghix', sent('Value: abcdef', 'Val: defghi'), 'x***x'],
    ['a b*c*d', sent('Variable: X=b\\*c'), 'a ****d'],
    // short ones are an echo where they are a word of their own
    ['Invalid PIN 12 (12), not 2012 or 120', sent('Pin: 12'), 'Invalid PIN *** (***), not 2012 or 120'],
    ['7', sent('Pin: 7'), '***'],
    ['é is no é1', sent('Secret: é'), '*** is no é1'],
    ['nothing was empty', sent('Secret: ', 'Value: '), 'nothing was empty'],
    ['Channel PJSIP/1', sent('Channel: PJSIP/1'), 'Channel PJSIP/1'],
  ]
  for (const [said, action, shown] of cases) {
    test(`${said} -> ${shown}`, () => assert.equal(withoutEchoes(said, action), shown))
  }

  test('not even where the text is cut', () => {
    const secret = 'tiger'.repeat(100)
    for (const before of [190, 199, 200, 1_000, 1_023, 1_024, 1_100]) {
      assert.doesNotMatch(withoutEchoes(`${'x'.repeat(before)}${secret}`, sent(`Secret: ${secret}`)), /t/)
    }
  })

  test('and only the beginning of what is long is looked at', () => {
    // each look at a character is counted
    let looks = 0
    class Counted extends String {
      override startsWith(value: string, at?: number): boolean {
        looks++
        return super.startsWith(value, at)
      }
    }
    const action = sent(...Array.from({ length: 100 }, (_, n) => `Value-${n}: value${n}`))
    for (const size of [10_000, 1_000_000]) withoutEchoes(new Counted('value1 '.repeat(size)) as string, action)
    assert.ok(looks < 2 * 1_024 * 200, `${looks}`)
  })
})
