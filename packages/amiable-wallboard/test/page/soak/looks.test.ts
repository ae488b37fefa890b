// Every page in every theme and size, and a picture of each in dist/shots. The README has one of them:
// queues-1280-dark.jpg.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { noBrowser } from '../../../../../tools/testbed/chromium.ts'
import { useBrowser } from '../support/browser.ts'
import { faultsOfBare, faultsOfPages, SIZES } from '../support/looks.ts'

useBrowser()

describe('every page', { skip: noBrowser }, () => {
  for (const theme of ['light', 'dark'] as const) {
    for (const size of SIZES) {
      test(`${theme}, ${size.width} wide`, async () => {
        const look = { ...size, theme }
        assert.deepEqual([...(await faultsOfPages(look)), ...(await faultsOfBare(look))], [])
      })
    }
  }
})
