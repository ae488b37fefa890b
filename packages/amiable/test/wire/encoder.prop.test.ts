import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ArgumentError } from '../../src/errors.ts'
import { encodeAction, type Params } from '../../src/wire/encoder.ts'
import { getAll, onTheWire, readAction, variablesOf } from '../support/asterisk.ts'
import { runs } from '../support/decode.ts'

const letter = fc.oneof(
  { weight: 20, arbitrary: fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme-ascii' }) },
  { weight: 2, arbitrary: fc.constantFrom('"', '\\', ',', '(', ')', '[', ']', '=', ':', ' ', "'", ';', '$') },
  { weight: 1, arbitrary: fc.constantFrom('é', '€', '📞', '\t', '\x01', '\x7f', '\u2028', '\x85') },
  { weight: 1, arbitrary: fc.constantFrom('\r', '\n', '\0', '\r\n', '\r\n\r\n') },
)
const words = (maxLength: number) => fc.array(letter, { maxLength }).map((letters) => letters.join(''))
const tame = fc
  .array(fc.constantFrom('a', 'B', '-', '0', '(', ')', '.'), { minLength: 1, maxLength: 8 })
  .map((letters) => `X${letters.join('')}`)
const value = fc.oneof(words(12), words(12), words(12), words(12), words(400), fc.integer(), fc.boolean())
const params = fc.dictionary(
  fc.oneof({ weight: 20, arbitrary: tame }, { weight: 1, arbitrary: words(6) }),
  fc.oneof(value, fc.array(value, { maxLength: 4 })),
  {
    maxKeys: 8,
  },
)
const variables = fc.array(
  fc.tuple(fc.oneof({ weight: 20, arbitrary: tame }, { weight: 1, arbitrary: words(6) }), value),
  { maxLength: 5 },
)

function encoded(action: Parameters<typeof encodeAction>[0]): string | undefined {
  try {
    return encodeAction(action)
  } catch (error) {
    assert.ok(error instanceof ArgumentError, String(error))
    return undefined
  }
}

test('what is not refused is one action to Asterisk, with exactly what was meant', () => {
  let taken = 0
  fc.assert(
    fc.property(params, variables, (given, assigned) => {
      const text = encoded({ name: 'Test', actionId: 'a-1', params: given as Params, variables: assigned })
      if (text === undefined) return
      taken++
      const { headers, complaint, rest } = readAction(onTheWire(text))
      assert.equal(complaint, undefined)
      assert.equal(rest, '')
      assert.deepEqual(getAll(headers, 'Action'), ['Test'])
      assert.deepEqual(getAll(headers, 'ActionID'), ['a-1'])
      const meant = Object.entries(given).flatMap(([name, values]) =>
        [values].flat().map((one) => [name, onTheWire(String(one))] as const),
      )
      assert.equal(headers.length, 2 + meant.length + assigned.length)
      for (const [i, [name, expected]] of meant.entries()) {
        assert.deepEqual(getAll([headers[2 + i] as string], onTheWire(name)), [expected])
      }
      assert.deepEqual(
        variablesOf(headers.slice(2 + meant.length)),
        assigned.map(([name, one]) => [onTheWire(name), onTheWire(String(one))]),
      )
    }),
    { numRuns: runs(4_000) },
  )
  assert.ok(taken > runs(4_000) / 5, `only ${taken} were taken`)
})

test('a value that holds a line end or a NUL is always refused, without showing it', () => {
  const bad = fc.tuple(words(10), fc.constantFrom('\r', '\n', '\0'), words(10)).map((parts) => parts.join(''))
  fc.assert(
    fc.property(bad, fc.boolean(), (text, asVariable) => {
      const secret = `hunter2${text}`
      assert.throws(
        () =>
          encodeAction({
            name: 'T',
            actionId: 'a',
            ...(asVariable ? { variables: { V: secret } } : { params: { P: secret } }),
          }),
        (error) => error instanceof ArgumentError && !/hunter2/.test(`${error.message}${error.argument}${error.stack}`),
      )
    }),
    { numRuns: runs(1_000) },
  )
})

test('any string as name of a header, of the action or of a variable, or as ActionID, sends one action or is refused', () => {
  fc.assert(
    fc.property(words(12), fc.nat(3), (text, place) => {
      const action = [
        { name: text, actionId: 'a' },
        { name: 'T', actionId: text },
        { name: 'T', actionId: 'a', params: { [text]: 'v' } },
        { name: 'T', actionId: 'a', variables: [[text, 'v']] as [string, string][] },
      ][place] as Parameters<typeof encodeAction>[0]
      const sent = encoded(action)
      if (sent === undefined) return
      const { headers, complaint, rest } = readAction(onTheWire(sent))
      assert.equal(complaint, undefined)
      assert.equal(rest, '')
      assert.equal(headers.length, place < 2 ? 2 : 3)
      assert.equal(getAll(headers, 'Action').length, 1)
      assert.equal(getAll(headers, 'ActionID').length, 1)
    }),
    { numRuns: runs(3_000) },
  )
})
