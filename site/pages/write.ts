// Writes every page of the site as Markdown, and the lists that VitePress reads: what stands beside the pages, and what a search finds.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { actionPage } from './action-page.ts'
import { apiPages } from './api.ts'
import { allActions, allEvents } from './catalog.ts'
import { cliPages } from './cli.ts'
import { documentPages } from './documents.ts'
import { eventPage } from './event-page.ts'
import { headerPages } from './headers.ts'
import { homePage } from './home.ts'
import { indexPages } from './indexes.ts'
import { llms } from './llms.ts'
import { type Page, page } from './markdown.ts'
import { programPages, programs } from './programs.ts'
import { sidebarOf } from './sidebar.ts'

const SITE = fileURLToPath(new URL('../', import.meta.url))

/** Writes the Markdown of the site, for a place on a server such as `/` or `/docs/`. Returns its pages. */
export async function writePages(base: string): Promise<readonly Page[]> {
  const examples = new Set(programs().keys())
  const pages = [
    homePage(examples),
    ...documentPages(examples),
    ...allActions.map(actionPage),
    ...allEvents.map(eventPage),
    ...indexPages(),
    ...headerPages(),
    rightsPage(),
    ...(await cliPages()),
    ...programPages(),
    ...apiPages(),
  ]
  const folder = join(SITE, 'dist/.pages')
  rmSync(folder, { recursive: true, force: true })
  for (const { path, text } of pages) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  mkdirSync(join(folder, 'public'), { recursive: true })
  copyFileSync(join(SITE, 'mark.svg'), join(folder, 'public/mark.svg'))
  writeFileSync(join(folder, 'public/llms.txt'), llms(pages, base))
  writeFileSync(join(folder, 'lists.json'), JSON.stringify({ base, sidebar: sidebarOf(pages), words: searchWords() }))
  return pages
}

function rightsPage(): Page {
  return page(
    'rights.md',
    'Rights calculator',
    'The section of manager.conf that your program needs.',
    'Tick the actions that your program sends and the events that it reads. You get the section of manager.conf that it needs, and not more.',
    'An action needs one of its classes, an event needs all of its classes. Where several classes would do, the weakest is taken: one that does not open the server itself. The command [`amiable rights`](/cli/rights) prints the same.',
    '<ClientOnly><RightsCalculator /></ClientOnly>',
    '<noscript><p>Your browser runs no scripts. <code>amiable rights</code> prints the same in a shell.</p></noscript>',
    'The matrices show it all at once: [actions](/actions/rights) and [events](/events/rights).',
  )
}

/** The headers of a channel and a bridge stand on one page: a search for one of them with a prefix leads to the event. */
function searchWords(): Record<string, string> {
  return Object.fromEntries(
    allEvents.flatMap(({ name, snapshots }) => {
      const words = snapshots.filter(({ prefix }) => prefix !== '').flatMap(({ names }) => names)
      return words.length === 0 ? [] : [[`events/${name}.md`, words.join(' ')]]
    }),
  )
}
