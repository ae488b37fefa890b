// The JavaScript that is published, from the sources: its entries, and once what they share. tsc makes the declarations.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const PACKAGE = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'packages/amiable')

// Node takes half a millisecond and more for each file that it imports, and the client alone is about fifty
const { outputFiles } = await build({
  absWorkingDir: PACKAGE,
  entryPoints: ['src/index.ts', 'src/catalog/index.ts', 'src/testing/index.ts'],
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'shared-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  write: false,
})

// somebody may be importing it meanwhile: every file is whole at every moment
for (const { path, text } of outputFiles) {
  const code = withOwnNames(text)
  if (existsSync(path) && readFileSync(path, 'utf8') === code) continue
  mkdirSync(dirname(path), { recursive: true })
  const made = `${path}.${process.pid}`
  writeFileSync(made, code)
  renameSync(made, path)
}

// whatever an earlier build left: code that is no longer made, declarations whose source is gone, maps
const current = new Set(outputFiles.map(({ path }) => path))
for (const name of readdirSync(join(PACKAGE, 'dist'), { recursive: true, encoding: 'utf8' })) {
  const path = join(PACKAGE, 'dist', name)
  const source = /^(.+)\.d\.ts$/.exec(name)?.[1]
  const stale = source === undefined ? /\.(?:js|map)$/.test(name) : !existsSync(join(PACKAGE, 'src', `${source}.ts`))
  if (stale && !current.has(path)) rmSync(path, { force: true })
}

/** esbuild writes `var A = class _A` where a class speaks of itself, and then its name would be `_A`. */
function withOwnNames(code: string): string {
  const aliased = [...code.matchAll(/^var (\w+) = class _\1\b/gm)].map(([, name]) => name as string)
  return aliased.reduce((text, name) => text.replaceAll(new RegExp(`\\b_${name}\\b`, 'g'), name), code)
}
