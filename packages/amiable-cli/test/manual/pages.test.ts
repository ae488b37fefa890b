// The pages of the manual say what the help says, in macros that man reads.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { CommandLine } from '../../../../tools/testbed/command.ts'
import { MEANINGS } from '../../src/errors/exit-codes.ts'
import { escaped, macro } from '../../src/manual/roff.ts'
import { VERBS } from '../../src/verbs/verbs.ts'

const line = new CommandLine()
after(() => line[Symbol.dispose]())
const pages = JSON.parse((await line.run(['manual'])).stdout) as Record<string, string>

/** A page as somebody reads it, without macros and escapes. */
function plain(page: string): string {
  return page
    .replace(/^\.(?:TP|nf|fi)\n/gm, '')
    .replace(/^\.[A-Z]+ /gm, '')
    .replace(/\\\[u([\dA-F]+)\]/g, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/\\&/g, '')
    .replace(/\\-/g, '-')
    .replace(/\\e/g, '\\')
}

test('there is a page of each verb, and one of the command that names them all', () => {
  const names = ['amiable.1', ...VERBS.map(({ name }) => `amiable-${name}.1`)]
  assert.deepEqual(Object.keys(pages).sort(), names.sort())
  for (const { name, summary } of VERBS) {
    assert.ok(plain(pages['amiable.1'] ?? '').includes(summary), name)
    assert.match(pages['amiable.1'] ?? '', new RegExp(`^\\.BR amiable\\\\-${name} \\(1\\)`, 'm'))
  }
})

for (const { name } of VERBS) {
  test(`amiable-${name}(1) has every option of the help, its examples and its notes`, async () => {
    const { stdout } = await line.run([name, '--help'])
    const page = plain(pages[`amiable-${name}.1`] ?? '')
    const options = [...stdout.matchAll(/^ {2}(-.+?)(?: {2}|$)/gm)].map(([, flags = '']) => flags)
    assert.ok(options.length > 3)
    for (const flags of options) assert.ok(page.includes(`"${flags}"`), flags)
    const examples = stdout.split('\n\n')[0] ?? ''
    assert.ok(page.includes(examples), examples)
  })
}

test('each line is text or a macro of man(7), and man finds nothing wrong', (t) => {
  for (const [name, page] of Object.entries(pages)) {
    for (const row of page.split('\n')) {
      assert.match(row, /^(?![.'])|^\.(?:TH|SH|SS|B|BR) \S|^\.(?:TP|nf|fi)$/, `${name}: ${row}`)
      assert.match(row.replace(/\\(?:e|-|&|\(dq|\[u[\dA-F]{4,6}\])/g, ''), /^[^\\]*$/, `${name}: ${row}`)
      // ASCII alone: what shows it may know no encoding
      assert.match(row, /^[\x20-\x7e]*$/)
    }
  }
  const groff = (page: string) => spawnSync('groff', ['-man', '-ww', '-Tutf8', '-z'], { input: page, encoding: 'utf8' })
  if (groff('').error) return t.diagnostic('no groff on this machine to try them with')
  for (const [name, page] of Object.entries(pages)) assert.equal(groff(page).stderr, '', name)
})

test('text is text, whatever it begins with', () => {
  assert.equal(escaped(".TH\n'x \\ -o …"), "\\&.TH\n\\&'x \\e \\-o \\[u2026]")
  assert.equal(macro('B', '"quoted"'), '.B "\\(dqquoted\\(dq"')
})

test('the table of exit statuses is that of the README', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const table = readme.slice(readme.indexOf('| exit status |')).split('\n\n')[0] ?? ''
  const rows = table.split('\n').slice(2)
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, 3)
      .map((cell) => cell.trim()),
  )
  assert.deepEqual(
    cells,
    MEANINGS.map((pair) => [...pair]),
  )
})
