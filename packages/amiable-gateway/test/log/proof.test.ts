import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Proof } from '../../src/log/proof.ts'

const common = { v: 1, id: '', server: 'pbx1', log: 'life', term: 1, at: '' }
const event = (seq: number, run = 'a') => ({ ...common, seq, run, event: 'Hangup', hash: 'h', data: {} })
const gap = (seq: number, run: string, lost: number | null = null) => ({
  ...common,
  seq,
  run,
  status: 'gap',
  cause: 'link',
  lost,
})
const fence = (seq: number, run: string) => ({ ...common, seq, run, status: 'fence' })

function findingOf(messages: readonly object[]) {
  const proof = new Proof('pbx1', 'life')
  for (const message of messages) proof.take('seq' in message ? Number(message.seq) : 0, JSON.stringify(message))
  return proof.finding()
}

test('events of one run, and a gap before those of the next', () => {
  const finding = findingOf([event(7), event(8), gap(9, 'b', 3), fence(10, 'b'), event(11, 'b')])
  assert.deepEqual(finding, { server: 'pbx1', first: 7, last: 11, events: 3, gaps: { link: 1 }, lost: 3, faults: [] })
})

test('a late message of an earlier writer is sound right behind a gap or a fence', () => {
  assert.deepEqual(findingOf([event(1), gap(2, 'b'), event(3), event(4), gap(5, 'c'), event(6, 'c')]).faults, [])
  assert.deepEqual(findingOf([event(1), gap(2, 'b'), event(3, 'b'), event(4)]).faults, [
    '4 is an event of another run, and no gap says so',
  ])
})

test('a fence without its gap counts as one, and nobody knows what is missing', () => {
  assert.deepEqual(findingOf([event(1), fence(2, 'b'), event(3, 'b')]).gaps, { alignment: 1 })
  assert.equal(findingOf([event(1), fence(2, 'b')]).lost, null)
})

test('what must not be is said with its sequence', () => {
  assert.deepEqual(findingOf([event(1), event(3)]).faults, ['3 must follow upon 1'])
  assert.deepEqual(findingOf([event(1), event(2, 'b')]).faults.length, 1)
  assert.deepEqual(findingOf([{ ...event(1), server: 'pbx2' }]).faults, ['1 is of pbx2'])
  assert.deepEqual(findingOf([{ ...event(1), log: 'old' }]).faults, ['1 is of another life of the stream'])
  const proof = new Proof('pbx1', 'life')
  proof.take(1, JSON.stringify(event(2)))
  proof.take(2, 'a stranger wrote this')
  proof.take(3, undefined)
  assert.deepEqual(proof.finding().faults, ['1 says that it is 2', '2 is no message of a gateway', '3 is missing'])
})

test('a log whose oldest messages go while it is read is proved from the first that stays', () => {
  const proof = new Proof('pbx1', 'life')
  proof.take(1, JSON.stringify(event(1)))
  proof.take(2, JSON.stringify(gap(2, 'b', 3)))
  for (let seq = 3; seq < 6; seq++) proof.drop()
  proof.take(6, JSON.stringify(event(6, 'c')))
  proof.take(7, JSON.stringify(event(7, 'c')))
  assert.deepEqual(proof.finding(), { server: 'pbx1', first: 6, last: 7, events: 2, gaps: {}, lost: 0, faults: [] })
})
