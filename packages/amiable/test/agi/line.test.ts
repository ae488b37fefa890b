import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkMost, lineLimit, makeLine, rawCommand } from '../../src/agi/line.ts'

test('how much of a line a version of Asterisk reads', () => {
  const long = ['22.10.1~dfsg+~cs6.15', '22.6.0', '21.11.0', '20.16.1', '23.0.0', '24.1.0-rc1', 'certified/22.8-cert1']
  const short = ['16.28.0~dfsg-0+deb11u10', '22.5.2', '21.10.0', '20.15.9', 'certified/20.7-cert5', '19.8.1', '1.8.32']
  for (const version of long) assert.equal(lineLimit(version), 8_190, version)
  for (const version of [...short, '', 'GIT-master-0c5a1', 'SVN-trunk-r1.22'])
    assert.equal(lineLimit(version), 2_046, version)
})

test('a line that Asterisk would cut is refused, in bytes, by its longest argument', () => {
  const words = (text: string) => [['name', 'A'] as const, ['value', text] as const]
  const room = 2_046 - 'SET VARIABLE "A" ""'.length
  assert.equal(makeLine('SET VARIABLE', words('x'.repeat(room)), 2_046).length, 2_046)
  assert.throws(() => makeLine('SET VARIABLE', words('x'.repeat(room + 1)), 2_046), {
    code: 'AMI_ARGUMENT',
    argument: 'value',
    message: 'value cannot be sent: the line of SET VARIABLE has 2047 bytes, and this Asterisk reads 2046 of a line',
  })
  assert.throws(() => makeLine('SET VARIABLE', words('é'.repeat(room)), 2_046), { argument: 'value' })
})

test('no argument of a command stands in an error', () => {
  const secret = `4111-${'1'.repeat(3_000)}`
  for (const value of [secret, `${secret}\n`, `${secret}\ud800`, { secret }, [secret]]) {
    try {
      makeLine('SET VARIABLE', [['value', value as string]], 2_046)
      assert.fail('it was sent')
    } catch (error) {
      assert.ok(!JSON.stringify(Object.assign({}, error, { text: String(error) })).includes('4111'), String(error))
    }
  }
})

test('more words than Asterisk survives are refused', () => {
  const words = Array.from({ length: 126 }, (_, n) => [`w${n}`, 'x'] as const)
  assert.ok(makeLine('NOOP', words.slice(0, 125), 8_190))
  assert.throws(() => makeLine('NOOP', words, 8_190), { code: 'AMI_ARGUMENT', argument: 'w125' })
})

test('raw commands that harm Asterisk are refused', () => {
  const refused: [unknown, string][] = [
    [['GET', 'OPTION', 'beep', '1'], 'words[4]'],
    [['get', 'option', 'beep', '1'], 'words[4]'],
    [['GET', 'DATA', 'beep', 1000], 'words[4]'],
    [['GET', 'DATA', 'beep', 1000, 1_024], 'words[4]'],
    [['GET', 'DATA', 'beep', 1000, '0'], 'words[4]'],
    [['FAILURE'], 'words[0]'],
    [['failureS', 'x'], 'words[0]'],
    [[], 'words[0]'],
    [[''], 'words[0]'],
    [['GET VARIABLE', 'A'], 'words[0]'],
    [['NOOP\nFAILURE'], 'words[0]'],
    [['NOOP', Number.NaN], 'words[1]'],
    ['NOOP', 'words'],
  ]
  for (const [words, argument] of refused) {
    assert.throws(() => rawCommand(words as string[]), { code: 'AMI_ARGUMENT', argument }, JSON.stringify(words))
  }
  assert.equal(rawCommand(['get', 'data', 'beep', 1000, 4]).command, 'GET')
  assert.equal(checkMost('maxDigits', 1_023), 1_023)
})
