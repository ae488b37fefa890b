import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { covers, lackingOf, mayPublishSome, meets } from '../../src/bus/user-rights.ts'

const token = fc.constantFrom('a', 'b', '*')
const pattern = fc
  .tuple(fc.array(token, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([tokens, isOpen]) => [...tokens, ...(isOpen ? ['>'] : [])].join('.'))
/** Every subject of up to five tokens of these letters. */
const SUBJECTS = (function grown(all: string[], left: number): string[] {
  const longer = all.flatMap((one) => ['a', 'b', 'c'].map((letter) => `${one}.${letter}`))
  return left === 0 ? all : [...all, ...grown(longer, left - 1)]
})(['a', 'b', 'c'], 4)
/** What NATS takes for a match, by an expression. */
const matches = (one: string) => {
  const text = one.replaceAll('.', '\\.').replaceAll('*', '[^.]+').replace('>', '.+')
  return (subject: string) => new RegExp(`^${text}$`).test(subject)
}

test('one pattern covers or meets another as their subjects say', () => {
  fc.assert(
    fc.property(pattern, pattern, (one, other) => {
      const [first, second] = [matches(one), matches(other)]
      const theirs = SUBJECTS.filter(second)
      assert.equal(covers(one, other), theirs.every(first), `${one} covers ${other}`)
      assert.equal(meets(one, other), theirs.some(first), `${one} meets ${other}`)
    }),
  )
})

test('what is denied in part is lacking, and without a list all is allowed', () => {
  const wanted = { publish: ['ami.event.>', '_INBOX.>'], subscribe: ['ami.gateway.>'] }
  assert.deepEqual(lackingOf(wanted, {}), [])
  assert.deepEqual(lackingOf(wanted, { publish: { allow: ['ami.>', '_INBOX.>'] } }), [])
  assert.deepEqual(lackingOf(wanted, { publish: { deny: ['ami.event.pbx1.>'] } }), ['publish ami.event.>'])
  const few = { publish: { allow: ['ami.event.pbx1.>'] }, subscribe: { allow: ['ami.gateway.> workers'] } }
  assert.deepEqual(lackingOf(wanted, few), ['publish ami.event.>', 'publish _INBOX.>'])
  assert.deepEqual(
    [{}, few, { publish: { allow: ['ami.audit.>'] } }, { publish: { deny: ['ami.>'] } }].map((limits) =>
      mayPublishSome(limits, 'ami.event.>'),
    ),
    [true, true, false, false],
  )
})
