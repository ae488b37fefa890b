// The JavaScript that is published, from the sources, twice: as ES modules, the entries and what they share; and as one
// CommonJS file with an entry each (docs/decisions/commonjs.md). tsc makes the declarations, which the second has copied.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { bundleCli } from './bundle-cli.ts'
import { bundleGateway } from './bundle-gateway.ts'
import { bundlePage } from './bundle-page.ts'
import { bundleWallboard } from './bundle-wallboard.ts'
import { filesOf, type Made, published, writeMade } from './made-files.ts'

const PACKAGE = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'packages/amiable')
const DIST = join(PACKAGE, 'dist')
/** Each entry with its source. */
const ENTRIES = {
  index: 'src/index.ts',
  'catalog/index': 'src/catalog/index.ts',
  'agi/index': 'src/agi/index.ts',
  'state/index': 'src/state/index.ts',
  'testing/index': 'src/testing/index.ts',
}

const common: BuildOptions = {
  absWorkingDir: PACKAGE,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  write: false,
}

const made = new Map([...(await esModules()), ...(await commonJs())])

writeMade(made)

// whatever an earlier build left: code that is no longer made, declarations whose source is gone, maps
for (const name of filesOf(DIST)) {
  const path = join(DIST, name)
  if (made.has(path)) continue
  const source = /^(?:cjs\/)?(.+)\.d\.ts$/.exec(name)?.[1]
  const stale = source === undefined ? /\.(?:js|map)$/.test(name) : !existsSync(join(PACKAGE, 'src', `${source}.ts`))
  if (stale) rmSync(path, { force: true })
}

await bundleCli()
await bundlePage()
await bundleGateway()
await bundleWallboard()

/** Node takes half a millisecond and more for each file that it imports, and the client alone is about fifty. */
async function esModules(): Promise<Made[]> {
  const entryPoints = Object.values(ENTRIES)
  const options: BuildOptions = { entryPoints, outbase: 'src', splitting: true, chunkNames: 'shared-[hash]' }
  const { outputFiles = [] } = await build({ ...common, ...options, format: 'esm' })
  return outputFiles.map(({ path, text }) => [path, published(text)])
}

/** One file, for two would each have classes of their own; a folder that says that it holds CommonJS. */
async function commonJs(): Promise<Made[]> {
  const cjs = join(DIST, 'cjs')
  const names = Object.keys(ENTRIES)
  const lines = Object.entries(ENTRIES).map(([name, source]) => `export * as '${name}' from './${source}'`)
  const { outputFiles = [] } = await build({
    ...common,
    stdin: { contents: lines.join('\n'), resolveDir: PACKAGE, loader: 'ts' },
    format: 'cjs',
  })
  const declarations = filesOf(DIST).filter((name) => name.endsWith('.d.ts') && !name.startsWith('cjs/'))
  return [
    [join(cjs, 'package.json'), '{ "type": "commonjs" }\n'],
    [join(cjs, 'amiable.js'), published(outputFiles[0]?.text ?? '')],
    ...names.map((name): Made => {
      const up = name.includes('/') ? '..' : '.'
      const text = `'use strict'\nmodule.exports = Object.defineProperty(require('${up}/amiable.js')['${name}'], '__esModule', { value: true })\n`
      return [join(cjs, `${name}.js`), text]
    }),
    ...declarations.map((name): Made => [join(cjs, name), readFileSync(join(DIST, name), 'utf8')]),
  ]
}
