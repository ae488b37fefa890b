// A press on a board that changes under the pointer: it reaches what was aimed at, or nothing. And the focus stays with
// its row.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { noBrowser } from '../../../../../tools/testbed/chromium.ts'
import type { CallerRow } from '../../../src/protocol/rows.ts'
import { eventually, open, useBrowser } from '../support/browser.ts'
import { PlayedWallboard } from '../support/played-wallboard.ts'

useBrowser()

const QUEUE = `/#/queues?open=${encodeURIComponent('lisbon/Support')}`

async function middleOf(button: Locator): Promise<[x: number, y: number]> {
  const box = await button.boundingBox()
  assert.ok(box, 'the button is shown')
  return [box.x + box.width / 2, box.y + box.height / 2]
}

function deedsOf({ acted }: PlayedWallboard): unknown[] {
  return acted.map(({ verb, key }) => [verb, key])
}

/** Says above all rows that a server does not answer: everything moves down. */
function pushDown(server: PlayedWallboard): void {
  server.patch([['set', 'servers', 'berlin', { state: 'stale', asOf: Date.now(), connected: false }]])
}

describe('a press', { skip: noBrowser }, () => {
  test('on a row that moves between down and up is a press on that row', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(`${server.origin}/#/rooms`)
    const { page } = opened
    server.patch([['set', 'rooms', 'r1', { server: 'lisbon' }]])
    const lock = page.locator('[data-row=r1] [data-verb=lock]')
    const before = await middleOf(lock)
    await page.mouse.move(...before)
    await page.mouse.down()
    pushDown(server)
    await page.locator('.band').first().waitFor()
    assert.notDeepEqual(await middleOf(lock), before)
    await page.mouse.up()
    await eventually(() => assert.deepEqual(deedsOf(server), [['lock', 'r1']]))
    assert.deepEqual(opened.faults, [])
  })

  test('within the moment in which the page moves under the pointer is for what was there before', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(`${server.origin}/#/rooms`)
    const { page } = opened
    const mute = page.locator('[data-row=p0] [data-verb=mute]')
    const [x, y] = await middleOf(mute)
    const times = await page.evaluateHandle(() => {
      const times = { over: 0, down: 0, pressed: 0 }
      document.addEventListener('pointerdown', ({ timeStamp }) => {
        times.down = timeStamp
      })
      return times
    })
    // a machine under load may press later than a person would need to see it: then it is done again
    for (let nth = 0; ; nth++) {
      await page.mouse.move(x + (nth % 2), y)
      // another button comes where this one was, and is pressed in the same moment
      await times.evaluate((times) => {
        const other = document.createElement('button')
        other.id = 'other'
        other.style.cssText = 'position: fixed; inset: 0; z-index: 9'
        other.onpointerover = ({ timeStamp }) => {
          times.over = timeStamp
        }
        other.onclick = () => {
          times.pressed++
        }
        document.body.append(other)
      })
      await page.mouse.down()
      await page.mouse.up()
      const { over, down, pressed } = await times.jsonValue()
      if (down - over > 200) {
        await page.evaluate(() => document.getElementById('other')?.remove())
        continue
      }
      assert.equal(pressed, nth)
      break
    }
    await eventually(() => assert.deepEqual(deedsOf(server), [['mute', 'p0']]))
  })

  test('never reaches the row that comes to the place of one that is gone', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin + QUEUE)
    const { page } = opened
    const key = 'lisbon/Support/c1'
    const [x, y] = await middleOf(page.locator(`[data-row="${key}"] [data-verb=withdraw]`))
    await page.mouse.move(x, y)
    server.patch([['del', 'callers', key]])
    // its place stays empty for as long as somebody is about to press
    let nth = 0
    await eventually(async () => {
      await page.mouse.move(x + (++nth % 2), y)
      assert.equal(await page.locator(`[data-row="${key}"][inert]`).count(), 1)
    })
    await page.mouse.down()
    await page.mouse.up()
    assert.equal(await page.locator('.ask').count(), 0)
    // and no longer
    await page.locator(`[data-row="${key}"]`).waitFor({ state: 'detached' })
    await page.mouse.move(x, y - 1)
    await page.mouse.down()
    await page.mouse.up()
    await page.locator('[data-row="lisbon/Support/c2"] .ask').waitFor()
    assert.deepEqual(server.acted, [])
  })

  test('twice in the same moment does not answer the question that the first one asks', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(`${server.origin}${QUEUE}`)
    const { page } = opened
    for (const verb of ['withdraw', 'redirect', 'priority']) {
      await page.locator(`[data-row="lisbon/Support/c1"] [data-verb=${verb}]`).dblclick()
      await page.locator('.ask').waitFor()
      assert.deepEqual(server.acted, [])
      await page.keyboard.press('Escape')
      await page.locator('.ask').waitFor({ state: 'detached' })
    }
  })

  test('finds its button where it was, whatever becomes of an action beside it', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(`${server.origin}/#/rooms`)
    const { page } = opened
    const buttons = page.locator('#main [data-verb]')
    const places = () =>
      buttons.evaluateAll((all) => all.map((one) => Object.values(one.getBoundingClientRect().toJSON())))
    await buttons.first().waitFor()
    const before = await places()
    assert.ok(before.length > 4)
    await page.locator('[data-row=r1] [data-verb=lock]').click()
    await page.locator('[data-row=p0] [data-verb=mute]').click()
    await page.locator('[data-row=k0] [data-verb=pick]').click()
    await page.locator('.pending').nth(2).waitFor()
    assert.deepEqual(await places(), before)
    await eventually(() => assert.equal(server.acted.length, 3))
    const message = 'The server says something that is long, and longer than the row is.'
    const [first, ...others] = server.acted.map(({ id, verb, key }) => ({ id, verb, key, code: null, at: Date.now() }))
    assert.ok(first)
    for (const one of others) server.send('outcome', { ...one, state: 'failed', message })
    server.send('outcome', { ...first, state: 'done', message: null })
    await page.locator('.failed').nth(1).waitFor()
    assert.deepEqual(await places(), before)
    await page.locator('[data-row=r1] > header .pending').waitFor({ state: 'detached' })
    assert.deepEqual(await places(), before)
  })
})

test('who moves the pointer presses what is there now', { skip: noBrowser }, async () => {
  await using server = await PlayedWallboard.start()
  await using opened = await open(`${server.origin}/#/rooms`)
  const { page } = opened
  for (let count = 1; count <= 6; count++) {
    const wanted = count % 2 === 1 ? 'lock' : 'unlock'
    await page.locator(`[data-row=r1] [data-verb=${wanted}]:enabled`).click()
    await eventually(() => assert.equal(server.acted.length, count, 'the press was lost'))
    const { id, verb, key } = server.acted.at(-1) ?? assert.fail()
    server.patch([['set', 'rooms', 'r1', { locked: wanted === 'lock' }]])
    server.send('outcome', { id, verb, key, state: 'done', code: null, message: null, at: Date.now() })
  }
  assert.deepEqual(
    server.acted.map(({ verb }) => verb),
    ['lock', 'unlock', 'lock', 'unlock', 'lock', 'unlock'],
  )
})

describe('the focus', { skip: noBrowser }, () => {
  const focused = (page: Page) =>
    page.evaluate(() => [
      document.activeElement?.closest('[data-row]')?.getAttribute('data-row'),
      document.activeElement?.getAttribute('data-verb') ?? null,
    ])

  test('stays with its row while what was asked for is pending and when its button is another', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(`${server.origin}/#/rooms`)
    const { page } = opened
    await page.locator('[data-row=r1] [data-verb=lock]').focus()
    await page.keyboard.press('Enter')
    await eventually(() => assert.equal(server.acted.length, 1))
    await eventually(async () => assert.deepEqual(await focused(page), ['r1', null]))
    const { id, verb, key } = server.acted[0] as NonNullable<(typeof server.acted)[0]>
    server.patch([['set', 'rooms', 'r1', { locked: true }]])
    server.send('outcome', { id, verb, key, state: 'done', code: null, message: null, at: Date.now() })
    await page.locator('[data-row=r1] [data-verb=unlock]').waitFor()
    assert.deepEqual(await focused(page), ['r1', null])
    await page.keyboard.press('Tab')
    assert.deepEqual(await focused(page), ['r1', 'unlock'])
  })

  test('is in a question as soon as that is there', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin + QUEUE)
    const { page } = opened
    const isInAtOnce = page.evaluate(
      () =>
        new Promise((resolve) => {
          new MutationObserver(() => {
            const question = document.querySelector('.ask')
            if (question) resolve(question.contains(document.activeElement))
          }).observe(document.body, { subtree: true, childList: true })
        }),
    )
    await page.locator('[data-row="lisbon/Support/c1"] [data-verb=withdraw]').focus()
    await page.keyboard.press('Enter')
    assert.equal(await isInAtOnce, true)
  })

  test('goes to the next row where its own is gone, and Enter does nothing to that', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin + QUEUE)
    const { page } = opened
    await page.locator('[data-row="lisbon/Support/c1"] [data-verb=withdraw]').focus()
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Tab')
    assert.deepEqual(await focused(page), ['lisbon/Support/c1', 'withdraw'])
    server.patch([['del', 'callers', 'lisbon/Support/c1']])
    await eventually(async () => assert.deepEqual(await focused(page), ['lisbon/Support/c2', null]))
    await page.keyboard.press('Enter')
    assert.equal(await page.locator('.ask').count(), 0)
    assert.deepEqual(server.acted, [])
  })

  test('keeps its row in place while rows sort themselves anew, and Enter acts on it', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin + QUEUE)
    const { page } = opened
    const keys = () =>
      page
        .locator('[data-row^="lisbon/Support/c"]')
        .evaluateAll((all) => all.map((one) => one.getAttribute('data-row')))
    const before = await keys()
    await page.locator('[data-row="lisbon/Support/c1"] [data-verb=withdraw]').focus()
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Tab')
    const callers = server.rows.callers.filter(({ queueKey }) => queueKey === 'lisbon/Support')
    server.patch(
      callers.map((row: CallerRow) => ['set', 'callers', row.key, { position: 100 - row.position }] as const),
    )
    // longer than rows rest
    const since = performance.now()
    await eventually(async () => {
      assert.equal(await page.locator('[data-row="lisbon/Support/c1"] td').first().textContent(), '98')
      assert.ok(performance.now() - since > 2_500)
    })
    assert.deepEqual(await keys(), before)
    await page.keyboard.press('Enter')
    await page.locator('[data-row="lisbon/Support/c1"] .ask').waitFor()
    await page.keyboard.press('Enter')
    await eventually(() => assert.deepEqual(deedsOf(server), [['withdraw', 'lisbon/Support/c1']]))
    assert.deepEqual(opened.faults, [])
  })
})
