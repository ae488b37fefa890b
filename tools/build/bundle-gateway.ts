// The gateway as it is published: one chunk a verb, with the settings inside and every other package outside.
import { readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { jsonSchemas } from '../../packages/amiable-gateway/src/schema/json-schema.ts'
import { PROGRAM, WITH_REQUIRE } from './bundle-options.ts'
import { licencesOf } from './licences.ts'
import { filesOf, type Made, published, writeMade } from './made-files.ts'

const PACKAGE = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'packages/amiable-gateway')
const DIST = join(PACKAGE, 'dist')

/** Makes the JavaScript of `packages/amiable-gateway/dist`; tsc makes the declarations of its entries. */
export async function bundleGateway(): Promise<void> {
  const { dependencies } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const { outputFiles, metafile } = await build({
    ...PROGRAM,
    absWorkingDir: PACKAGE,
    entryPoints: ['src/main.ts'],
    outbase: 'src',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    external: Object.keys(dependencies),
    banner: WITH_REQUIRE,
    metafile: true,
    write: false,
  })
  const made: Made[] = outputFiles.map(({ path, text }) => [path, published(text)])
  made.push([join(DIST, 'THIRD-PARTY.txt'), licencesOf('amiable-gateway', PACKAGE, metafile)])
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    made.push([join(DIST, `schema/${name}.json`), `${JSON.stringify(schema, undefined, 2)}\n`])
  }
  made.push(...(await client('esm')), ...(await client('cjs')), ...declarations())
  writeMade(made)
  const paths = new Set(made.map(([path]) => path))
  for (const name of filesOf(DIST)) {
    if (/\.js$/.test(name) && !paths.has(join(DIST, name))) rmSync(join(DIST, name), { force: true })
  }
}

/** The entry for programs: one file, which asks nothing of Node. */
async function client(format: 'esm' | 'cjs'): Promise<Made[]> {
  const outdir = format === 'cjs' ? 'dist/cjs' : 'dist'
  const { outputFiles = [] } = await build({
    absWorkingDir: PACKAGE,
    entryPoints: ['src/client/index.ts'],
    outdir,
    outbase: 'src',
    bundle: true,
    platform: 'neutral',
    target: 'es2022',
    format,
    packages: 'external',
    legalComments: 'none',
    write: false,
  })
  const code = outputFiles.map(({ path, text }): Made => [path, published(text)])
  return format === 'cjs' ? [...code, [join(DIST, 'cjs/package.json'), '{ "type": "commonjs" }\n']] : code
}

/** Those of tsc, a second time for CommonJS. */
function declarations(): Made[] {
  const names = filesOf(DIST).filter((name) => name.endsWith('.d.ts') && !name.startsWith('cjs/'))
  return names.map((name): Made => [join(DIST, 'cjs', name), readFileSync(join(DIST, name), 'utf8')])
}
