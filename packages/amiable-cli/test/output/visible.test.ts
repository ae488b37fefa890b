import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { csvLine, tsvLine } from '../../src/output/delimited.ts'
import { jsonLine, jsonText } from '../../src/output/json.ts'
import { visible, visibleLine } from '../../src/output/visible.ts'

// what a terminal obeys or hides, by Unicode's own classes
const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

test('a name that would clear the screen is shown as what it is', () => {
  assert.equal(visible('Ann\x1b[2J\r\n\tBob\x9b31m\u202e'), 'Ann\\x1b[2J\\r\\n\\tBob\\x9b31m\\u202e')
  assert.equal(visible('Zoë 王 👩‍👧'.replaceAll('\u200d', '')), 'Zoë 王 👩👧')
  assert.equal(visibleLine('a\tb\x07'), 'a\tb\\x07')
  // a soft hyphen, a Mongolian vowel separator, a tag and a filler: two names that look like one
  assert.equal(visible('A\xad\u180e\u{e0041}\u3164'), 'A\\xad\\u180e\\u{e0041}\\u3164')
  assert.equal(jsonLine('\u{e0041}'), '"\\udb40\\udc41"')
})

const anyText = fc.string({ unit: 'binary' })
const hostile = fc.array(
  fc.oneof(
    anyText,
    fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code)),
  ),
)

test('nothing that a terminal obeys is left of any text, in any format', () => {
  fc.assert(
    fc.property(hostile, (cells) => {
      for (const line of [
        visible(cells.join('')),
        csvLine(cells),
        tsvLine(cells).replaceAll('\t', ''),
        jsonLine(cells),
      ]) {
        assert.doesNotMatch(line, OBEYED)
      }
      assert.doesNotMatch(visibleLine(cells.join('')).replaceAll('\t', ''), OBEYED)
      assert.doesNotMatch(jsonText(cells).replaceAll('\n', ''), OBEYED)
    }),
  )
})

test('JSON is the same value as before', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      assert.deepEqual(JSON.parse(jsonLine(value)), value)
      assert.deepEqual(JSON.parse(jsonText({ value })), { value })
    }),
  )
})

test('a cell of CSV with a comma, a quote or outer blanks stands in quotes', () => {
  assert.equal(csvLine(['a', 'b,c', 'say "hi"', ' x', '']), 'a,"b,c","say ""hi"""," x",')
})
