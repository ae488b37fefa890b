// A page that was not looked at: hidden, asleep, in the cache of pages; or whose clock was moved, or that began without its
// words.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { noBrowser } from '../../../../../tools/testbed/chromium.ts'
import { eventually, open, useBrowser } from '../support/browser.ts'
import { PlayedWallboard } from '../support/played-wallboard.ts'

useBrowser()

describe('what is shown', { skip: noBrowser }, () => {
  test('is asked for anew, and no older, after the clock of the computer was moved or it has slept', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const { page } = opened
    await page.addInitScript(() => {
      const real = Date.now
      const moved = Object.assign(window, { moved: 0 })
      Date.now = () => real() + moved.moved
    })
    await page.reload()
    await eventually(() => assert.equal(server.streams, 1))
    const longest = page.locator('.figures time').first()
    await longest.waitFor()
    const anew = () => page.waitForRequest((request) => request.url().includes('/api/stream?'))
    for (const by of [3_600_000, -7_200_000]) {
      const asked = anew()
      await page.evaluate((by) => Object.assign(window, { moved: by }), by)
      await asked
      await eventually(async () => assert.equal(await page.locator('.stale').count(), 0))
      // minutes and seconds, as before
      assert.match((await longest.textContent()) ?? '', /^\d:\d\d$/)
    }
    // as it comes back from the cache of pages
    const asked = anew()
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })))
    await asked
    await eventually(async () => assert.equal(await page.locator('.stale').count(), 0))
    assert.equal(await page.locator('.band').count(), 0)
    assert.deepEqual(opened.faults, [])
  })

  test('is not shown as live when somebody comes back to a page that was hidden', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const { page } = opened
    await page.clock.install()
    await page.reload()
    await page.locator('[data-row="berlin/Sales"]').waitFor()
    await eventually(() => assert.equal(server.streams, 1))
    const turn = (state: 'hidden' | 'visible') =>
      page.evaluate((state) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, value: state })
        document.dispatchEvent(new Event('visibilitychange'))
      }, state)
    await turn('hidden')
    await page.clock.fastForward(60_000)
    await eventually(() => assert.equal(server.streams, 0))
    await eventually(async () => assert.equal(await page.locator('.queue-card:not(.stale)').count(), 0))
    // the network comes and goes: nobody looks yet
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await page.evaluate(() => fetch('/api/me').then(() => undefined))
    assert.deepEqual(asked, ['/api/me'])
    await turn('visible')
    await eventually(() => assert.equal(server.streams, 1))
    await eventually(async () => assert.equal(await page.locator('.stale').count(), 0))
    assert.deepEqual(opened.faults, [])
  })

  test('is there although the words were not, when the page began', async () => {
    await using server = await PlayedWallboard.start()
    server.without = 'assets/en-'
    const opening = open(server.origin)
    await eventually(() => assert.ok(server.missed > 0))
    server.without = undefined
    await using opened = await opening
    await opened.page.getByRole('heading', { name: 'Queues' }).waitFor()
    assert.deepEqual(opened.faults, [])
  })
})
