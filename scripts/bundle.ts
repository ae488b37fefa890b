// The JavaScript that is published, from the sources: two entries, and once what both need. tsc makes the declarations.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const PACKAGE = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages/amiable')

// Node takes about half a millisecond for each file of an import: the library is about sixty
const { outputFiles } = await build({
  absWorkingDir: PACKAGE,
  entryPoints: ['src/index.ts', 'src/testing/index.ts'],
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
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
  mkdirSync(dirname(path), { recursive: true })
  const made = `${path}.${process.pid}`
  writeFileSync(made, text)
  renameSync(made, path)
}
const written = new Set(outputFiles.map(({ path }) => path))
for (const name of readdirSync(join(PACKAGE, 'dist'), { recursive: true, encoding: 'utf8' })) {
  const path = join(PACKAGE, 'dist', name)
  if (/\.js(?:\.map)?$/.test(name) && !written.has(path)) rmSync(path, { force: true })
}
