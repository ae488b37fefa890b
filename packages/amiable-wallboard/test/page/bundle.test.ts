import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { LANGUAGES } from '../../src/page/languages/language.ts'

const DIST = fileURLToPath(new URL('../../dist/page', import.meta.url))
const MOST = 60_000
const assets = readdirSync(join(DIST, 'assets'))
const sizes = new Map(
  assets.map((name) => [name, gzipSync(readFileSync(join(DIST, 'assets', name)), { level: 9 }).length]),
)
const sizeOf = (beginning: string) =>
  [...sizes].filter(([name]) => name.startsWith(beginning)).reduce((sum, [, size]) => sum + size, 0)

for (const language of Object.keys(LANGUAGES)) {
  test(`the page in ${language} is 60 kB at most, with its styles and with its charts`, () => {
    const words = sizeOf(`${language.toLowerCase()}-`)
    const page = sizeOf('page-') + words
    const begin = page + sizeOf('style-') + gzipSync(readFileSync(join(DIST, 'index.html'))).length
    assert.ok(words > 0)
    assert.ok(begin <= MOST, `what the page begins with has ${begin} bytes`)
    // the charts come behind the page
    const scripts = page + sizeOf('uPlot')
    assert.ok(scripts <= MOST, `all scripts have ${scripts} bytes`)
  })
}

test('the document has no script and no style of its own, and nothing is from elsewhere', () => {
  const document = readFileSync(join(DIST, 'index.html'), 'utf8')
  assert.doesNotMatch(document, /<style|style=|\son\w+=|<script(?![^>]* src=)/)
  const addresses = [...document.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address)
  assert.ok(addresses.length >= 3)
  for (const address of addresses) assert.match(address ?? '', /^\/(?:assets\/)?[\w.-]+$/)
  for (const name of assets.filter((name) => name.endsWith('.css'))) {
    assert.doesNotMatch(readFileSync(join(DIST, 'assets', name), 'utf8'), /url\(|@import|@font-face/)
  }
  for (const name of assets.filter((name) => name.endsWith('.js'))) {
    const text = readFileSync(join(DIST, 'assets', name), 'utf8')
    const found = [...text.matchAll(/https?:\/\/[\w.-]+/g)].map(([address]) => address)
    // names of XML, which nobody fetches
    assert.deepEqual(
      found.filter((address) => address !== 'http://www.w3.org'),
      [],
      name,
    )
    assert.doesNotMatch(text, /\beval\(|new Function\(/)
  }
})
