import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import { readSource, withoutComments } from '../../tools/checks/sources.ts'
import { ROOT } from './paths.ts'

const SOURCE = 'packages/amiable/src'

const { exports } = JSON.parse(readSource(ROOT, 'packages/amiable/package.json')) as {
  exports: Record<string, { import?: { default: string } }>
}
const entries = Object.values(exports).flatMap(({ import: built }) =>
  built === undefined ? [] : [built.default.replace('./dist/', '').replace(/\.js$/, '.ts')],
)
assert.ok(entries.length >= 3)

for (const entry of entries) {
  test(`every export of ${entry} has a doc comment`, () => {
    const names = exportsOf(`${SOURCE}/${entry}`)
    assert.ok(names.length > 0, 'it exports nothing')
    const bare = names.filter(({ name, path }) => !documented(name, readSource(ROOT, path)))
    assert.deepEqual(
      bare.map(({ name, path }) => `${name} in ${path}`),
      [],
    )
  })
}

test('an entry names what it exports, one by one', () => {
  for (const entry of entries) {
    assert.doesNotMatch(withoutComments(readSource(ROOT, `${SOURCE}/${entry}`)), /export\s+(?:type\s+)?\*/)
  }
})

/** The exported names of an entry, each with the file that declares it. */
function exportsOf(entry: string): { name: string; path: string }[] {
  const text = withoutComments(readSource(ROOT, entry))
  const elsewhere = [...text.matchAll(/export\s+(?:type\s+)?\{([^}]*)\}\s*from\s*'([^']+)'/g)].flatMap(
    ([, names = '', specifier = '']) =>
      names
        .split(',')
        .map((name) => name.trim().replace(/^type\s+/, ''))
        .filter((name) => name !== '')
        .map((name) => ({
          name: name.split(/\s+as\s+/)[0] ?? name,
          path: posix.join(posix.dirname(entry), specifier),
        })),
  )
  const here = [...text.matchAll(declaration('\\w+'))].map(([, name = '']) => ({ name, path: entry }))
  return [...elsewhere, ...here]
}

function documented(name: string, text: string): boolean {
  const found = [...text.matchAll(declaration(name))]
  return found.some(({ index }) => /\*\/\s*$/.test(text.slice(0, index)))
}

function declaration(name: string): RegExp {
  const kinds = '(?:declare\\s+)?(?:abstract\\s+)?(?:async\\s+)?(?:class|function\\*?|interface|type|const|let)'
  return new RegExp(`^export\\s+${kinds}\\s+(${name})\\b(?!\\s*(?:,|\\}))`, 'gm')
}
