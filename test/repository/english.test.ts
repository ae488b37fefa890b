// The pages and the library's comments keep the rules of CONTRIBUTING.md for English, and the pages lead a stranger from README.md to the place of a change.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { commentFaults, messageFaults, proseFaults } from '../../tools/checks/english.ts'
import { readSource, sourceFiles } from '../../tools/checks/sources.ts'
import { inFolder } from './in-folder.ts'
import { ROOT } from './paths.ts'

const PAGES =
  /^(?:README|CHANGELOG|SECURITY|ARCHITECTURE|CONTRIBUTING|packages\/[\w-]+\/\w+|docs\/(?:guides|reference)\/.*)\.md$/
const pages = sourceFiles(ROOT, (path) => PAGES.test(path))

test('a sentence of a page has a length that is read once, and the words of its readers', () => {
  assert.ok(pages.length > 30)
  assert.deepEqual(
    pages.flatMap((page) => proseFaults(ROOT, page)),
    [],
  )
})

test('a page says in its first lines what it gives', () => {
  const silent = pages.filter((page) => !/^# .+\n\n(?=[A-Z[])/.test(readSource(ROOT, page)))
  assert.deepEqual(silent, [])
})

describe('the check of sentences finds', () => {
  const faultsOf = (text: string) => inFolder({ 'page.md': text }, (folder) => proseFaults(folder, 'page.md'))

  test('a long one, over several lines', () => {
    assert.match(faultsOf(`# A\n\n${'word and\n'.repeat(20)}`).join(), /^page\.md:3: 40 words/)
  })

  test('a word that is ours', () => {
    assert.match(faultsOf('# A\n\nThe client is told.\n').join(), /^page\.md:3: say reported/)
  })

  test('nothing in code, and in two short sentences', () => {
    const text = `# A\n\n\`\`\`js\n${'word '.repeat(40)}\n\`\`\`\n\n${'word '.repeat(16)}end. Next ${'word '.repeat(16)}\`told\`.\n`
    assert.deepEqual(faultsOf(text), [])
  })
})

describe('of the library', () => {
  const files = sourceFiles(ROOT, (path) => /^packages\/amiable\/src\/.*\.ts$/.test(path))

  test('a comment has short sentences, plain words, and in front of a function a verb', () => {
    assert.ok(files.length > 300)
    assert.deepEqual(
      files.flatMap((file) => commentFaults(ROOT, file)),
      [],
    )
  })

  test('a message has plain words', () => {
    assert.deepEqual(
      files.flatMap((file) => messageFaults(ROOT, file)),
      [],
    )
  })
})

test('a comment of the command has short sentences, plain words, and in front of a function a verb', () => {
  const files = sourceFiles(ROOT, (path) => /^packages\/amiable-cli\/src\/.*\.ts$/.test(path))
  assert.ok(files.length > 100)
  assert.deepEqual(
    files.flatMap((file) => commentFaults(ROOT, file)),
    [],
  )
})

test('a message and a page of the command, and of the settings that it reads, have plain words', () => {
  const files = sourceFiles(ROOT, (path) => /^packages\/amiable-(?:cli|settings)\/src\/.*\.ts$/.test(path))
  assert.ok(files.length > 100)
  assert.deepEqual(
    files.flatMap((file) => messageFaults(ROOT, file)),
    [],
  )
})

test('the check of messages finds a word that is ours, also in a template', () => {
  const code = "const a = 'got the whole answer'\nconst b = `who it was told by`\nconst told = 'whole'\n"
  const faults = inFolder({ 'a.ts': code }, (folder) => messageFaults(folder, 'a.ts'))
  assert.deepEqual(
    faults.map((fault) => /say (\w+)/.exec(fault)?.[1]),
    ['complete', 'reported'],
  )
})

describe('the check of comments finds', () => {
  const faultsOf = (text: string) => inFolder({ 'a.ts': text }, (folder) => commentFaults(folder, 'a.ts').join('\n'))

  test('a long sentence, also over several line comments', () => {
    assert.match(faultsOf(`const a = 1\n${`// ${'word '.repeat(12)}\n`.repeat(3)}`), /^a\.ts:2: 36 words/)
  })

  test('a word that is ours, and "we"', () => {
    assert.match(faultsOf('/** Whom it told. */\nconst a = 1\n'), /say reported/)
    assert.match(faultsOf('const a = 1 // what we send\n'), /^a\.ts:1: say who it is/)
  })

  test('a function whose comment begins without a verb', () => {
    for (const code of ['export function a(b: string): string {', 'a<T>(b: T): T {', 'async *#a(): void {']) {
      assert.match(faultsOf(`class A {\n/** The name. */\n${code}`), /^a\.ts:2: begin with a verb/, code)
    }
    assert.match(faultsOf('/** Whether it is so. */\nexport function a(): string {\n}\n'), /begin with a verb/)
  })

  test('nothing in fields, accessors, booleans and examples', () => {
    for (const text of [
      'class A {\n  /** The name. */\n  readonly name = 1\n  /** The name. */\n  get other(): string {}\n}',
      '/** Whether it is so. */\nexport function a(): boolean {\n}\n',
      '/**\n * Returns it.\n * @example\n * told(we)\n */\nexport function a(): string {\n}\n',
      '/** @internal */\nexport function a(): string {\n}\n',
    ]) {
      assert.equal(faultsOf(text), '', text)
    }
  })
})

test('the three walks of CONTRIBUTING.md lead from README.md to the file, by names', () => {
  const linksOf = (text: string) => [...text.matchAll(/\]\(([^)#\s]+)/g)].map(([, to = '']) => to)
  const rows = readSource(ROOT, 'CONTRIBUTING.md')
    .split('\n')
    .filter((line) => /^\| (?:a|an) /.test(line))
    .map((line) => line.split('|').slice(2, 5))
  assert.equal(rows.length, 3)
  for (const cells of rows) {
    const [page = '', folder = '', file = ''] = cells.map((cell) => linksOf(cell)[0])
    assert.ok(linksOf(readSource(ROOT, 'README.md')).includes(page), `README.md leads to ${page}`)
    const text = readSource(ROOT, page)
    const named = folder.split('/').filter((name) => !['packages', 'amiable'].includes(name))
    assert.ok(
      named.some((name) => text.includes(`${name}\``)),
      `${page} names ${folder}`,
    )
    assert.ok(file.startsWith(`${folder}/`) && existsSync(join(ROOT, file)), `${folder} has ${file}`)
  }
})
