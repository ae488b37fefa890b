// Every page on a phone in light and on a desk in dark: readable for everybody, and nothing too wide. The other themes and
// sizes are looked at in the soak.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { noBrowser } from '../../../../../tools/testbed/chromium.ts'
import { useBrowser } from '../support/browser.ts'
import { faultsOfBare, faultsOfPages, type Look } from '../support/looks.ts'

const LOOKS: readonly Look[] = [
  { width: 360, height: 760, theme: 'light' },
  { width: 1280, height: 800, theme: 'dark' },
]

useBrowser()

describe('every page', { skip: noBrowser }, () => {
  for (const look of LOOKS) {
    test(`${look.theme}, ${look.width} wide`, async () => {
      assert.deepEqual([...(await faultsOfPages(look)), ...(await faultsOfBare(look))], [])
    })
  }
})
