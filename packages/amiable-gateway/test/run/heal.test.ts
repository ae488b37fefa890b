import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Healer } from '../../src/run/heal.ts'

test('a nats-server that refuses again and again is started again, once in a while, and nothing is kept from the log', () => {
  let restarts = 0
  const embedded = { url: '', token: '', version: '', store: '', restart: () => restarts++, stop: async () => {} }
  const seen: string[] = []
  const observer = new Healer(embedded).watch({
    interrupted: (why) => seen.push(why),
    stored: (events) => seen.push(`${events} stored`),
  })
  // another writer is refused once or twice
  for (let n = 0; n < 4; n++) observer.interrupted?.('refused')
  observer.stored?.(1, 0)
  for (let n = 0; n < 4; n++) observer.interrupted?.('refused')
  observer.interrupted?.('the connection to NATS is gone')
  assert.equal(restarts, 0)
  for (let n = 0; n < 20; n++) observer.interrupted?.('refused')
  assert.equal(restarts, 1)
  assert.equal(seen.length, 4 + 1 + 4 + 1 + 20)
})
