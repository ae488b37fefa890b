// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of a dialplan
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { substitute } from '../../../src/testing/model/substitution.ts'

test('variables in a text, from the inside out', () => {
  const values: Record<string, string> = {
    A: '0123456789',
    N: 'A',
    'F(a:1)': 'called',
    'F(0123456789)': 'deep',
    Q: '${A}',
  }
  const rows: readonly (readonly [text: string, done: string])[] = [
    ['plain', 'plain'],
    ['x${A}y', 'x0123456789y'],
    ['${A:2}|${A:2:3}|${A:-3}|${A:-3:2}|${A:0:-4}', '23456789|234|789|78|012345'],
    ['${NOPE}|${NOPE:1}', '|'],
    ['${${N}}', '0123456789'],
    ['${F(a:1)}', 'called'],
    ['${F(${A})}', 'deep'],
    ['${Q}', '${A}'],
    ['${A', '0123456789'],
    ['$A {A}', '$A {A}'],
  ]
  for (const [text, done] of rows)
    assert.equal(
      substitute(text, (name) => values[name]),
      done,
      text,
    )
})
