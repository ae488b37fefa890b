import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { byteLength, bytesToText, decodeUtf8, detached, textToBytes } from '../../src/util/text.ts'
import { runs } from '../support/decode.ts'

test('a byte string holds one character for each byte, both ways', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = bytesToText(bytes)
      assert.equal(text.length, bytes.length)
      assert.deepEqual(textToBytes(text), bytes)
    }),
    { numRuns: runs(500) },
  )
})

test('bytes are decoded as the platform decodes them, valid or not', () => {
  const platform = new TextDecoder('utf-8', { ignoreBOM: true })
  const biased = fc.array(
    fc.constantFrom(0x41, 0xc2, 0xc3, 0xa9, 0x80, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0xed, 0xa0, 0xff),
    {
      maxLength: 12,
    },
  )
  fc.assert(
    fc.property(fc.oneof(biased, fc.array(fc.nat(255), { maxLength: 30 })), (values) => {
      const bytes = Uint8Array.from(values)
      assert.equal(decodeUtf8(bytesToText(bytes)), platform.decode(bytes))
    }),
    { numRuns: runs(3_000) },
  )
})

test('the length in bytes is what Node counts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(byteLength(text, 'utf8'), Buffer.byteLength(text, 'utf8'))
      assert.equal(byteLength(text, 'latin1'), text.length)
    }),
    { numRuns: runs(300) },
  )
})

test('a detached text is the same text', () => {
  const whole = 'a long text that others are cut from'
  assert.equal(detached(whole.slice(2, 30)), 'long text that others are cu')
  assert.equal(detached(whole.slice(0, 3)), 'a l')
  assert.equal(detached(''), '')
})
