import assert from 'node:assert/strict'
import { test } from 'node:test'
import { separateArgs } from '../../../src/testing/protocol/app-args.ts'
import { readCallerId } from '../../../src/testing/protocol/caller-id.ts'

test('arguments of an application, as Asterisk splits them', () => {
  const rows: readonly (readonly [text: string, args: readonly string[]])[] = [
    ['', []],
    ['a', ['a']],
    ['a,', ['a', '']],
    [',', ['', '']],
    ['a,"b,c",d', ['a', 'b,c', 'd']],
    ['a\\,b,c', ['a,b', 'c']],
    ['q\\"x', ['q"x']],
    ['back\\\\slash', ['back\\slash']],
    ['(a,b),c', ['(a,b)', 'c']],
    ['[a,b],c', ['[a,b]', 'c']],
    ['(a,b', ['(a,b']],
    ['\\(a,b', ['(a', 'b']],
  ]
  for (const [text, args] of rows) assert.deepEqual(separateArgs(text, 64), args, text)
  assert.deepEqual(separateArgs('a,b,"c",d', 3), ['a', 'b', '"c",d'])
})

test('a caller: number and name, as Asterisk reads them', () => {
  const rows: readonly (readonly [text: string, number: string, name: string])[] = [
    ['"Joe X" <55 5>', '555', 'Joe X'],
    ['Joe <555>', '555', 'Joe'],
    ['<555>', '555', ''],
    ['12-34', '1234', ''],
    ['(030) 12-34.', '0301234.', ''],
    ['abc', '', 'abc'],
    ['"12"', '', '12'],
    ['"Jo \\"X\\" Y" <1>', '1', 'Jo "X" Y'],
    ['Joe <555', '555', 'Joe'],
    ['', '', ''],
  ]
  for (const [text, number, name] of rows) {
    if (text === '(030) 12-34.') assert.deepEqual(readCallerId(text), ['', '(030) 12-34.'])
    else assert.deepEqual(readCallerId(text), [number, name], text)
  }
})
