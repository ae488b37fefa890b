// When a view looks again, and how many there are.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBoard } from '../support/board.ts'
import { OpenView } from '../support/browser.ts'

test('a clock that is set back an hour stops no picture', { timeout: 30_000 }, async (t) => {
  await using board = await openBoard()
  await using view = await board.browser.open('page=queues')
  await view.until('a beat', ({ beats }) => beats > 0)
  const now = Date.now.bind(Date)
  t.mock.method(Date, 'now', () => now() - 3_600_000)
  board.server.queues.pause('support', 'PJSIP/101', true, 'lunch')
  await view.until('lunch', (one) => one.row('members', 'pbx1/support/PJSIP/101')?.reason === 'lunch')
  const outcome = await view.outcome(await board.browser.act('unpause', 'pbx1/PJSIP/101'))
  assert.equal(outcome.state, 'done')
})

test('however many views one asks for, few are kept, and those that are looked at stay', {
  timeout: 60_000,
}, async () => {
  await using board = await openBoard()
  const { browser, wallboard } = board
  await using view = await browser.open('page=queues')
  for (let at = 0; at < 300; at++) {
    assert.equal((await browser.get(`/api/view?page=agents&queues=q${at}`)).status, 200)
  }
  assert.equal(wallboard.hub.size, 128)
  board.server.queues.pause('support', 'PJSIP/101', true, 'lunch')
  await view.until('lunch', (one) => one.row('members', 'pbx1/support/PJSIP/101')?.reason === 'lunch')
  assert.equal(view.reset, undefined)
})

test('who comes back and has missed more than may wait for him is sent for a snapshot, and not called slow', {
  timeout: 60_000,
}, async () => {
  await using board = await openBoard()
  const { browser, server, wallboard } = board
  const query = 'page=calls'
  await using left = new OpenView(await browser.json(`/api/view?${query}`))
  await using stays = await browser.open(query)
  for (let burst = 1; burst <= 3; burst++) {
    for (let at = 0; at < 200; at++) server.channels.create({ name: 'PJSIP/trunk', callerIdName: 'x'.repeat(250) })
    await stays.until('all of them', (one) => one.rows('calls').length === burst * 200)
  }
  await left.follow(`${wallboard.url}/api/stream?${query}`, {})
  await left.until('a reset', ({ reset }) => reset !== undefined)
  assert.equal(left.reset, 'old')
})
