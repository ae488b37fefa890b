// Debian's Chromium without a screen, for tests of pages.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'

/** Why a test of the browser is left out: there is none, which CI does not accept. */
export const noBrowser = existsSync(CHROMIUM) || process.env.CI === 'true' ? false : `there is no ${CHROMIUM}`

/** Starts it; it asks nobody for updates. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-gpu',
      '--disable-dev-shm-usage',
    ],
  })
}
