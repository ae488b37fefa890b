// The page, the wallboard and a simulated Asterisk together. What the page must show is what `snapshot()` has: the test
// reads both, and knows nothing of views and frames.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Snapshot } from 'amiable/state'
import type { Page } from 'playwright-core'
import { noBrowser } from '../../../../../tools/testbed/chromium.ts'
import { SilentLink } from '../../../../../tools/testbed/silent-link.ts'
import { BOARD, showsSnapshot, sightsOf, visit } from '../../../../../tools/testbed/wallboard-pages.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { killed, startProgram } from '../../support/program.ts'
import { eventually, open, useBrowser } from '../support/browser.ts'

const PAGE = fileURLToPath(new URL('../../../dist/page/', import.meta.url))

// far above what is measured: docs/performance.md
const WITHIN = 20_000

useBrowser()

/** A centre with two who wait, one who talks, a room, and a call that is parked. `through` is a way to its Asterisk. */
async function busy(through?: (port: number) => number): Promise<Board> {
  const signIn = { mode: 'none', role: 'admin', device: { server: 'pbx1', interface: 'PJSIP/101' } }
  const board = await openBoard({ signIn, boards: { hall: BOARD } }, { pageFolder: PAGE, ...(through && { through }) })
  const call = (exten: string, callerIdName: string) =>
    board.server.channels.create({
      name: 'PJSIP/trunk',
      context: 'default',
      exten,
      callerIdName,
      callerIdNum: '+4930555',
      run: true,
    })
  call('support', 'Carla')
  call('support', 'Dora')
  call('support', '<b>Emil</b>')
  call('room', 'Frida')
  call('room', 'Gerd')
  call('park', 'Hanna')
  return board
}

async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((next) => {
    location.hash = next
  }, hash)
}

/** Compares every page with the snapshot of this moment, until they are equal. */
async function equalsSnapshot({ wallboard }: Board, page: Page): Promise<void> {
  const now = () => wallboard.watched.states.snapshot()[0] as Snapshot
  const call = now().calls.find(({ legs, phase }) => phase !== 'ended' && legs.length > 1)?.id
  const options = { server: 'pbx1', trunks: ['trunk'], device: 'PJSIP/101', board: '/wall/hall' }
  for (const sight of sightsOf({ ...options, ...(call !== undefined && { call }) })) {
    await visit(page, sight)
    await showsSnapshot(page, sight, now, WITHIN)
  }
  await page.goto(`${wallboard.url}/`)
}

describe('with a simulated Asterisk', { skip: noBrowser }, () => {
  test('every page shows what the snapshot has, and again when Asterisk was away', async () => {
    let port = 0
    await using link = await SilentLink.to(() => port)
    await using board = await busy((own) => {
      port = own
      return link.port
    })
    await using opened = await open(`${board.wallboard.url}/`)
    const { page, faults } = opened
    await equalsSnapshot(board, page)
    // as a kill does it: every channel is gone, and so is the connection; until it was seen that it is away
    await go(page, '#/queues')
    await link.cut()
    await board.server.restart()
    await page.locator('.queue-card.stale').first().waitFor()
    await page.locator('.band', { hasText: 'pbx1 does not answer' }).waitFor()
    assert.equal(await page.locator('.queue-card:not(.stale)').count(), 0)
    await link.open()
    await eventually(async () => assert.equal(await page.locator('.stale').count(), 0), 20_000)
    await equalsSnapshot(board, page)
    assert.deepEqual(faults, [])
  })

  test('what is done on the page happens on Asterisk, and the page shows it', async () => {
    await using board = await busy()
    await using opened = await open(`${board.wallboard.url}/#/agents?open=${encodeURIComponent('pbx1/PJSIP/103')}`)
    const { page, faults } = opened
    const paused = () =>
      board.wallboard.watched.states.snapshot()[0]?.queues.find(({ name }) => name === 'sales')?.members[0]?.paused
    const tile = page.locator('.tile', { hasText: 'Eve' })
    await tile.locator('[data-verb=pause]').click()
    await page.keyboard.press('Tab')
    await tile.locator('.ask button[type=submit]').click()
    await tile.locator('.state', { hasText: 'Paused' }).waitFor()
    await eventually(() => assert.notEqual(paused(), undefined))
    await tile.locator('[data-verb=unpause]').click()
    await tile.locator('.state', { hasText: 'Ready' }).waitFor()
    await eventually(() => assert.equal(paused(), undefined))

    await go(page, '#/rooms')
    const gerd = page.locator('.parties li', { hasText: 'Gerd' })
    await gerd.locator('[data-verb=mute]').click()
    await gerd.locator('[data-verb=unmute]').waitFor()
    await gerd.locator('[data-verb=kick]').click()
    await gerd.locator('.ask button[type=submit]').click()
    await gerd.waitFor({ state: 'detached' })

    await go(page, `#/queues?open=${encodeURIComponent('pbx1/support')}`)
    await go(page, '#/calls')
    const parked = page.locator('.call-table [data-row]', { hasText: 'Parked' })
    await parked.locator('[data-verb=hangup]').click()
    await parked.locator('.ask button[type=submit]').click()
    await eventually(() => assert.equal(board.wallboard.watched.states.snapshot()[0]?.parking.length, 0))
    assert.deepEqual(faults, [])
  })

  test('a browser without its network shows what it had, dated, and is true again with it', async () => {
    await using board = await busy()
    await using opened = await open(`${board.wallboard.url}/`)
    const { page } = opened
    await page.locator('.queue-card').first().waitFor()
    // Chromium leaves a connection that stands: it goes when there is no way back
    await page.context().setOffline(true)
    board.wallboard.streams.resetWhere(() => true, 'slow')
    await page.locator('.band', { hasText: 'The wallboard does not answer' }).waitFor()
    assert.equal(await page.locator('.queue-card:not(.stale)').count(), 0)
    await page.context().setOffline(false)
    await eventually(async () => assert.equal(await page.locator('.stale').count(), 0))
    await equalsSnapshot(board, page)
  })
})

describe('the program', { skip: noBrowser }, () => {
  test('that is killed and begins again is shown again, and meanwhile its numbers are dated', async () => {
    const first = await startProgram('--listen', '127.0.0.1:0')
    await using opened = await open(first.url)
    const { page, faults } = opened
    await page.locator('.queue-card').first().waitFor()
    assert.ok((await page.locator('.queue-card').count()) > 2)
    await killed(first.child)
    await page.locator('.band', { hasText: 'The wallboard does not answer' }).waitFor()
    assert.equal(await page.locator('.queue-card:not(.stale)').count(), 0)
    const second = await startProgram('--listen', new URL(first.url).host)
    try {
      await eventually(async () => {
        assert.equal(await page.locator('.stale').count(), 0)
        assert.ok((await page.locator('.queue-card').count()) > 2)
      }, 20_000)
      assert.deepEqual(faults, [])
    } finally {
      await killed(second.child)
    }
  })
})
