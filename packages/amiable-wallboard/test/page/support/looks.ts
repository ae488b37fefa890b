// Looks at every page as it is in a window of some size: for axe, for what is too wide, and for people.
import type { Page } from 'playwright-core'
import { axeFaults, open, shoot } from './browser.ts'
import { PlayedWallboard, userOf } from './played-wallboard.ts'

/** A window, and the colours that its computer likes. */
export interface Look {
  readonly width: number
  readonly height: number
  readonly theme: 'light' | 'dark'
}

/** A phone, a desk, and a screen on a wall. */
export const SIZES = [
  { width: 360, height: 760 },
  { width: 1280, height: 800 },
  { width: 3840, height: 2160 },
] as const

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

/** Looks at every page, and returns what is wrong. */
export async function faultsOfPages({ theme, ...viewport }: Look): Promise<string[]> {
  await using server = await PlayedWallboard.start()
  await using opened = await open(`${server.origin}/`, { viewport, colorScheme: theme, reducedMotion: 'reduce' })
  const { page, faults } = opened
  const look = async (name: string) => {
    faults.push(...(await looked(page, `${name}-${viewport.width}-${theme}`)))
  }
  for (const [name, hash] of Object.entries(PAGES)) {
    await page.evaluate((next) => {
      location.hash = next
    }, hash)
    const first = name === 'call' ? '.lane' : name === 'lines' ? '.trunk canvas' : '#main [data-row]'
    await page.locator(first).first().waitFor()
    await look(name)
  }
  await page.evaluate(() => {
    location.hash = '#/queues'
  })
  await page.locator('[data-command=table]').click()
  await page.locator('table.dense').waitFor()
  await look('queue-table')
  await page.getByRole('button', { name: '2 alerts' }).click()
  await look('alerts')
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.locator('dialog[open]').waitFor()
  await look('help')
  return faults
}

/** Looks at the sign-in and at the big screen, which have no frame. */
export async function faultsOfBare({ theme, ...viewport }: Look): Promise<string[]> {
  await using server = await PlayedWallboard.start()
  server.user = null
  server.signIn = 'local'
  await using entry = await open(server.origin, { viewport, colorScheme: theme })
  entry.faults.push(...(await looked(entry.page, `sign-in-${viewport.width}-${theme}`)))
  server.user = userOf('admin')
  await using wall = await open(`${server.origin}/wall/floor`, { viewport, colorScheme: theme })
  await wall.page.locator('.wall-grid canvas').waitFor()
  wall.faults.push(...(await looked(wall.page, `wall-${viewport.width}-${theme}`)))
  return [...entry.faults, ...wall.faults]
}

async function looked(page: Page, name: string): Promise<string[]> {
  await shoot(page, name)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  const found = (await axeFaults(page)).map((fault) => `${name}: ${fault}`)
  if (wide > 0) found.push(`${name}: ${wide} pixels wider than the window`)
  return found
}
