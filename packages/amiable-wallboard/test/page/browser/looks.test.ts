// Every page in light and dark, on a phone, on a desk and on a big screen: readable for everybody, nothing too wide, and
// a picture of each for people to look at.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { axeFaults, noBrowser, open, shoot, useBrowser } from '../support/browser.ts'
import { PlayedWallboard, userOf } from '../support/played-wallboard.ts'

const SIZES = [
  { width: 360, height: 760 },
  { width: 1280, height: 800 },
  { width: 3840, height: 2160 },
]
const PAGES: Readonly<Record<string, string>> = {
  queues: '#/queues',
  'queue-open': `#/queues?open=${encodeURIComponent('lisbon/Support')}`,
  agents: '#/agents',
  'agent-open': `#/agents?open=${encodeURIComponent('lisbon/a1')}`,
  calls: '#/calls',
  call: `#/calls?open=${encodeURIComponent('berlin/call0')}`,
  lines: '#/lines',
  rooms: '#/rooms',
  phone: '#/phone',
}

useBrowser()

describe('every page', { skip: noBrowser }, () => {
  for (const theme of ['light', 'dark'] as const) {
    for (const viewport of SIZES) {
      test(`${theme}, ${viewport.width} wide`, async () => {
        await using server = await PlayedWallboard.start()
        await using opened = await open(`${server.origin}/`, { viewport, colorScheme: theme, reducedMotion: 'reduce' })
        const { page, faults } = opened
        for (const [name, hash] of Object.entries(PAGES)) {
          await page.evaluate((next) => {
            location.hash = next
          }, hash)
          await shown(page, name)
          faults.push(...(await looked(page, `${name}-${viewport.width}-${theme}`)))
        }
        // the table of queues and the list of agents, the panels, the help
        await page.evaluate(() => {
          location.hash = '#/queues'
        })
        await page.locator('[data-command=table]').click()
        await page.locator('table.dense').waitFor()
        faults.push(...(await looked(page, `queue-table-${viewport.width}-${theme}`)))
        await page.getByRole('button', { name: '2 alerts' }).click()
        faults.push(...(await looked(page, `alerts-${viewport.width}-${theme}`)))
        await page.keyboard.press('Escape')
        await page.keyboard.press('?')
        await page.locator('dialog[open]').waitFor()
        faults.push(...(await looked(page, `help-${viewport.width}-${theme}`)))
        assert.deepEqual(faults, [])
      })
    }
    test(`${theme}: the sign-in and the big screen`, async () => {
      await using server = await PlayedWallboard.start()
      for (const viewport of SIZES) {
        server.user = null
        server.signIn = 'local'
        await using entry = await open(server.origin, { viewport, colorScheme: theme })
        entry.faults.push(...(await looked(entry.page, `sign-in-${viewport.width}-${theme}`)))
        server.user = userOf('admin')
        await using wall = await open(`${server.origin}/wall/floor`, { viewport, colorScheme: theme })
        await wall.page.locator('.wall-grid canvas').waitFor()
        wall.faults.push(...(await looked(wall.page, `wall-${viewport.width}-${theme}`)))
        assert.deepEqual([...entry.faults, ...wall.faults], [])
      }
    })
  }
})

async function shown(page: Page, name: string): Promise<void> {
  const first = name === 'call' ? '.lane' : name === 'lines' ? '.trunk canvas' : '#main [data-row]'
  await page.locator(first).first().waitFor()
}

async function looked(page: Page, name: string): Promise<string[]> {
  await shoot(page, name)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  const found = (await axeFaults(page)).map((fault) => `${name}: ${fault}`)
  if (wide > 0) found.push(`${name}: ${wide} pixels wider than the window`)
  return found
}
