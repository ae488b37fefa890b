import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wordsOf } from '../../src/shell/words.ts'

for (const [line, words] of [
  ['', []],
  ['  list   channels ', ['list', 'channels']],
  ["-w 'Wait > 30' -o json", ['-w', 'Wait > 30', '-o', 'json']],
  ['Reason="out to lunch" x', ['Reason=out to lunch', 'x']],
  ['"say \\"hi\\"" \\\' \'a\\b\'', ['say "hi"', "'", 'a\\b']],
  ["'' a", ['', 'a']],
  ['end\\', ['end\\']],
] as const) {
  test(`the words of ${JSON.stringify(line)}`, () => assert.deepEqual(wordsOf(line), words))
}

test('a quote that nothing ends is an error that says which', () => {
  assert.throws(() => wordsOf("list 'a"), /the line needs another '/)
  assert.throws(() => wordsOf('list "a'), /the line needs another "/)
})
