// npm run generate [-- --docs 22=path --docs 16=path …] [--check]
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from './build.ts'
import { readDocuments } from './documents.ts'
import { emitActions } from './emit/actions.ts'
import { emitEvents } from './emit/events.ts'
import { emitKnown } from './emit/known.ts'
import { emitTables } from './emit/tables.ts'
import type { Version } from './merge.ts'
import { documentationOf, missing } from './places.ts'
import { parseXml } from './xml.ts'

/** The real Asterisks that tools/asterisk builds, newest first. */
const VERSIONS = ['22', '16']
const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))
const CATALOG = 'packages/amiable/src/catalog'

const { values } = parseArgs({
  options: {
    docs: { type: 'string', multiple: true, default: [] },
    check: { type: 'boolean', default: false },
  },
})

const { catalog, corrections } = build(sources(values.docs).map(read))
const files = {
  [`${CATALOG}/actions.ts`]: emitActions(catalog),
  [`${CATALOG}/events.ts`]: emitEvents(catalog),
  [`${CATALOG}/tables.ts`]: emitTables(catalog),
  'tools/codegen/known-headers.txt': emitKnown(catalog),
}
let different = 0
for (const [name, text] of Object.entries(files)) {
  const file = join(REPOSITORY, name)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  different++
  if (values.check) console.error(`${name} is not what npm run generate writes`)
  else writeFileSync(file, text)
}
const sum = Object.entries(corrections).map(([table, count]) => `${table} ${count}`)
console.log(`${catalog.actions.length} actions, ${catalog.events.length} events; corrected: ${sum.join(', ')}`)
if (values.check && different > 0) process.exitCode = 1

/** The documentations to read: those given by `--docs version=path`, or those of our own Asterisks, built if need be. */
function sources(given: readonly string[]): { name: string; file: string }[] {
  if (given.length === 0) {
    for (const version of missing(VERSIONS)) {
      execFileSync('npm', ['run', 'asterisk', '--', 'up', version], { cwd: REPOSITORY, stdio: 'inherit' })
    }
    return VERSIONS.map((name) => ({ name, file: documentationOf(name) }))
  }
  const found = given.map((one) => {
    const match = /^(\d+)=(.+)$/.exec(one)
    if (!match?.[1] || !match[2]) throw new Error(`--docs takes version=path, not ${one}`)
    return { name: match[1], file: match[2] }
  })
  return found.sort((one, other) => Number(other.name) - Number(one.name))
}

function read({ name, file }: { name: string; file: string }): Version {
  return { name, documents: readDocuments(parseXml(readFileSync(file, 'utf8'))) }
}
