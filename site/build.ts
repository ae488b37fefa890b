import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { exampleCounts } from './pages/indexes.ts'
import { writePages } from './pages/write.ts'

const SITE = import.meta.dirname
/** Where the site is built. */
export const OUT = join(SITE, 'dist/site')

/** Builds the site for a place on a server, and prints what it has. */
export async function build(base: string): Promise<void> {
  const began = performance.now()
  const pages = await writePages(base)
  rmSync(OUT, { recursive: true, force: true })
  execFileSync(process.execPath, [join(SITE, 'node_modules/vitepress/bin/vitepress.js'), 'build', SITE], {
    // it reports each step to standard output, and what is wrong to the other
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  // the Markdown of each page stands beside it, as llms.txt says
  for (const { path } of pages) {
    mkdirSync(dirname(join(OUT, path)), { recursive: true })
    copyFileSync(join(SITE, 'dist/.pages', path), join(OUT, path))
  }
  const sizes = readdirSync(OUT, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(OUT, name)))
    .map((file) => (file.isFile() ? file.size : 0))
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  const { pages: catalog, examples } = exampleCounts()
  console.log(
    `${pages.length} pages in ${((performance.now() - began) / 1000).toFixed(1)} s, ${(bytes / 1e6).toFixed(1)} MB in site/dist/site\n` +
      `${examples} of ${catalog} pages of actions and events have a real example`,
  )
}
