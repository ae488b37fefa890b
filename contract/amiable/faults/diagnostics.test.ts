import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

test('docs/reference/diagnostics.md has each channel with the fields of its payload, and no other', () => {
  const source = read('packages/amiable/src/diagnostics.ts')
  const declared = [...source.matchAll(/^ {2}'(ami:\w+)': \{ (.*) \}$/gm)].map(([, name, fields = '']) => [
    name,
    [...fields.matchAll(/(\w+)\??:/g)].map(([, field]) => field).filter((field) => field !== 'source'),
  ])
  const rows = [...read('docs/reference/diagnostics.md').matchAll(/^\| `(ami:\w+)`\s*\|[^|]*\| (.*) \|$/gm)]
  const documented = rows.map(([, name, fields = '']) => [
    name,
    [...fields.matchAll(/`(\w+)`/g)].map(([, field]) => field),
  ])
  assert.ok(declared.length >= 8)
  assert.deepEqual(documented, declared)
})
