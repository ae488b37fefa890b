// The reference pages say what the code says.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { LIFECYCLE, withDiagram } from '../../tools/build/lifecycle-diagram.ts'
import { STATE_PAGE, withKinds } from '../../tools/build/state-kinds.ts'
import { readSource } from '../../tools/checks/sources.ts'
import { ROOT } from './paths.ts'

const errors = readSource(ROOT, 'packages/amiable/src/errors.ts')
const page = readSource(ROOT, 'docs/reference/errors.md')

test('docs/reference/errors.md has a heading for each code, and none for another', () => {
  const union = /export type AmiErrorCode =([\s\S]*?)\n\n/.exec(errors)?.[1] ?? ''
  const codes = [...union.matchAll(/'(A[MG]I_\w+)'/g)].map(([, code]) => code)
  const headings = [...page.matchAll(/^## (A[MG]I_\w+)$/gm)].map(([, code]) => code)
  assert.ok(codes.length > 0)
  assert.deepEqual(headings.sort(), codes.sort())
})

test('docs/reference/errors.md names for each code its class and the fields it adds', () => {
  const classes = [...errors.matchAll(/export class (\w+)[^{]*extends AmiError \{([\s\S]*?)\n\}/g)]
  assert.equal(classes.length, [...page.matchAll(/^## A[MG]I_/gm)].length)
  for (const [, name = '', body = ''] of classes) {
    const code = /code = '(A[MG]I_\w+)'/.exec(body)?.[1]
    const section = page.split(`\n## ${code}\n`)[1]?.split('\n## ')[0] ?? ''
    assert.ok(section.trimStart().startsWith(`\`${name}\``), `${code} is ${name}`)
    for (const [, field] of body.matchAll(/^ {2}readonly (\w+):/gm)) {
      assert.ok(section.includes(`\`${field}\``), `${name} has ${field}`)
    }
  }
})

test('docs/reference/lifecycle.md shows the transition table (node --import tsx tools/build/lifecycle-diagram.ts writes it)', () => {
  const lifecycle = readFileSync(LIFECYCLE, 'utf8')
  assert.equal(lifecycle, withDiagram(lifecycle))
})

test('docs/reference/lifecycle.md explains every state, input and status', () => {
  const lifecycle = readFileSync(LIFECYCLE, 'utf8')
  const names = (path: string, type: RegExp, name: RegExp) => {
    const source = readSource(ROOT, `packages/amiable/src/link/${path}`)
    return [...(type.exec(source)?.[1] ?? '').matchAll(name)].map(([, found]) => found)
  }
  const union = (type: string) => new RegExp(`export type ${type} =([\\s\\S]*?)\\n\\n`)
  const expected = [
    ...names('machine.ts', union('State'), /'(\w+)'/g),
    ...names('machine.ts', union('Input'), /'(\w+)'/g),
    ...names('status.ts', /^([\s\S]*)$/, /readonly type: '(\w+)'/g),
  ]
  assert.ok(expected.length > 20)
  const unexplained = expected.filter((name) => !new RegExp(`^\\| \`${name}\` +\\|`, 'm').test(lifecycle))
  assert.deepEqual(unexplained, [])
})

test('docs/reference/diagnostics.md has each channel with the fields of its payload, and no other', () => {
  const source = readSource(ROOT, 'packages/amiable/src/diagnostics.ts')
  const declared = [...source.matchAll(/^ {2}'(a[mg]i:\w+)': \{ (.*) \}$/gm)].map(([, name, fields = '']) => [
    name,
    [...fields.matchAll(/(\w+)\??:/g)].map(([, field]) => field).filter((field) => field !== 'source'),
  ])
  const rows = [
    ...readSource(ROOT, 'docs/reference/diagnostics.md').matchAll(/^\| `(a[mg]i:\w+)`\s*\|[^|]*\| (.*) \|$/gm),
  ]
  const documented = rows.map(([, name, fields = '']) => [
    name,
    [...fields.matchAll(/`(\w+)`/g)].map(([, field]) => field),
  ])
  assert.ok(declared.length >= 8)
  assert.deepEqual(documented, declared)
})

test('docs/reference/client.md has each option, method, property and count, and no other', () => {
  const sections = readSource(ROOT, 'docs/reference/client.md').split('\n## ')
  const rowsOf = (title: string) => {
    const section = sections.find((one) => one.startsWith(title)) ?? ''
    const cells = [...section.matchAll(/^\| (`.*?`) +\|/gm), ...section.matchAll(/^\| (`[^|]+`)\|/gm)]
    return cells.flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)/g)].map(([, name = '']) => name)).sort()
  }
  const source = (path: string) => readSource(ROOT, `packages/amiable/src/client/${path}`)
  const fieldsOf = (text: string, name: string) => {
    const body = new RegExp(`export interface ${name}\\b[^{]*\\{([\\s\\S]*?)\\n\\}`).exec(text)?.[1] ?? ''
    return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, field = '']) => field)
  }
  const limits = fieldsOf(readSource(ROOT, 'packages/amiable/src/wire/limits.ts'), 'Limits')
  assert.deepEqual(rowsOf('Options\n'), [...fieldsOf(source('options.ts'), 'ClientOptions'), ...limits].sort())
  const call = [source('calls/call.ts'), source('types.ts')].join('\n')
  assert.deepEqual(
    rowsOf('Options of a call'),
    [...new Set(['CallOptions', 'SendOptions', 'RawSendOptions'].flatMap((name) => fieldsOf(call, name)))].sort(),
  )
  assert.deepEqual(rowsOf('Counts'), fieldsOf(source('stats.ts'), 'Stats').sort())
  const client = source('client.ts')
  const members = [...client.matchAll(/^ {2}(?:async |get |readonly )?([a-z]\w*)(?:<.*)?[(:]/gm)].map(
    ([, name]) => name,
  )
  const inside = ['constructor']
  assert.deepEqual(rowsOf('Methods'), [...new Set(members)].filter((name) => !inside.includes(name ?? '')).sort())
})

test('docs/reference/state.md shows the table of kinds (node --import tsx tools/build/state-kinds.ts writes it)', () => {
  const state = readFileSync(STATE_PAGE, 'utf8')
  assert.equal(state, withKinds(state))
})

test('docs/reference/state.md has each option of a model and each freshness, and no other', () => {
  const source = (path: string) => readSource(ROOT, `packages/amiable/src/state/${path}`)
  const options = /export interface StateOptions \{([\s\S]*?)\n\}/.exec(source('options.ts'))?.[1] ?? ''
  const declared = [...options.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name)
  const types = [
    ...source('freshness.ts').matchAll(/^export interface Freshness\w+ \{\n {2}readonly type: '(\w+)'/gm),
  ].map(([, name]) => name)
  const rows = [...readFileSync(STATE_PAGE, 'utf8').matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name)
  assert.ok(declared.length > 5 && types.length > 4)
  assert.deepEqual(rows.toSorted(), [...declared, ...types].toSorted())
})
