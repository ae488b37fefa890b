// Debian's Chromium without a screen: it asks nobody for updates, and a page that asks another server, breaks the policy or
// has an error is noticed.
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { noBrowser, startBrowser } from '../../../../../tools/testbed/chromium.ts'

const AXE = readFileSync(join(dirname(createRequire(import.meta.url).resolve('axe-core')), 'axe.min.js'), 'utf8')
const SHOTS = fileURLToPath(new URL('../../../dist/shots', import.meta.url))

/** A page that is open, and what was wrong on it. */
export interface Opened extends AsyncDisposable {
  readonly page: Page
  readonly faults: string[]
}

let browser: Browser | undefined

/** Starts the browser before the tests of a file, and ends it after them. */
export function useBrowser(): void {
  before(async () => {
    if (noBrowser !== false) return
    browser = await startBrowser()
  })
  after(async () => {
    await browser?.close()
  })
}

/** Opens an address in a window of its own. */
export async function open(address: string, options: BrowserContextOptions = {}): Promise<Opened> {
  if (browser === undefined) throw new Error('there is no browser: call useBrowser() first')
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const faults: string[] = []
  const { origin } = new URL(address)
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message))
  page.on('console', (message) => {
    // a server that is away, or says no, is a matter of the test
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(?:data|blob):/.test(request.url()))
      faults.push(`asks ${request.url()}`)
  })
  await page.goto(address)
  await page.locator('#main').waitFor()
  return { page, faults, [Symbol.asyncDispose]: () => context.close() }
}

/** Returns what axe-core finds against WCAG 2.2 AA, and against good practice. */
export async function axeFaults(page: Page): Promise<string[]> {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(AXE)
  return await page.evaluate(async () => {
    interface Axe {
      run(
        options: object,
      ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>
    }
    const { axe } = window as unknown as { axe: Axe }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    const { violations } = await axe.run({ runOnly: tags, resultTypes: ['violations'] })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`),
    )
  })
}

/** Keeps a picture for people to look at: `dist/shots/NAME.jpg`. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: join(SHOTS, `${name}.jpg`), type: 'jpeg', quality: 70 })
}

/** Waits until something holds; says what there is where it does not. */
export async function eventually(holds: () => unknown, within = 10_000): Promise<void> {
  const until = performance.now() + within
  for (;;) {
    try {
      await holds()
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
