// The reference of the library, out of its doc comments.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from './markdown.ts'

const SITE = fileURLToPath(new URL('../', import.meta.url))
const SOURCE = join(SITE, '../packages/amiable/src')
const MADE = join(SITE, 'dist/.api')

/** Each entry of the library, by its name on the site. */
const ENTRIES = {
  amiable: 'index.ts',
  agi: 'agi/index.ts',
  catalog: 'catalog/index.ts',
  state: 'state/index.ts',
  testing: 'testing/index.ts',
}

/** Has TypeDoc write the reference, and returns its pages. A warning is an error. */
export function apiPages(): Page[] {
  rmSync(MADE, { recursive: true, force: true })
  mkdirSync(MADE, { recursive: true })
  // TypeDoc calls a module by the name of its file
  for (const [name, path] of Object.entries(ENTRIES)) {
    writeFileSync(join(MADE, `${name}.ts`), `export * from '${join(SOURCE, path)}'\n`)
  }
  writeFileSync(
    join(MADE, 'tsconfig.json'),
    JSON.stringify({ extends: join(SITE, 'tsconfig.api.json'), include: ['*.ts', join(SOURCE, '**/*.ts')] }),
  )
  const options = join(MADE, 'typedoc.json')
  writeFileSync(options, JSON.stringify(settings()))
  execFileSync(process.execPath, [join(SITE, 'node_modules/typedoc/bin/typedoc'), '--options', options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return readdirSync(join(MADE, 'out'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => ({ path: `api/${name.replaceAll('\\', '/')}`, text: readFileSync(join(MADE, 'out', name), 'utf8') }))
}

function settings() {
  return {
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: Object.keys(ENTRIES).map((name) => join(MADE, `${name}.ts`)),
    // they have pages of their own
    exclude: ['**/catalog/generated/**'],
    // a type that says no more than where it is used has no page
    validation: { notExported: false, invalidLink: true, invalidPath: true, unusedMergeModuleWith: true },
    tsconfig: join(MADE, 'tsconfig.json'),
    basePath: MADE,
    out: join(MADE, 'out'),
    readme: 'none',
    name: 'API',
    logLevel: 'Warn',
    treatWarningsAsErrors: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    disableSources: true,
    disableGit: true,
    entryFileName: 'index',
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    parametersFormat: 'table',
    propertiesFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    enumMembersFormat: 'table',
    expandObjects: false,
  }
}
