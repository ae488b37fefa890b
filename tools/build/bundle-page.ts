// The wallboard's page as a browser gets it: one script, one style sheet, and the document that names them.
import { readFileSync, rmSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { filesOf, type Made, writeMade } from './made-files.ts'

const PACKAGE = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'packages/amiable-wallboard')
const PAGE = join(PACKAGE, 'src/page')
const DIST = join(PACKAGE, 'dist/page')

/** Makes `packages/amiable-wallboard/dist/page`, and takes away what an earlier build left there. */
export async function bundlePage(): Promise<void> {
  const { outputFiles } = await build({
    absWorkingDir: PAGE,
    entryPoints: { page: 'main.tsx', style: 'main.css' },
    outdir: join(DIST, 'assets'),
    bundle: true,
    minify: true,
    platform: 'browser',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    format: 'esm',
    splitting: true,
    charset: 'utf8',
    legalComments: 'none',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    plugins: [leanPlot],
    write: false,
  })
  const assets = outputFiles.map(({ path, text }): Made => [path, text])
  const nameOf = (beginning: string) =>
    basename(assets.find(([path]) => basename(path).startsWith(beginning))?.[0] ?? '')
  // what has a hash in its name may be kept for ever, so the document alone says what is new
  const document = readFileSync(join(PAGE, 'index.html'), 'utf8')
    .replace('page.css', nameOf('style-'))
    .replace('page.js', nameOf('page-'))
  const made = new Map<string, string>([
    ...assets,
    [join(DIST, 'index.html'), document],
    [join(DIST, 'icon.svg'), readFileSync(join(PAGE, 'icon.svg'), 'utf8')],
  ])
  writeMade(made)
  for (const name of filesOf(DIST)) {
    if (extname(name) !== '' && !made.has(join(DIST, name))) rmSync(join(DIST, name), { force: true })
  }
}

/**
 * uPlot without what it hangs on its function for others: bars, splines, joins and formats of dates. The page draws lines
 * and no more, and esbuild leaves out what nobody names.
 */
const leanPlot: Plugin = {
  name: 'lean-plot',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]uplot[\\/]dist[\\/]uPlot\.esm\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const from = text.indexOf('\nuPlot.assign = ')
      const to = text.lastIndexOf('\nexport {')
      if (from === -1 || to < from) return { errors: [{ text: 'uPlot no longer ends with what it gives to others' }] }
      const contents = text.slice(0, from) + text.slice(to)
      return { contents }
    })
  },
}
