// needs: both
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { actions, agiCommands, events, isAvailable } from 'amiable/catalog'
import { missing, sources } from '../../tools/codegen/src/places.ts'
import { FROM_SOURCES } from '../../tools/testbed/child.ts'
import { ROOT } from './paths.ts'
import { run } from './run.ts'

const COUNTS = {
  actions: Object.keys(actions).length,
  events: Object.keys(events).length,
  agi: Object.keys(agiCommands).length,
}
const CATALOG = Object.entries(COUNTS).map(([name, count]) => ({
  text: readFileSync(join(ROOT, `packages/amiable/src/catalog/generated/${name}.ts`), 'utf8'),
  count,
}))
const PAGE = readFileSync(join(ROOT, 'docs/reference/catalog.md'), 'utf8')
/** Asterisk has no page for these: it does not document them (tools/codegen/src/overlay/events.ts). */
const PAGELESS = /^(?:CC[A-Z]\w+|JabberStatus|MobileStatus|TestEvent)$/

// the documentation that it is made from comes with the servers: tools/runner/main.ts builds them first where it can
const absent = missing().map(({ version }) => version)
const why = `no documentation of Asterisk ${absent.join(' and ')} (it comes with the server: npm run asterisk -- up)`
const required = process.env.CI === 'true' || process.env.AMIABLE_ASTERISK === 'require'
const skip = absent.length > 0 && !required && why

test('the catalog is what npm run generate writes', { skip }, async () => {
  // nothing is built here: what could not be built before cannot be built now
  assert.ok(absent.length === 0, why)
  const said = await run(process.execPath, [...FROM_SOURCES, 'tools/codegen/src/main.ts', '--check'])
  const counted = [...(said.split('corrected: ')[1] ?? '').matchAll(/(\w+) (\d+)/g)].map(([, table = '', count]) => [
    table,
    count,
  ])
  assert.deepEqual(Object.fromEntries(corrections()), Object.fromEntries(counted))
})

test('the catalog carries no sentence of the documentation', { skip }, () => {
  assert.ok(absent.length === 0, why)
  const prose = sources().map(({ file }) => plain(readFileSync(file, 'utf8').replace(/<[^>]*>/g, ' ')))
  const sentences = CATALOG.flatMap(({ text }) => [...text.matchAll(/\/\*\*(.*?)\*\//gs)])
    .flatMap(([, comment = '']) => comment.split(/\n|(?<=\.) /))
    .map((line) => plain(line.replace(/^\s*\* ?/, '').replace(/\.\s*$/, '')))
    // fewer words are a fact and no sentence: "A number", "Default 5"
    .filter((line) => line.split(' ').length > 3)
  assert.ok(sentences.length > 100, `only ${sentences.length} sentences`)
  assert.deepEqual(
    [...new Set(sentences)].filter((one) => prose.some((text) => text.includes(one))),
    [],
  )
})

test('what is said of an action, an event or an AGI command ends with the address of its page', () => {
  for (const { text, count } of CATALOG) {
    const index = text.slice(text.lastIndexOf('export interface '))
    const entries = [...index.matchAll(/ {2}\/\*\*((?:(?!\*\/).)*)\*\/\n {2}'?([\w -]+?)'?:/gs)]
    assert.equal(entries.length, count)
    for (const [, comment = '', name = ''] of entries) {
      if (PAGELESS.test(name)) continue
      assert.match(comment.trim(), /https:\/\/docs\.asterisk\.org\/\w+\/API_Documentation\/A[GM]I_\w+\/[\w-]+\/$/, name)
    }
  }
})

test('docs/reference/catalog.md counts what is there', () => {
  const rows = [...PAGE.matchAll(/^\| (\d+|any) +\| (\d+) +\| (\d+) +\|$/gm)]
  assert.equal(rows.length, 7)
  assert.ok(PAGE.includes(`all ${COUNTS.agi} AGI commands`))
  for (const [, version = '', ...counted] of rows) {
    const has = (name: string) => version === 'any' || isAvailable(name, version)
    const found = [actions, events].map((all) => Object.keys(all).filter(has).length)
    assert.deepEqual(counted.map(Number), found, `Asterisk ${version}`)
  }
})

/** How many entries of each table of the overlay docs/reference/catalog.md tells of. */
function corrections(): [table: string, count: string | undefined][] {
  return [...PAGE.matchAll(/^\| (`\w+`(?:, `\w+`)*) +\| (\d+(?:, \d+)*) +\|/gm)].flatMap(
    ([, tables = '', counts = '']) => {
      const each = counts.split(', ')
      return tables.split(', ').map((table, at): [string, string | undefined] => [table.replaceAll('`', ''), each[at]])
    },
  )
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim().toLowerCase()
}
