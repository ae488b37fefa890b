import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OTHERS, Rates, SECONDS } from '../../src/events/rates.ts'

const event = (Event: string, at: number, value = 'x') => ({
  Event,
  at,
  headers: [
    ['Event', Event],
    ['A', value],
  ] as const,
})

test('counts by the second, and bytes as they stand on the wire', () => {
  const rates = new Rates()
  for (const at of [1_000_000, 1_000_100, 1_001_500]) rates.take(event('Hangup', at))
  rates.take(event('VarSet', 1_001_900, 'ä'))
  rates.advance(1_002_000)
  const [hangup, varSet, ...none] = rates.list()
  assert.deepEqual(none, [])
  assert.equal(hangup?.name, 'Hangup')
  assert.deepEqual(hangup?.seconds, [0, 0, 0, 0, 0, 0, 0, 0, 2, 1])
  assert.deepEqual([hangup?.perSecond, hangup?.total], [1.5, 3])
  assert.equal(hangup?.bytes, 3 * Buffer.byteLength('Event: Hangup\r\nA: x\r\n\r\n'))
  assert.equal(varSet?.bytes, Buffer.byteLength('Event: VarSet\r\nA: ä\r\n\r\n'))
  const all = rates.all()
  assert.deepEqual([all.total, all.perSecond, all.seconds.at(-1)], [4, 2, 2])
})

test('seconds in which nothing came are empty, and older ones are forgotten', () => {
  const rates = new Rates()
  rates.take(event('Hangup', 5_000))
  rates.advance(5_000 + 1_000 * 4)
  assert.deepEqual(rates.list()[0]?.seconds, [0, 0, 0, 0, 0, 0, 1, 0, 0, 0])
  rates.advance(5_000 + 1_000 * (SECONDS + 1))
  assert.deepEqual([rates.list()[0]?.perSecond, rates.list()[0]?.total], [0, 1])
  rates.advance(5_000_000)
  rates.take(event('Hangup', 10))
  assert.deepEqual([rates.list()[0]?.total, rates.span], [2, 4_995_000])
})

test('the most frequent stands first', () => {
  const rates = new Rates()
  for (const name of ['A', 'B', 'B']) rates.take(event(name, 1_000))
  rates.advance(2_000)
  assert.deepEqual(
    rates.list().map(({ name }) => name),
    ['B', 'A'],
  )
})

test('names that a stranger makes up are counted together from some number on', () => {
  const rates = new Rates()
  for (let n = 0; n < 5_000; n++) rates.take(event(`Made${n}`, 1_000))
  const names = rates.list()
  assert.ok(names.length <= 1_001)
  assert.equal(
    names.reduce((sum, { total }) => sum + total, 0),
    5_000,
  )
  assert.ok(names.some(({ name }) => name === OTHERS))
})
