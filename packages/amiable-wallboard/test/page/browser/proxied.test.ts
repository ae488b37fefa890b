// A proxy in front that keeps what a stream says, or has pages of its own while the wallboard is away; and a page that
// Chromium freezes.
import assert from 'node:assert/strict'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { noBrowser } from '../../../../../tools/testbed/chromium.ts'
import type { QueueRow } from '../../../src/protocol/rows.ts'
import { eventually, open, useBrowser } from '../support/browser.ts'
import { PlayedWallboard } from '../support/played-wallboard.ts'

useBrowser()

/** A proxy in the hands of a test. */
class Between implements AsyncDisposable {
  /** What it does: hand on, keep the bodies of streams, or answer itself with a page of this status. */
  does: 'hand on' | 'keep' | number = 'hand on'
  #server: Server

  constructor(to: string) {
    this.#server = createServer((incoming, outgoing) => {
      const { does } = this
      if (typeof does === 'number') {
        outgoing.writeHead(does, { 'content-type': 'text/html' }).end('<h1>Try again later</h1>')
        return
      }
      const { method, headers, url = '/' } = incoming
      const asked = request(`${to}${url}`, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        outgoing.flushHeaders()
        if (does === 'hand on' || !url.startsWith('/api/stream')) answer.pipe(outgoing)
        else answer.resume()
        outgoing.on('close', () => answer.destroy())
      })
      asked.on('error', () => outgoing.destroy())
      incoming.pipe(asked)
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Ends every connection. */
  cut(): void {
    this.#server.closeAllConnections()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#server.close()
  }
}

describe('what is shown behind a proxy', { skip: noBrowser }, () => {
  test('is never called live while the proxy keeps the stream, and comes as snapshots', {
    timeout: 90_000,
  }, async () => {
    await using server = await PlayedWallboard.start()
    await using proxy = new Between(server.origin)
    await using opened = await open(await proxy.listen())
    const { page, faults } = opened
    await page.locator('.queue-card:not(.stale)').first().waitFor()
    proxy.does = 'keep'
    proxy.cut()
    const band = page.locator('.band', { hasText: 'The wallboard does not answer' })
    await band.waitFor()
    const seen = await page.evaluate(() => {
      const frames = { live: 0 }
      const look = () => {
        if (document.querySelector('.queue-card:not(.stale)') !== null) frames.live++
        requestAnimationFrame(look)
      }
      look()
      return Object.assign(window, { frames }).frames
    })
    assert.equal(seen.live, 0)
    server.rows.queues[0] = { ...(server.rows.queues[0] as QueueRow), waiting: 88 }
    const waiting = page.locator('[data-row="berlin/Sales"] .big strong')
    await eventually(async () => assert.equal(await waiting.textContent(), '88'), 30_000)
    assert.equal(await page.evaluate(() => (window as unknown as { frames: { live: number } }).frames.live), 0)
    proxy.does = 'hand on'
    proxy.cut()
    await band.waitFor({ state: 'detached' })
    assert.equal(await page.locator('.stale').count(), 0)
    assert.deepEqual(faults, [])
  })

  test('stays and is dated while the proxy answers with pages of its own, and is true again after it', {
    timeout: 90_000,
  }, async () => {
    await using server = await PlayedWallboard.start()
    await using proxy = new Between(server.origin)
    const origin = await proxy.listen()
    await using wall = await open(`${origin}/wall/floor`)
    await using opened = await open(origin)
    const { page } = opened
    for (const status of [502, 404, 403, 401, 200]) {
      await page.locator('.queue-card:not(.stale)').first().waitFor()
      await eventually(async () => assert.equal(await wall.page.locator('.wall-band').count(), 0))
      // both have their stream
      await eventually(() => assert.equal(server.streams, 2))
      const answered = page.waitForResponse((response) => response.url().includes('/api/view'))
      proxy.does = status
      proxy.cut()
      await answered
      await page.locator('.band', { hasText: 'The wallboard does not answer' }).waitFor()
      assert.ok((await page.locator('.queue-card.stale').count()) > 0, String(status))
      await wall.page.locator('.wall-band').waitFor()
      assert.ok((await wall.page.locator('.wall-tile').count()) > 0, String(status))
      proxy.does = 'hand on'
    }
    await eventually(async () => assert.equal(await page.locator('.band').count(), 0))
    const faults = [...opened.faults, ...wall.faults].filter((one) => !one.startsWith("EventSource's response"))
    assert.deepEqual(faults, [])
  })
})

test('a page that was frozen shows nothing of before as live when it goes on', { skip: noBrowser }, async () => {
  await using server = await PlayedWallboard.start()
  await using opened = await open(server.origin)
  const { page, faults } = opened
  await page.locator('.queue-card:not(.stale)').first().waitFor()
  await eventually(() => assert.equal(server.streams, 1))
  const session = await page.context().newCDPSession(page)
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
  // the stream is still open, and what it says waits in the browser
  server.patch([['set', 'queues', 'berlin/Sales', { waiting: 55 }]])
  const anew = page.waitForRequest((request) => request.url().includes('/api/stream?'))
  await session.send('Page.setWebLifecycleState', { state: 'active' })
  await anew
  await eventually(async () => {
    assert.equal(await page.locator('[data-row="berlin/Sales"] .big strong').textContent(), '55')
    assert.equal(await page.locator('.stale').count(), 0)
  })
  assert.equal(server.streams, 1)
  assert.deepEqual(faults, [])
})
