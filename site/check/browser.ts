// The site in a real browser: Debian's Chromium, in a network of its own server alone.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { runProgram } from '../../packages/amiable-cli/src/program.ts'
import { serve } from './serve.ts'

const CHROMIUM = '/usr/bin/chromium'
const AXE = readFileSync(join(dirname(createRequire(import.meta.url).resolve('axe-core')), 'axe.min.js'), 'utf8')

type Attempt = (name: string, work: () => unknown) => Promise<void>

/** Looks at pages of each kind, searches as a newcomer does, and uses the calculator. */
export async function browserChecks(
  folder: string,
  base: string,
  attempt: Attempt,
  skip: (name: string) => void,
): Promise<void> {
  if (!existsSync(CHROMIUM)) {
    const name = `the site in a browser: there is no ${CHROMIUM}`
    if (process.env.CI === 'true') await attempt(name, () => assert.fail('apt-get install chromium'))
    else skip(name)
    return
  }
  await using server = await serve(folder, base)
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    // as root there is no sandbox; and it asks nobody for updates
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-gpu'],
  })
  try {
    const at = (path: string) => `${server.origin}${base}${path}`
    await looks(browser, at, join(folder, '../shots'), attempt)
    await searches(browser, at, attempt)
    await calculates(browser, at, attempt)
    await withoutScripts(browser, at, attempt)
    await byKeyboard(browser, at, attempt)
  } finally {
    await browser.close()
  }
}

type At = (path: string) => string

/** A context in which a page that asks another server, or has an error, fails. */
async function opened(
  browser: Browser,
  at: At,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{ context: BrowserContext; page: Page; faults: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(at('')) && !request.url().startsWith('data:')) faults.push(`it asks ${request.url()}`)
  })
  return { context, page, faults }
}

const PAGES = ['index.html', 'guides/getting-started.html', 'actions/QueuePause.html', 'rights.html#actions=Originate']

async function looks(browser: Browser, at: At, shots: string, attempt: Attempt): Promise<void> {
  mkdirSync(shots, { recursive: true })
  for (const [width, height] of [
    [1280, 900],
    [390, 844],
  ] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await attempt(
        `four pages, ${width} wide, ${colorScheme}: no error, nothing too wide, readable for everybody`,
        async () => {
          const { context, page, faults } = await opened(browser, at, { viewport: { width, height }, colorScheme })
          for (const path of PAGES) {
            await page.goto(at(path), { waitUntil: 'networkidle' })
            const name = path.replace(/\.html.*$/, '').replaceAll('/', '-')
            await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`) })
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
            assert.ok(wide <= 0, `${path} is ${wide} pixels wider than the window`)
            faults.push(...(await axeOf(page)).map((fault) => `${path}: ${fault}`))
          }
          await context.close()
          assert.deepEqual(faults, [])
        },
      )
    }
  }
}

/** What axe-core finds against WCAG 2.1 AA. */
async function axeOf(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  return await page.evaluate(async () => {
    interface Axe {
      run(
        options: object,
      ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>
    }
    const { axe } = window as unknown as { axe: Axe }
    const { violations } = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
    )
  })
}

/** What somebody types, and the page that must be among the first results. */
const QUESTIONS: readonly (readonly [typed: string, page: string])[] = [
  ['TalkTime', 'events/AgentComplete.html'],
  ['PausedReason', 'events/QueueMemberPause.html'],
  ['DestUniqueid', 'events/DialBegin.html'],
  ['Cause-txt', 'events/Hangup.html'],
  ['QueueMember', 'events/QueueMember.html'],
  ['member pause', 'events/QueueMemberPause.html'],
  ['queuepause', 'actions/QueuePause.html'],
  ['AMI_LOST', 'reference/errors.html#ami_lost'],
  ['AMI_REFUSED', 'reference/errors.html#ami_refused'],
  ['originate', 'actions/Originate.html'],
  ['originating', 'guides/originating-calls.html'],
  ['reconnect', 'guides/reconnection-and-delivery.html'],
]

async function searches(browser: Browser, at: At, attempt: Attempt): Promise<void> {
  const { context, page, faults } = await opened(browser, at)
  await page.goto(at('index.html'), { waitUntil: 'networkidle' })
  for (const [typed, wanted] of QUESTIONS) {
    await attempt(`a search for ${typed} leads to ${wanted}`, async () => {
      await page.keyboard.press('Control+k')
      const input = page.locator('.VPLocalSearchBox input')
      await input.fill(typed)
      const found = await page
        .waitForFunction(
          ({ prefix, wanted }) => {
            const all = [...document.querySelectorAll<HTMLAnchorElement>('.VPLocalSearchBox .result')]
            const first = all.slice(0, 6).map(({ href }) => href.slice(prefix.length))
            return first.some((path) => path === wanted || path.replace(/#.*$/, '') === wanted)
          },
          { prefix: at(''), wanted },
          { timeout: 20_000 },
        )
        .catch(() => undefined)
      if (found === undefined) {
        const results = await page.locator('.VPLocalSearchBox .result').allTextContents()
        assert.fail(`the first results are: ${results.slice(0, 6).join(' | ')}`)
      }
      await page.keyboard.press('Escape')
    })
  }
  await context.close()
  await attempt('no search has an error', () => assert.deepEqual(faults, []))
}

async function calculates(browser: Browser, at: At, attempt: Attempt): Promise<void> {
  await attempt('the calculator says what `amiable rights` prints', async () => {
    const { context, page, faults } = await opened(browser, at)
    await page.goto(at('rights.html'), { waitUntil: 'networkidle' })
    await page.getByLabel('Find actions').fill('originate')
    await page.getByRole('checkbox', { name: 'Originate', exact: true }).check()
    await page.getByLabel('Find actions').fill('SIPpeers')
    await page.getByRole('checkbox', { name: 'SIPpeers', exact: true }).check()
    await page.getByLabel('Find events').fill('response')
    await page.getByRole('checkbox', { name: 'OriginateResponse', exact: true }).check()
    await page.getByLabel('Account').fill('dialler')
    await page.locator('.calculator select').selectOption('22')
    const shown = await page.locator('.calculator .result pre').textContent()
    const words = ['Originate', 'SIPpeers', '+OriginateResponse', '--asterisk', '22', '--name', 'dialler']
    assert.equal(shown?.trim(), (await printed(['rights', ...words])).trim())
    // the address holds the choice, so that it can be sent to somebody
    const address = page.url()
    await page.goto('about:blank')
    await page.goto(address, { waitUntil: 'networkidle' })
    assert.match((await page.locator('.calculator .result pre').textContent()) ?? '', /^write = originate,reporting$/m)
    await context.close()
    assert.deepEqual(faults, [])
  })
}

/** What the command prints. */
async function printed(words: readonly string[]): Promise<string> {
  let text = ''
  const writer = {
    line: async (line: string) => {
      text += `${line}\n`
    },
    offer: () => true,
  }
  const io = {
    out: writer,
    err: writer,
    env: {},
    signal: new AbortController().signal,
    isTerminal: {},
    columns: () => undefined,
    rows: () => undefined,
  }
  await runProgram(io as unknown as Parameters<typeof runProgram>[0], words, '0')
  return text
}

async function withoutScripts(browser: Browser, at: At, attempt: Attempt): Promise<void> {
  await attempt('without scripts a page shows every tab, and the calculator names the command', async () => {
    const { context, page } = await opened(browser, at, { javaScriptEnabled: false })
    await page.goto(at('actions/QueuePause.html'))
    for (const text of ['amiable send QueuePause', 'await ami.send', 'Action: QueuePause']) {
      assert.ok(await page.locator('.vp-code-group pre', { hasText: text }).first().isVisible(), text)
    }
    await page.goto(at('rights.html'))
    assert.match((await page.locator('main').textContent()) ?? '', /runs no scripts/)
    await context.close()
  })
}

async function byKeyboard(browser: Browser, at: At, attempt: Attempt): Promise<void> {
  await attempt('with the keyboard alone: to the content, to a tab, and by search to a page', async () => {
    const { context, page } = await opened(browser, at)
    await page.goto(at('actions/QueuePause.html'), { waitUntil: 'networkidle' })
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), 'Skip to content')
    await page.locator('.vp-code-group input').first().focus()
    await page.keyboard.press('ArrowRight')
    assert.ok(await page.locator('.vp-code-group pre', { hasText: 'await ami.send' }).isVisible(), 'the next tab')
    // a letter would be meant for the tabs
    await page.keyboard.press('Control+k')
    await page.locator('.VPLocalSearchBox input').waitFor()
    await page.keyboard.type('QueueMemberPause')
    await page.locator('.VPLocalSearchBox .result', { hasText: 'QueueMemberPause' }).first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/events\/QueueMemberPause/)
    await context.close()
  })
}
