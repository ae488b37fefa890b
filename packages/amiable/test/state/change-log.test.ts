import assert from 'node:assert/strict'
import test from 'node:test'
import { ChangeLog } from '../../src/state/change-log.ts'

const cause = { event: 'Newchannel' }

function logOf(most: number): { log: ChangeLog; happens: (count: number, isHeard?: boolean) => void } {
  const log = new ChangeLog('pbx', 'mark', most)
  const happens = (count: number, isHeard = false) => {
    for (let n = 0; n < count; n++) {
      const key = `${log.last + 1}`
      log.add({ kind: 'channel', key, before: undefined, after: { id: key }, unseen: false, cause, at: 0 }, isHeard)
    }
  }
  return { log, happens }
}

test('whoever has a revision gets each change after it, round the ring, until one was forgotten', () => {
  for (const before of [0, 1, 7, 40]) {
    const { log, happens } = logOf(10)
    happens(before)
    const revision = log.revision
    for (let after = 0; after <= 10; after++) {
      assert.deepEqual(
        log.since(revision)?.map(({ key, revision }) => [key, revision]),
        Array.from({ length: after }, (_, at) => [`${before + at + 1}`, `mark-${before + at + 1}`]),
      )
      happens(1)
    }
    assert.equal(log.since(revision), undefined)
    const last = log.revision
    happens(3)
    assert.equal(log.since(last)?.length, 3)
  }
})

test('nothing is kept while nobody has a revision, and a change that somebody hears has one', () => {
  const { log, happens } = logOf(10)
  happens(5)
  assert.equal(log.weigh(), 0)
  assert.equal(log.last, 5)
  assert.equal(log.since('mark-4'), undefined)
  happens(1, true)
  const heard = log.change(log.last)
  assert.equal(heard.revision, 'mark-6')
  happens(2)
  assert.equal(log.since(heard.revision)?.length, 2)
})
