// needs: asterisk-22
// The program `amiable-wallboard`, its page in a real browser, and a real Asterisk that is killed. A second client, which
// shares nothing with the wallboard, says what is true.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connect } from 'amiable'
import { watch } from 'amiable/state'
import type { Page } from 'playwright-core'
import { noBrowser, startBrowser } from '../../tools/testbed/chromium.ts'
import { withAsterisk } from '../targets.ts'
import { WallboardProcess } from './program.ts'

// far above what is measured, far below a wait for ever
const MOST = 30_000

withAsterisk(22, (place) => {
  describe(`the page of a wallboard on ${place.name}`, { skip: noBrowser }, () => {
    test('shows its queues and calls, acts on them, and dates them while it is killed', async (t) => {
      const { host, port, username, secret } = place
      await using oracle = await connect({ host, port, username, secret })
      await using state = watch(oracle)
      await state.ready()
      const wallboard = new WallboardProcess(place)
      t.after(() => wallboard.close())
      await wallboard.start()
      const browser = await startBrowser()
      try {
        const page = await browser.newPage({ locale: 'en-GB' })
        page.setDefaultTimeout(MOST)
        await page.goto(`${wallboard.url}/`)
        const card = (name: string) => page.locator('.queue-card', { has: page.locator('h2', { hasText: name }) })
        const same = async () => {
          for (const { name, callers } of state.queues) {
            assert.equal(await card(name).locator('.big strong').textContent(), String(callers.length), name)
          }
          assert.equal(await page.locator('.stale').count(), 0)
        }
        await eventually(same)

        // two callers whom nobody takes and who stay, and what the page shows of them
        for (const name of ['Carla', 'Dora']) {
          await oracle.send('Originate', {
            Channel: 'Local/echo@default',
            Application: 'Queue',
            Data: 'sales',
            CallerID: `${name} <100>`,
            Async: true,
          })
        }
        await eventually(() => assert.equal(state.queues.get('sales')?.callers.length, 2))
        await eventually(same)

        // a member: paused from the page, as Asterisk has it
        await page.goto(`${wallboard.url}/#/agents`)
        const tile = page.locator('.tile', { hasText: 'Agent One' })
        await tile.locator('[data-open]').click()
        await tile.locator('[data-verb=pause]').click()
        await tile.locator('.ask button[type=submit]').click()
        await tile.locator('.state', { hasText: 'Paused' }).waitFor()
        const one = () => state.queues.get('support')?.members.find(({ name }) => name === 'Agent One')
        await eventually(() => assert.notEqual(one()?.paused, undefined))
        await tile.locator('[data-verb=unpause]').click()
        await eventually(() => assert.equal(one()?.paused, undefined))

        // calls: as many as there are, and one of them hung up
        await page.goto(`${wallboard.url}/#/calls`)
        const living = () => [...state.calls].filter(({ phase }) => phase !== 'ended').length
        await eventually(async () => assert.equal(await rows(page), living()))
        const before = living()
        assert.ok(before >= 2, `${before} calls`)
        const first = page.locator('.call-table [data-row]').first()
        await first.locator('[data-verb=hangup]').click()
        await first.locator('.ask button[type=submit]').click()
        await eventually(async () => {
          assert.equal(living(), before - 1)
          assert.equal(await rows(page), living())
        })

        // kill -9: what is shown is dated until the new one is known
        await page.goto(`${wallboard.url}/#/queues`)
        await card('support').waitFor()
        await place.server.kill()
        await page.locator('.band', { hasText: 'pbx1 does not answer' }).waitFor()
        const looks = await page
          .locator('.band, .queue-card')
          .evaluateAll((all) => all.map(({ className, textContent }) => `${className}: ${textContent}`))
        for (const look of looks) assert.match(look, /^(?:band|card queue-card.* stale)\b/, looks.join('\n'))
        await place.server.start()
        await eventually(async () => {
          assert.equal(state.queues.get('sales')?.callers.length, 0)
          await same()
        })
      } finally {
        await browser.close()
      }
    })
  })
})

function rows(page: Page): Promise<number> {
  return page.locator('.call-table [data-row]').count()
}

/** Waits until something holds; says what there is where it does not. */
async function eventually(holds: () => unknown): Promise<void> {
  const until = performance.now() + MOST
  for (;;) {
    try {
      await holds()
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
