// npm run generate [-- --docs 22=path --docs 16=path …] [--check]
// npm run generate -- --observe capture…: what captures of the wire hold that the catalog does not know
// npm run generate -- --source asterisk…: what the sources of an Asterisk print that the catalog does not know
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ArgumentError } from 'amiable'
import { readEvents } from 'amiable/testing'
import { obstacle } from '../../servers/asterisk/machine.ts'
import { build } from './build.ts'
import { readDocuments } from './documents.ts'
import { emitActions } from './emit/actions.ts'
import { emitAgi } from './emit/agi.ts'
import { emitEvents } from './emit/events.ts'
import { emitFields } from './emit/fields.ts'
import { emitKnown, emitKnownParameters } from './emit/known.ts'
import { emitSummaries, emitSynopses, emitUsages } from './emit/summaries.ts'
import { emitTables } from './emit/tables.ts'
import type { Version } from './merge.ts'
import { EXPLAINED, Observer } from './observe.ts'
import { missing, sources } from './places.ts'
import { scanSource } from './source-scan.ts'
import { parseXml } from './xml.ts'

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))
const BUILD = join(REPOSITORY, 'tools/servers/asterisk/build.sh')
const CATALOG = 'packages/amiable/src/catalog/generated'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    docs: { type: 'string', multiple: true, default: [] },
    check: { type: 'boolean', default: false },
    observe: { type: 'boolean', default: false },
    source: { type: 'boolean', default: false },
  },
})

if (values.observe) await observe(positionals).catch(refuse)
else if (values.source) positionals.forEach(scan)
else generate()

function generate(): void {
  const { catalog, corrections } = build(documentation(values.docs).map(read))
  const files = {
    [`${CATALOG}/actions.ts`]: emitActions(catalog),
    [`${CATALOG}/events.ts`]: emitEvents(catalog),
    [`${CATALOG}/agi.ts`]: emitAgi(catalog),
    [`${CATALOG}/tables.ts`]: emitTables(catalog),
    [`${CATALOG}/summaries.ts`]: emitSummaries(catalog),
    'packages/amiable/src/testing/actions/synopses.ts': emitSynopses(catalog),
    'packages/amiable/src/testing/apps/agi/usages.ts': emitUsages(catalog),
    'packages/amiable-cli/src/catalog/catalog.json': emitFields(catalog),
    'tools/codegen/known-headers.txt': emitKnown(catalog),
    'tools/codegen/known-parameters.txt': emitKnownParameters(catalog),
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
  console.log(
    `${catalog.actions.length} actions, ${catalog.events.length} events, ${catalog.agi.length} AGI commands; corrected: ${sum.join(', ')}`,
  )
  if (values.check && different > 0) process.exitCode = 1
}

async function observe(captures: readonly string[]): Promise<void> {
  const observer = new Observer()
  for (const file of captures) {
    // what holds nothing is refused with the reason
    for await (const { Event, headers } of readEvents(file)) observer.see(Event, headers.slice(1))
  }
  for (const finding of observer.findings()) {
    const why = EXPLAINED[finding]
    console.log(why === undefined ? finding : `${finding} (explained: ${why})`)
  }
  const gaps = observer.gaps().length
  console.log(`${observer.size} events seen, ${gaps} gaps`)
  if (gaps > 0) process.exitCode = 1
}

function scan(directory: string): void {
  const { findings, events } = scanSource(directory)
  for (const finding of findings) console.log(finding)
  console.log(`${directory}: ${events} events, ${findings.length} findings`)
  if (findings.length > 0) process.exitCode = 1
}

function refuse(error: unknown): void {
  if (!(error instanceof ArgumentError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

/** The documentations to read: those given by `--docs version=path`, or those of our own Asterisks, built if need be. */
function documentation(given: readonly string[]): { name: string; file: string }[] {
  if (given.length === 0) {
    for (const { version, directory } of missing()) {
      const why = obstacle()
      if (why) throw new Error(`Asterisk ${version} and its documentation cannot be had here: ${why}`)
      execFileSync('bash', [BUILD, version, directory], { stdio: 'inherit' })
    }
    return sources().map(({ version, file }) => ({ name: version, file }))
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
