// What a page asks of the browser that it runs in, as Chromium gives it: notifications, a screen that stays awake, boards
// that take turns, a page that loads itself again, and a proxy in front.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { noBrowser } from '../../../../../tools/testbed/chromium.ts'
import { openBoard } from '../../support/board.ts'
import { axeFaults, eventually, open, shoot, useBrowser } from '../support/browser.ts'
import { PlayedWallboard, userOf } from '../support/played-wallboard.ts'
import { Rows } from '../support/rows.ts'

const PAGE = fileURLToPath(new URL('../../../dist/page/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-screens-'))
after(() => rmSync(folder, { recursive: true, force: true }))

useBrowser()

interface Watched {
  notes: { title: string; body: string }[]
  locks: WakeLockSentinel[]
}

/** Writes down which notifications a page makes, and which locks of the screen it gets; both stay the browser's own. */
async function watching(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: Watched = { notes: [], locks: [] }
    Object.assign(window, { seen })
    const Own = window.Notification
    window.Notification = class extends Own {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options)
        seen.notes.push({ title: this.title, body: this.body })
      }
    }
    const ask = WakeLock.prototype.request
    WakeLock.prototype.request = async function (type) {
      const lock = await ask.call(this, type)
      seen.locks.push(lock)
      return lock
    }
  })
  await page.reload()
}

const notes = (page: Page) => page.evaluate(() => (window as unknown as { seen: Watched }).seen.notes)
const awake = (page: Page) =>
  page.evaluate(() => (window as unknown as { seen: Watched }).seen.locks.map(({ released }) => !released))

const ALERT = { rule: 'nobodyReady', level: 'alarm', server: 'berlin', limit: null, since: 1 } as const

describe('a notification', { skip: noBrowser }, () => {
  test('is made of an alert once somebody wants it and the browser allows it', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const { page, faults } = opened
    await page.context().grantPermissions(['notifications'], { origin: server.origin })
    await watching(page)
    await page.locator('[data-row]').first().waitFor()
    await eventually(() => assert.ok(server.streams > 0))
    const said = page.locator('[aria-live=polite]')
    server.patch([['put', 'alerts', { ...ALERT, key: 'n1', subject: 'Returns' }]])
    await eventually(async () => assert.equal(await said.textContent(), 'Returns: nobody is ready'))
    assert.deepEqual(await notes(page), [], 'nobody asked for it')
    await page.getByRole('button', { name: '3 alerts' }).click()
    await page.getByLabel('Notifications of this computer').check()
    server.patch([['put', 'alerts', { ...ALERT, key: 'n2', subject: '<b>Sales</b>' }]])
    await eventually(async () => assert.equal((await notes(page)).length, 1))
    assert.equal((await notes(page))[0]?.body, '<b>Sales</b>: nobody is ready')
    assert.deepEqual(faults, [])
  })

  test('that the browser does not allow is not made, and the page says why', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const { page } = opened
    await page.context().grantPermissions([], { origin: server.origin })
    await watching(page)
    await page.locator('[data-row]').first().waitFor()
    await page.getByRole('button', { name: '2 alerts' }).click()
    const wants = page.getByLabel('Notifications of this computer')
    await wants.click()
    await page.getByText('The browser blocks notifications for this page.').waitFor()
    assert.equal(await wants.isChecked(), false)
    assert.deepEqual(await notes(page), [])
  })
})

describe('a display link', { skip: noBrowser }, () => {
  test('is made on the page, listed there, and revoked after a question; who may not make one sees none', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const { page, faults } = opened
    const account = page.getByRole('button', { name: 'Account' })
    await account.click()
    await page.getByRole('button', { name: 'Link for a screen: The floor' }).click()
    const address = page.getByLabel('Open this on the screen within a day. It works once.')
    await address.waitFor()
    assert.equal(await address.inputValue(), `${server.origin}/display/token-of-link0`)
    await page.locator('.links li', { hasText: 'not used yet' }).getByText('ann').waitFor()
    assert.deepEqual(await axeFaults(page), [])
    await shoot(page, 'display-links')
    await page.getByRole('button', { name: 'Revoke: The floor' }).click()
    assert.equal(server.displays.length, 1)
    await page.locator('.links').getByRole('button', { name: 'No' }).click()
    await page.getByRole('button', { name: 'Revoke: The floor' }).click()
    await page.locator('.links').getByRole('button', { name: 'Yes' }).click()
    await page.locator('.links li').waitFor({ state: 'detached' })
    assert.deepEqual(server.displays, [])
    server.user = userOf('agent')
    await page.reload()
    await account.click()
    await page.getByRole('link', { name: 'The floor' }).waitFor()
    assert.equal(await page.getByRole('button', { name: /Link for a screen/ }).count(), 0)
    assert.deepEqual(faults, [])
  })
})

describe('a board', { skip: noBrowser }, () => {
  test('keeps the screen awake, and again when it is shown again', async () => {
    await using server = await PlayedWallboard.start()
    server.user = userOf('display')
    await using opened = await open(`${server.origin}/wall/floor`)
    const { page, faults } = opened
    await watching(page)
    await page.locator('.wall-tile').first().waitFor()
    await eventually(async () => assert.deepEqual(await awake(page), [true]))
    // the browser takes the lock from a page that is hidden, and says when it is shown
    await page.evaluate(async () => {
      await (window as unknown as { seen: Watched }).seen.locks[0]?.release()
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await eventually(async () => assert.deepEqual(await awake(page), [false, true]))
    assert.deepEqual(faults, [])
  })

  test('says how many agents and callers there are, where a tile has no room for all', async () => {
    const rows = new Rows(Date.now())
    const [agent, caller] = [rows.agents[0]!, rows.callers[0]!]
    rows.agents.push(...Array.from({ length: 5_000 }, (_, at) => ({ ...agent, key: `berlin/n${at}` })))
    rows.callers.push(...Array.from({ length: 2_000 }, (_, at) => ({ ...caller, key: `berlin/n${at}` })))
    await using server = await PlayedWallboard.start(rows)
    await using opened = await open(`${server.origin}/wall/floor`)
    const { page, faults } = opened
    const heads = (type: string) => page.locator(`.wall-tile.of-${type} .wall-title`).textContent()
    await page.locator('.wall-agent').first().waitFor()
    assert.match((await heads('agents')) ?? '', /5,012$/)
    assert.match((await heads('callers')) ?? '', /2,0\d\d$/)
    assert.equal(await page.locator('.wall-agent').count(), 250)
    assert.deepEqual(faults, [])
  })

  test('whose name is written wrongly is none, and breaks nothing', async () => {
    await using server = await PlayedWallboard.start()
    for (const name of ['%', '%E0%A4%A', '<b>', '..%2f..%2fapi']) {
      await using opened = await open(`${server.origin}/wall/${name}`)
      await opened.page.locator('.wall').waitFor()
      assert.deepEqual(opened.faults, [], name)
    }
  })

  test('loads itself again when the wallboard has become another version, and not before', async () => {
    await using server = await PlayedWallboard.start()
    server.user = userOf('display')
    await using opened = await open(`${server.origin}/wall/floor`)
    const { page, faults } = opened
    await page.clock.install()
    await page.reload()
    await page.locator('.wall-tile').first().waitFor()
    await page.evaluate(() => Object.assign(window, { isOld: true }))
    const isOld = () => page.evaluate(() => 'isOld' in window)
    const asked = page.waitForResponse(/\/api\/me$/)
    await page.clock.fastForward(60_000)
    await asked
    assert.equal(await isOld(), true)
    server.version = '2'
    const loaded = page.waitForEvent('load')
    await page.clock.fastForward(60_000)
    await loaded
    await page.locator('.wall-tile').first().waitFor()
    assert.equal(await isOld(), false)
    assert.deepEqual(faults, [])
  })

  test('takes turns with those of its rotation, on a screen that has the link of one; others it does not show', async () => {
    const tile = (text: string) => [{ type: 'text', text, x: 0, y: 0, w: 12, h: 6 }]
    const rotation = ['hall', 'support']
    await using board = await openBoard(
      {
        boards: {
          hall: { title: 'Hall', tiles: tile('This is the hall.'), rotation },
          support: { title: 'Support', tiles: tile('This is support.'), rotation },
          cellar: { title: 'Cellar', tiles: tile('This is the cellar.') },
        },
      },
      { pageFolder: PAGE },
    )
    const { identity, url } = board.wallboard
    const link = identity.displays.make('hall', 'ann', Date.now())
    await using opened = await open(`${url}/`)
    const { page, faults } = opened
    await page.clock.install()
    await page.goto(`${url}/display/${link?.token}`)
    for (const text of ['This is the hall.', 'This is support.', 'This is the hall.']) {
      await page.getByText(text).waitFor()
      // what is shown has begun its turn
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))
      await page.clock.fastForward(10_000)
      assert.equal(await page.getByText(text).count(), 1)
      await page.clock.fastForward(11_000)
    }
    await page.getByText('This is support.').waitFor()
    assert.equal(new URL(page.url()).pathname, '/wall/support')
    // while the wallboard is away the last picture stays, marked, and the turns go on when it is back
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))
    await page.context().setOffline(true)
    await page.clock.fastForward(21_000)
    await page.locator('.wall-band', { hasText: 'The wallboard does not answer' }).waitFor()
    assert.equal(await page.getByText('This is support.').count(), 1)
    await page.context().setOffline(false)
    await page.getByText('This is the hall.').waitFor()
    await page.locator('.wall-band').waitFor({ state: 'detached' })
    await page.goto(`${url}/wall/cellar`)
    await page.getByText('There is no board with this name.').waitFor()
    assert.equal(await page.getByText('This is the cellar.').count(), 0)
    assert.deepEqual(faults, [])
  })
})

/** A proxy as it stands before a wallboard: it takes both headers away from what comes, and says who it is. */
function proxyTo(port: () => number, who: () => string | undefined): Server {
  return createServer((incoming, outgoing) => {
    const { 'x-forwarded-user': _user, 'x-amiable-secret': _secret, ...headers } = incoming.headers
    const name = who()
    const known = { 'x-amiable-secret': 'shared', ...(name !== undefined && { 'x-forwarded-user': name }) }
    const asked = request(
      {
        port: port(),
        host: '127.0.0.1',
        method: incoming.method,
        path: incoming.url,
        headers: { ...headers, ...known },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
        outgoing.on('close', () => answer.destroy())
      },
    )
    asked.on('error', () => outgoing.destroy())
    incoming.pipe(asked)
  })
}

test('behind a proxy that signs people in: each has his role, and nobody makes himself another', {
  skip: noBrowser,
}, async () => {
  const [usersFile, secret] = [join(folder, 'users.yaml'), join(folder, 'shared')]
  writeFileSync(usersFile, 'users: { ann: { role: supervisor }, vic: { role: viewer } }\n', { mode: 0o600 })
  writeFileSync(secret, 'shared\n', { mode: 0o600 })
  let name: string | undefined = 'ann'
  let target = 0
  const proxy = proxyTo(
    () => target,
    () => name,
  )
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const { port } = proxy.address() as AddressInfo
  try {
    await using board = await openBoard(
      {
        signIn: { mode: 'proxy', usersFile, networks: ['127.0.0.0/8'], secret: { file: secret } },
        hosts: [`127.0.0.1:${port}`],
      },
      { pageFolder: PAGE },
    )
    target = Number(new URL(board.wallboard.url).port)
    const agents = '/#/agents?open=pbx1%2FPJSIP%2F103'
    {
      await using opened = await open(`http://127.0.0.1:${port}${agents}`)
      const { page, faults } = opened
      const tile = page.locator('.tile', { hasText: 'Eve' })
      await tile.locator('[data-verb=pause]').click()
      await tile.locator('.ask button[type=submit]').click()
      // asked for and shown through the proxy, as a stream
      await tile.locator('.state', { hasText: 'Paused' }).waitFor()
      assert.deepEqual(faults, [])
    }
    name = 'vic'
    {
      await using opened = await open(`http://127.0.0.1:${port}${agents}`, {
        extraHTTPHeaders: { 'x-forwarded-user': 'ann', 'x-amiable-secret': 'shared' },
      })
      const { page } = opened
      await page.locator('.tile', { hasText: 'Eve' }).waitFor()
      assert.equal(await page.locator('#main [data-verb]').count(), 0)
    }
    // beside the proxy, and for somebody whom the file of users does not have, there is nothing to see
    for (const [user, address] of [
      ['vic', board.wallboard.url],
      ['eve', `http://127.0.0.1:${port}`],
    ] as const) {
      name = user
      await using opened = await open(address)
      const { page } = opened
      await page.locator('#main').waitFor()
      assert.equal(await page.locator('.queue-card').count(), 0)
      assert.equal((await page.request.get(`${address}/api/view?page=queues`)).status(), 401)
    }
  } finally {
    proxy.closeAllConnections()
    proxy.close()
  }
})
