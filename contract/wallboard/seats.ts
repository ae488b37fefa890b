// People of a call centre before the page of a wallboard: each in a window of his own, signed in by the form.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Locator, Page } from 'playwright-core'

const PROGRAM = fileURLToPath(new URL('../../packages/amiable-wallboard/bin/amiable-wallboard.cjs', import.meta.url))
const PASSWORD = 'correct horse'

/** Writes a file of users who share a password; returns the line of the configuration that names it. */
export function writeUsers(folder: string, users: Readonly<Record<string, string>>): string {
  const { stdout, stderr } = spawnSync(process.execPath, [PROGRAM, 'password'], {
    input: `${PASSWORD}\n`,
    encoding: 'utf8',
  })
  const [digest] = /scrypt:\S+/.exec(stdout) ?? []
  if (digest === undefined) throw new Error(`amiable-wallboard password printed no digest: ${stdout}${stderr}`)
  const file = join(folder, 'users.yaml')
  const lines = Object.entries(users).map(([name, rest]) => `  ${name}: { password: "${digest}", ${rest} }`)
  writeFileSync(file, `users:\n${lines.join('\n')}\n`, { mode: 0o600 })
  return `signIn: { mode: local, usersFile: ${file} }`
}

/** How long a question stands open before somebody presses again, in milliseconds. */
const QUESTION = 10_000

/** Somebody before the page. */
export class Seat {
  readonly page: Page
  /** Errors of the page, and breaches of its policy. */
  readonly faults: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.faults.push(error.stack ?? error.message))
    page.on('console', (message) => {
      const text = message.text()
      if (message.type() === 'error' && !/Failed to load resource/.test(text)) this.faults.push(text)
    })
  }

  /** Opens a window, and signs in. */
  static async of(browser: Browser, url: string, name: string): Promise<Seat> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    const seat = new Seat(page)
    await page.goto(url)
    await page.getByLabel('User').fill(name)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.locator('.rail').waitFor()
    return seat
  }

  /** Goes to a page of the frame. */
  async go(hash: string): Promise<void> {
    await this.page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
  }

  /**
   * Presses the button of a verb, and answers what it asks: a value, or as often as is said that one is sure. Where the
   * row has just changed or is gone, the wallboard says so and does nothing: then somebody looks again, and presses again.
   */
  async press(within: string, verb: string, answer?: string | number): Promise<void> {
    for (let time = 0; ; time++) {
      // an answer is waited for once there is something to press: one that came later was missed, and pressed for twice
      await this.#button(within, verb).waitFor()
      const [answered, pressed] = await Promise.allSettled([
        this.page.waitForResponse((one) => one.url().endsWith('/api/act'), { timeout: QUESTION }),
        this.#press(within, verb, answer),
      ])
      // the question goes with the row that was asked about, where another takes its place
      if (answered.status === 'rejected' && time < 10) continue
      if (answered.status === 'rejected') throw answered.reason
      if (pressed.status === 'rejected') throw pressed.reason
      const response = answered.value
      if (response.status() === 202) return
      const { code, message } = (await response.json()) as { code: string; message: string }
      if (!['changed', 'gone'].includes(code) || time === 10)
        throw new Error(`${verb} was refused: ${code}, ${message}`)
      // the row of what is gone leaves the page by itself
      if (code === 'changed') await this.page.locator(within).first().locator('.failed').waitFor()
    }
  }

  async #press(within: string, verb: string, answer?: string | number): Promise<void> {
    const place = this.page.locator(within).first()
    await this.#button(within, verb).click()
    if (typeof answer === 'string') {
      const form = place.locator('.ask')
      await form.waitFor()
      const choice = form.locator('select')
      if ((await choice.count()) > 0) await choice.selectOption(answer)
      else await form.locator('input').fill(answer)
      await form.locator('button[type=submit]').click()
    } else {
      for (let time = 0; time < (answer ?? 0); time++) {
        await place.locator('.ask button[type=submit]').click({ timeout: QUESTION })
      }
    }
  }

  #button(within: string, verb: string): Locator {
    return this.page.locator(within).first().locator(`[data-verb=${verb}]:enabled`).first()
  }

  /** Returns the verbs that somebody finds on the page as it is now. */
  async verbs(): Promise<string[]> {
    const all = await this.page
      .locator('#main [data-verb]')
      .evaluateAll((found) => found.map((one) => one.getAttribute('data-verb') ?? ''))
    return [...new Set(all)].sort()
  }
}
