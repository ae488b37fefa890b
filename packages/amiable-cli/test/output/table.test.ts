import assert from 'node:assert/strict'
import { test } from 'node:test'
import { layOut } from '../../src/output/table.ts'
import { cut, pad, widthOf } from '../../src/output/width.ts'

const columns = [{ title: 'CHANNEL' }, { title: 'SINCE', right: true }, { title: 'CALLER' }]

test('columns are as wide as their widest cell, numbers stand at the right', () => {
  assert.deepEqual(
    layOut(columns, [
      ['PJSIP/100-0000002a', '2', 'Ann <100>'],
      ['Local/1', '153', ''],
    ]),
    ['CHANNEL             SINCE  CALLER', 'PJSIP/100-0000002a      2  Ann <100>', 'Local/1               153'],
  )
})

test('on a narrow terminal the widest columns give way, and each cut is marked', () => {
  const lines = layOut(columns, [['PJSIP/100-0000002a', '2', 'Somebody with a long name <100>']], { width: 40 })
  assert.deepEqual(lines, ['CHANNEL          SINCE  CALLER', 'PJSIP/100-0000…      2  Somebody with a…'])
  for (const line of lines) assert.ok(widthOf(line) <= 40)
})

test('East Asian characters take two columns, combining marks none', () => {
  assert.equal(widthOf('王さん'), 6)
  assert.equal(widthOf('e\u0301'), 1)
  assert.equal(pad('王', 4), '王  ')
  assert.equal(pad('7', 3, true), '  7')
  assert.equal(cut('王さんは', 5), '王さ…')
  assert.equal(cut('abc', 3), 'abc')
  assert.equal(cut('abcd', 0), '')
})

test('a heading is styled as one', () => {
  assert.equal(layOut([{ title: 'A' }], [['1']], { heading: (line) => `<${line}>` })[0], '<A>')
})
