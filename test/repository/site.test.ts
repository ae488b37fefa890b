// What the site's own check finds, and that its examples hold no secret. `npm run site -- --check` checks the site itself.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSite } from '../../tools/checks/built-pages.ts'
import { readSource, sourceFiles } from '../../tools/checks/sources.ts'
import { inFolder } from './in-folder.ts'
import { ROOT } from './paths.ts'

const faultsOf = (files: Record<string, string>) => inFolder(files, (folder) => checkSite(folder, '/docs/').faults)

test('the check of the site finds nothing where all is well', () => {
  const files = {
    'index.html': '<link href="/docs/a.css"><a href="/docs/b/c.html#here">c</a><a href="https://example.org/">out</a>',
    'a.css': '',
    'b/c.html':
      '<h1 id="here">c</h1><a href="../index.html">start</a><a href="#here">here</a><a href="/docs/">start</a>',
  }
  assert.deepEqual(faultsOf(files), [])
})

for (const [what, html, fault] of [
  ['a dead link', '<a href="/docs/gone.html">gone</a>', /there is no \/docs\/gone\.html/],
  ['a dead anchor', '<a href="#gone">gone</a>', /#gone has no such heading/],
  ['a link out of its base', '<a href="/other.html">other</a>', /leads out of \/docs\//],
  ['a script of another server', '<script src="https://example.org/a.js"></script>', /loads https:\/\/example\.org/],
  ['a style that is not there', '<link rel="stylesheet" href="/docs/gone.css">', /gone\.css, which is not there/],
  ['a page that is too large', `<p>${'word '.repeat(20_000)}</p>`, /has \d+ bytes/],
] as const) {
  test(`it finds ${what}`, () => {
    const faults = faultsOf({ 'index.html': html })
    assert.equal(faults.length, 1, faults.join('\n'))
    assert.match(faults[0] ?? '', fault)
  })
}

test('it finds a page to which no link leads', () => {
  const faults = faultsOf({ 'index.html': '', 'lost.html': '<a href="index.html">start</a>' })
  assert.deepEqual(faults, ['no link leads to lost.html'])
})

test('the examples of the site hold no secret', () => {
  const examples = sourceFiles(ROOT, (path) => /^site\/examples\/.*\.ami$/.test(path))
  assert.equal(examples.length, 2)
  const secrets = examples.flatMap((path) =>
    readSource(ROOT, path)
      .split('\n')
      .filter((line) => /^(?:Secret|Password|Md5Cred): ?(?!\*\*\*$)\S/.test(line)),
  )
  assert.deepEqual(secrets, [])
})
