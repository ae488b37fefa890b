// The command as it is published: one chunk a verb, with the library and two packages inside, so that npx fetches one tarball.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { PROGRAM } from './bundle-options.ts'
import { type Chunk, grouped } from './chunk-groups.ts'
import { licencesOf } from './licences.ts'
import { filesOf, type Made, published, writeMade } from './made-files.ts'

const execute = promisify(execFile)
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const PACKAGE = join(ROOT, 'packages/amiable-cli')
const DIST = join(PACKAGE, 'dist')

const SOURCES: BuildOptions = {
  ...PROGRAM,
  absWorkingDir: PACKAGE,
  entryPoints: ['src/main.ts'],
  splitting: true,
  chunkNames: '[name]-[hash]',
  outExtension: { '.js': '.cjs' },
  // 'amiable' is its sources, so that a verb loads what it uses and no more
  tsconfig: join(ROOT, 'tools/runner/tsconfig.run.json'),
}

/** Makes the same as ES modules with maps, in a folder of their own: what runs there can be told from the sources. */
export async function bundleCliWithMaps(outdir: string): Promise<string> {
  const plugins = [leanCommander, leanEntries]
  await build({ ...SOURCES, plugins, outdir, outExtension: { '.js': '.mjs' }, sourcemap: true, sourcesContent: false })
  copyFileSync(join(PACKAGE, 'src/catalog/catalog.json'), join(outdir, 'catalog.json'))
  return join(outdir, 'main.mjs')
}

/** Makes `packages/amiable-cli/dist`, and takes away what an earlier build left there. */
export async function bundleCli(): Promise<void> {
  const { outputFiles, metafile } = await build({
    ...SOURCES,
    plugins: [leanCommander, leanEntries],
    metafile: true,
    write: false,
  })
  const chunks = outputFiles.map(({ path, text }) => ({ path, text: published(text) }))
  const files = await grouped(chunks, metafile, STARTS)
  const made: Made[] = files.map(({ path, text }) => [path, text])
  made.push([join(DIST, 'start.cjs'), await startOf(files)])
  const catalog = JSON.parse(readFileSync(join(PACKAGE, 'src/catalog/catalog.json'), 'utf8'))
  made.push(
    [join(DIST, 'THIRD-PARTY.txt'), licencesOf('amiable', PACKAGE, metafile)],
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

/** What loads the files, and knows them by a digest. */
async function startOf(files: readonly Chunk[]): Promise<string> {
  const digest = createHash('sha256')
  for (const { path, text } of files) digest.update(`${basename(path)}\n${text.length}\n${text}`)
  const { outputFiles } = await build({
    absWorkingDir: PACKAGE,
    entryPoints: ['src/start.ts'],
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    define: { BUILD: JSON.stringify(digest.digest('hex').slice(0, 16)) },
    write: false,
  })
  return published(outputFiles[0]?.text ?? '')
}

/** Each is one file with what it imports and those before it do not have. */
const STARTS = [
  'src/main.ts',
  'src/program.ts',
  'src/verbs/command.ts',
  '../amiable/src/catalog/facts.ts',
  'src/server/client.ts',
]

/**
 * What a file imports of an entry of another package comes from the file that has it. esbuild counts all files behind an
 * entry as needed by whoever imports one of them.
 */
const leanEntries: Plugin = {
  name: 'lean-entries',
  setup: ({ onLoad }) => {
    const homes = new Map<string, ReadonlyMap<string, string>>()
    onLoad({ filter: /[\\/]amiable-cli[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replace(
        /^(import|export) \{([^}]*)\} from '(amiable(?:-settings|\/\w+)?)'$/gm,
        (_, kind: string, names: string, entry: string) => {
          const home = homes.get(entry) ?? homesOf(entry)
          homes.set(entry, home)
          const parts = names.split(',').map((name) => name.trim())
          const lines = parts
            .filter((name) => name !== '' && !name.startsWith('type '))
            .map(
              (name) =>
                `${kind} { ${name} } from ${JSON.stringify(home.get(name.split(' ')[0] ?? '') ?? fileOf(entry))}`,
            )
          // what stands below keeps its line
          return lines.join('; ') + '\n'.repeat(names.split('\n').length - 1)
        },
      ),
    }))
  },
}

/** The file of each name that an entry exports from another. */
function homesOf(entry: string): ReadonlyMap<string, string> {
  const file = fileOf(entry)
  const exported = [...readFileSync(file, 'utf8').matchAll(/^export \{([^}]*)\} from '(.*)'$/gm)]
  return new Map(
    exported.flatMap(([, names = '', from = '']) =>
      names.split(',').map((name): [string, string] => [name.trim(), join(dirname(file), from)]),
    ),
  )
}

function fileOf(entry: string): string {
  const [name = '', folder = ''] = entry.split('/')
  return join(ROOT, 'packages', name, 'src', folder, 'index.ts')
}

/**
 * commander as ES modules, of which esbuild leaves out what is not used. It can also run other programs as verbs: this
 * command has none, and what starts programs takes long to load.
 */
const leanCommander: Plugin = {
  name: 'lean-commander',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]commander[\\/]lib[\\/]\w+\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replace(/^const childProcess = require\(.*\);$/m, 'const childProcess = {};')
        .replace(/^const EventEmitter = require\((.*)\)\.EventEmitter;$/m, 'import { EventEmitter } from $1;')
        .replace(/^const (\{.*\}|\w+) = require\((.*)\);$/gm, 'import $1 from $2;')
        .replace(/^exports\.(\w+) = \1;/gm, 'export { $1 };'),
    }))
    onLoad({ filter: /[\\/]commander[\\/]esm\.mjs$/ }, () => ({
      contents: `export { Command } from './lib/command.js'
export { CommanderError, InvalidArgumentError } from './lib/error.js'
export { Option } from './lib/option.js'`,
    }))
  },
}

/** The pages of the manual, as what was just made prints them. */
async function manual(): Promise<Made[]> {
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' }
  const { stdout } = await execute(process.execPath, [join(PACKAGE, 'bin/amiable.cjs'), 'manual'], { env })
  const pages = JSON.parse(stdout) as Record<string, string>
  return Object.entries(pages).map(([name, page]) => [join(DIST, name), page])
}
