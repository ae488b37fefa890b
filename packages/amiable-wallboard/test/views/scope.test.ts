import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fits, maskedNumber, maskedText } from '../../src/views/scope.ts'

test('a star stands for any characters, and nothing else is special', () => {
  assert.equal(fits(undefined, 'anything'), true)
  assert.equal(fits([], 'anything'), false)
  assert.equal(fits(['support*'], 'Support-DE'), true)
  assert.equal(fits(['support*'], 'my-support'), false)
  assert.equal(fits(['PJSIP/1*0'], 'PJSIP/10'), true)
  assert.equal(fits(['PJSIP/1*0'], 'PJSIP/1'), false)
  assert.equal(fits(['a*b*c'], 'a-b-c'), true)
  assert.equal(fits(['a*b*c'], 'acb'), false)
  assert.equal(fits(['ab*ba'], 'aba'), false)
  assert.equal(fits(['.*'], 'x'), false)
  assert.equal(fits(['*'], ''), true)
})

test('a pattern of stars takes no time, whatever it is held against', { timeout: 5_000 }, () => {
  assert.equal(fits([`${'*a'.repeat(60)}*b`], 'a'.repeat(200_000)), false)
})

test('a name of digits and marks takes no time', { timeout: 5_000 }, () => {
  for (const text of ['1 '.repeat(100_000), '1'.repeat(200_000), '1   2'.repeat(50_000), '('.repeat(200_000)]) {
    assert.ok(maskedText(text).length <= text.length)
  }
})

test('of a number the last three digits stay', () => {
  assert.equal(maskedNumber('+442079460101'), '•••101')
  assert.equal(maskedNumber('12'), '12')
  assert.equal(maskedText('Ann 0207946010 at 3'), 'Ann •••010 at 3')
  assert.equal(maskedText('(555) 123-4567'), '(•••567')
  assert.equal(maskedText('+49 170 / 123 45 67 (Ann)'), '+•••567 (Ann)')
  assert.equal(maskedText('\uff10\uff11\uff17\uff10\uff11'), '•••\uff17\uff10\uff11')
  assert.equal(maskedText('Line 12, 3 of 45'), 'Line 12, 3 of 45')
})
