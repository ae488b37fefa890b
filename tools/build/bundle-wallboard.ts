// The wallboard's server as it is published: one file with every package inside, so that npx fetches one tarball.
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { PROGRAM, WITH_REQUIRE } from './bundle-options.ts'
import { licencesOf } from './licences.ts'
import { filesOf, type Made, published, writeMade } from './made-files.ts'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const PACKAGE = join(ROOT, 'packages/amiable-wallboard')
const DIST = join(PACKAGE, 'dist')

/** Makes the server in `packages/amiable-wallboard/dist`; the page beside it has a build of its own. */
export async function bundleWallboard(): Promise<void> {
  const { outputFiles, metafile } = await build({
    ...PROGRAM,
    absWorkingDir: PACKAGE,
    entryPoints: ['src/main.ts'],
    // 'amiable' is its sources
    tsconfig: join(ROOT, 'tools/runner/tsconfig.run.json'),
    banner: WITH_REQUIRE,
    metafile: true,
    write: false,
  })
  const made: Made[] = outputFiles.map(({ path, text }) => [path, published(text)])
  made.push([join(DIST, 'THIRD-PARTY.txt'), licencesOf('amiable-wallboard', PACKAGE, metafile)])
  writeMade(made)
  const paths = new Set(made.map(([path]) => path))
  for (const name of filesOf(DIST)) {
    if (/^[^/]+\.js$/.test(name) && !paths.has(join(DIST, name))) rmSync(join(DIST, name), { force: true })
  }
}
