// A board in a page of another site, as Chromium sees it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { good } from '../../../../../tools/testbed/certificates.ts'
import { noBrowser, startBrowser } from '../../../../../tools/testbed/chromium.ts'
import { openBoard } from '../../support/board.ts'

const PAGE = fileURLToPath(new URL('../../../dist/page/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-framed-'))
after(() => rmSync(folder, { recursive: true, force: true }))

describe('in a page of another site', { skip: noBrowser }, () => {
  test('a display link shows its board, and nothing else is shown', { timeout: 90_000 }, async () => {
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    writeFileSync(certFile, good.cert)
    writeFileSync(keyFile, good.key, { mode: 0o600 })
    let framed = ''
    const intranet = createServer((_, response) => {
      response.setHeader('content-type', 'text/html').end(`<!doctype html><iframe src="${framed}"></iframe>`)
    })
    await new Promise<void>((resolve) => intranet.listen(0, 'localhost', resolve))
    const address = intranet.address()
    // localhost is another site than 127.0.0.1
    const origin = `http://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`
    const tiles = [{ type: 'text', text: 'Thank you for being here.', x: 0, y: 0, w: 12, h: 6 }]
    await using board = await openBoard(
      { tls: { certFile, keyFile }, frameAncestors: [origin], boards: { hall: { title: 'Hall', tiles } } },
      { pageFolder: PAGE },
    )
    const { identity, url } = board.wallboard
    const browser = await startBrowser()
    try {
      const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage()
      const link = identity.displays.make('hall', 'ann', Date.now())
      framed = `${url}/display/${link?.token}`
      await page.goto(origin)
      await page.frameLocator('iframe').getByText('Thank you for being here.').waitFor()
      // without a display's cookie there is only what Chromium says itself
      const stranger = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage()
      const refused = stranger.waitForEvent('console', (said) => /frame-ancestors|X-Frame-Options/i.test(said.text()))
      framed = `${url}/`
      await stranger.goto(origin)
      await refused
      assert.ok(!stranger.frames().some((frame) => frame.url().startsWith(url)))
    } finally {
      await browser.close()
      intranet.close()
    }
  })
})
