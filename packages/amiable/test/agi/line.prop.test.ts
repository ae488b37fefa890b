import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { applicationData, makeLine, toText } from '../../src/agi/line.ts'
import { AmiError } from '../../src/errors.ts'
import { parseArgs, separateArgs } from './parse-args.ts'

const odd = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('"', '\\', ' ', '\t', ',', '(', ')', '[', ']', 'a', 'é', '$', '{', '\n', '\r', '\0'),
  }),
)

test('a word arrives as it was given, or it is refused by its name', () => {
  fc.assert(
    fc.property(fc.array(odd, { maxLength: 6 }), (values) => {
      let line: string
      try {
        line = makeLine(
          'SET VARIABLE',
          values.map((value, at) => [`word${at}`, value] as const),
          8_190,
        )
      } catch (error) {
        assert.ok(AmiError.is(error) && error.code === 'AMI_ARGUMENT' && /^word\d$/.test(error.argument))
        assert.ok(values.some((value) => /[\r\n\0]|\p{Cs}/u.test(value)))
        return
      }
      assert.ok(!/[\r\n\0]/.test(line))
      assert.deepEqual(parseArgs(line), ['SET', 'VARIABLE', ...values])
    }),
  )
})

test('an argument of an application arrives as it was given', () => {
  const text = odd.filter((value) => !/[\r\n\0]|\p{Cs}/u.test(value))
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (values) => {
      const data = applicationData('args', values)
      const line = makeLine(
        'EXEC',
        [
          ['application', 'Dial'],
          ['args', data],
        ],
        1_000_000,
      )
      const [, , received = ''] = parseArgs(line)
      // one empty argument and none are the same to Asterisk
      assert.deepEqual(separateArgs(received), values.length === 1 && values[0] === '' ? [] : values)
    }),
  )
})

test('numbers and booleans are words too', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer(), fc.double(), fc.boolean()), (value) => {
      if (typeof value === 'number' && !Number.isFinite(value))
        assert.throws(() => toText('n', value), { argument: 'n' })
      else assert.equal(toText('n', value), String(value))
    }),
  )
})
