// What the live screens count by the second, while somebody sets the clock.
import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'
import type { Client } from 'amiable'
import type { State } from 'amiable/state'
import { Board } from '../../src/boards/board.ts'
import { RateBoard } from '../../src/boards/rate-board.ts'
import type { Sight } from '../../src/boards/sight.ts'
import { Rates } from '../../src/events/rates.ts'

let passed = 0
beforeEach(() => {
  passed = 1_000
  mock.method(performance, 'now', () => passed)
  const began = Date.now()
  // set back by an hour behind the first second
  mock.method(Date, 'now', () => began + passed - (passed > 1_000 ? 3_600_000 : 0))
})

test('events --rate shows what came in the last seconds', () => {
  const rates = new Rates()
  const board = new RateBoard(
    rates,
    () => 0,
    () => '',
  )
  const shown = () => board.lines(80, 24)[1]?.text ?? ''
  for (let n = 0; n < 10; n++) rates.take({ Event: 'Hangup', at: performance.now(), headers: [] })
  passed += 1_000
  assert.match(shown(), /^Hangup +10\.0 /)
  passed += 9_000
  assert.match(shown(), /^Hangup +1\.0 /)
})

test('top shows how many events come in a second', () => {
  let events = 0
  const client = { name: 'pbx1', stats: () => ({ events, dropped: 0 }) } as unknown as Client
  const calls = Object.assign([], { size: 0, freshness: { type: 'live' } })
  const sight = { of: () => undefined } as unknown as Sight
  const board = new Board(client, { calls } as unknown as State, sight, 'calls')
  board.lines(80, 24)
  passed += 1_000
  events = 50
  assert.match(board.lines(80, 24)[0]?.text ?? '', /events 50\/s/)
})
