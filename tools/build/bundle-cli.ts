// The command as it is published: one chunk a verb, with the library and two packages inside, so that npx fetches one tarball.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build, type Metafile } from 'esbuild'
import { filesOf, type Made, published, writeMade } from './made-files.ts'

const execute = promisify(execFile)
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const PACKAGE = join(ROOT, 'packages/amiable-cli')
const DIST = join(PACKAGE, 'dist')

/** Makes `packages/amiable-cli/dist`, and takes away what an earlier build left there. */
export async function bundleCli(): Promise<void> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: PACKAGE,
    entryPoints: ['src/main.ts'],
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    splitting: true,
    chunkNames: '[name]-[hash]',
    // 'amiable' is its sources, so that a verb loads what it uses and no more
    tsconfig: join(ROOT, 'tools/runner/tsconfig.run.json'),
    // commander is CommonJS: what it requires of Node, ES modules must be given
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url)",
    },
    legalComments: 'none',
    metafile: true,
    write: false,
  })
  const made: Made[] = outputFiles.map(({ path, text }) => [path, published(text)])
  const catalog = JSON.parse(readFileSync(join(PACKAGE, 'src/catalog/catalog.json'), 'utf8'))
  made.push(
    [join(DIST, 'THIRD-PARTY.txt'), licencesOf(metafile)],
    [join(DIST, 'catalog.json'), JSON.stringify(catalog)],
  )
  writeMade(made)
  made.push(...(await manual()))
  writeMade(made)
  const paths = new Set(made.map(([path]) => path))
  for (const name of filesOf(DIST)) {
    if (!paths.has(join(DIST, name))) rmSync(join(DIST, name), { force: true })
  }
}

/** The pages of the manual, as what was just made prints them. */
async function manual(): Promise<Made[]> {
  const { stdout } = await execute(process.execPath, [join(PACKAGE, 'bin/amiable.cjs'), 'manual'])
  const pages = JSON.parse(stdout) as Record<string, string>
  return Object.entries(pages).map(([name, page]) => [join(DIST, name), page])
}

/** The names and licences of the packages whose code is inside. */
function licencesOf({ inputs }: Metafile): string {
  const names = Object.keys(inputs).flatMap((path) => {
    const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? []
    return folder === undefined ? [] : [folder]
  })
  const parts = [...new Set(names)].sort().map((folder) => {
    const at = join(PACKAGE, folder)
    const { name, version, license } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'))
    const file = ['LICENSE', 'LICENSE.md', 'license'].map((one) => join(at, one)).find(existsSync)
    return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(file, 'utf8').trim()}\n`
  })
  return `The command amiable contains code of these packages.\n\n${parts.join('\n\n')}`
}
