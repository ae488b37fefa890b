// A network that loses every packet and says nothing: no connection ends, and nothing comes. What is shown is dated all the
// same, says so, and is true again when the network is back.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Snapshot } from 'amiable/state'
import type { Page } from 'playwright-core'
import { noBrowser } from '../../../../../tools/testbed/chromium.ts'
import { SilentLink } from '../../../../../tools/testbed/silent-link.ts'
import { showsSnapshot, sightsOf } from '../../../../../tools/testbed/wallboard-pages.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { open, useBrowser } from '../support/browser.ts'

const PAGE = fileURLToPath(new URL('../../../dist/page/', import.meta.url))
const WITHIN = 30_000

useBrowser()

function waits({ server }: Board, callerIdName: string): void {
  server.channels.create({ name: 'PJSIP/trunk', context: 'default', exten: 'support', callerIdName, run: true })
}

async function isOld(page: Page, band: string): Promise<void> {
  await page.locator('.band', { hasText: band }).waitFor()
  await page.locator('.queue-card.stale .stale-mark').first().waitFor()
  assert.equal(await page.locator('.queue-card:not(.stale)').count(), 0)
}

async function isTrue(board: Board, page: Page): Promise<void> {
  const [queues] = sightsOf({ server: 'pbx1' })
  await showsSnapshot(page, queues!, () => board.wallboard.watched.states.snapshot()[0] as Snapshot, WITHIN)
}

describe('a network that loses every packet', { skip: noBrowser }, () => {
  test('between the browser and the wallboard: what is shown is dated, and true when it is back', async () => {
    await using board = await openBoard({}, { pageFolder: PAGE })
    await using link = await SilentLink.to(Number(new URL(board.wallboard.url).port))
    await using opened = await open(`http://127.0.0.1:${link.port}/`)
    const { page, faults } = opened
    await isTrue(board, page)
    link.drop()
    waits(board, 'Carla')
    await isOld(page, 'The wallboard does not answer')
    link.resume()
    await isTrue(board, page)
    assert.deepEqual(faults, [])
  })

  test('between the wallboard and Asterisk: the same, and the wallboard itself answers', async () => {
    let port = 0
    await using link = await SilentLink.to(() => port)
    await using board = await openBoard(
      {},
      {
        pageFolder: PAGE,
        through: (own) => {
          port = own
          return link.port
        },
      },
    )
    await using opened = await open(`${board.wallboard.url}/`)
    const { page, faults } = opened
    await isTrue(board, page)
    link.drop()
    waits(board, 'Dora')
    await isOld(page, 'pbx1 does not answer')
    link.resume()
    await isTrue(board, page)
    assert.deepEqual(faults, [])
  })
})
