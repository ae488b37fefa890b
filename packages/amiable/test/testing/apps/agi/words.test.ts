import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { lineOf, wordsOf } from '../../../../src/testing/apps/agi/words.ts'

// what Asterisk 22 and 16 make of them (contract/agi/differential compares)
const rows: readonly (readonly [line: string, words: readonly string[]])[] = [
  ['', []],
  ['  \t ', []],
  ['NOOP', ['NOOP']],
  ['\tSET  VARIABLE\tA b', ['SET', 'VARIABLE', 'A', 'b']],
  ['A "two words" b', ['A', 'two words', 'b']],
  ['A in"the middle"of', ['A', 'inthe middleof']],
  ['A ""', ['A', '']],
  ['A "" ""', ['A', '', '']],
  ['A say" "x', ['A', 'say x']],
  ['A \\"hi\\" \\\\ \\n', ['A', '"hi"', '\\', 'n']],
  ['A "a \\" b"', ['A', 'a " b']],
  ['A two\\ words', ['A', 'two words']],
  ['A "unclosed quote', ['A', 'unclosed quote']],
  ['A end\\', ['A', 'end']],
]

test('a line is taken apart as Asterisk does', () => {
  for (const [line, words] of rows) assert.deepEqual(wordsOf(line), words, line)
})

test('a line of 127 words, and what is past them is left away', () => {
  assert.equal(wordsOf('x '.repeat(200)).length, 127)
})

test('words are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 20 }), (words) => {
      assert.deepEqual(wordsOf(lineOf(words)), words)
    }),
  )
})
