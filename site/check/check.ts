import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkSite } from '../../tools/checks/built-pages.ts'
import { Report } from '../../tools/runner/report.ts'
import { OUT } from '../build.ts'
import { allActions, allEvents } from '../pages/catalog.ts'
import { cliPages, verbNames } from '../pages/cli.ts'
import { browserChecks } from './browser.ts'
import { compile } from './compile.ts'

/** Checks the site that was built for a base. Prints each check, and returns whether all is well. */
export async function check(base: string): Promise<boolean> {
  const report = new Report(console.log, process.stdout.isTTY)
  const attempt = async (name: string, work: () => unknown) => {
    try {
      await work()
      report.check(name)
    } catch (error) {
      report.check(name, `    ${(error instanceof Error ? error.message : String(error)).replaceAll('\n', '\n    ')}`)
    }
  }
  const site = checkSite(OUT, base)
  const verbs = verbNames(await cliPages())
  await attempt(
    `${site.pages} pages: ${site.links} links and their anchors, sizes to ${site.largest} bytes, every page reached`,
    () => {
      if (site.faults.length > 0) throw new Error(site.faults.slice(0, 40).join('\n'))
    },
  )
  await attempt('a page for each action, each event and each verb', () => {
    const wanted = [
      ...allActions.map(({ name }) => `actions/${name}.html`),
      ...allEvents.map(({ name }) => `events/${name}.html`),
      ...verbs.map((name) => `cli/${name}.html`),
    ]
    const lacking = wanted.filter((name) => !site.names.has(name))
    if (lacking.length > 0) throw new Error(`there is no ${lacking.join(', ')}`)
  })
  await attempt('the TypeScript of the pages of actions and events compiles, and that of the site', compile)
  mkdirSync(join(OUT, '..'), { recursive: true })
  writeFileSync(join(OUT, '../outside.txt'), `${[...site.outside].sort().join('\n')}\n`)
  console.log(`${site.outside.size} addresses outside, in site/dist/outside.txt: try them before a release`)
  await browserChecks(OUT, base, attempt, (name) => report.skip(name))
  console.log(`\n${report.lastLine}`)
  return report.failed === 0
}
