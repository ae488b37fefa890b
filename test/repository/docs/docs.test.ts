// Every piece of TypeScript in the guides is compiled, and what is marked `run` is run on a simulated Asterisk.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { sourceFiles } from '../../../tools/checks/sources.ts'
import { blocksOf, moduleOf } from './blocks.ts'
import type { Given, withGiven as WithGiven } from './given.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
const ROOT = dirname(dirname(dirname(HERE)))
// inside the workspace, so that 'amiable' is found as a user finds it
const FOLDER = join(ROOT, 'node_modules/.cache/amiable-docs')
const BLOCK_TIME = 20_000

const pages = sourceFiles(ROOT, (path) => /^docs\/guides\/.*\.md$/.test(path))
const blocks = pages.flatMap((page) => blocksOf(ROOT, page))

rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })
// beside the blocks, so that both find the same copy of the package
copyFileSync(join(HERE, 'given.ts'), join(FOLDER, 'given.ts'))
for (const block of blocks) writeFileSync(join(FOLDER, block.file), moduleOf(block, './given.ts'))
const { withGiven } = (await import(pathToFileURL(join(FOLDER, 'given.ts')).href)) as { withGiven: typeof WithGiven }
writeFileSync(
  join(FOLDER, 'tsconfig.json'),
  JSON.stringify({
    extends: relative(FOLDER, join(ROOT, 'tsconfig.base.json')),
    compilerOptions: {
      composite: false,
      noEmit: true,
      noUnusedLocals: false,
      noUnusedParameters: false,
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: false,
    },
    include: ['*.ts'],
  }),
)

test('there are guides, with code in them', () => {
  assert.ok(pages.length >= 10, `${pages.length} pages`)
  assert.ok(blocks.length >= 40, `${blocks.length} blocks`)
})

test('the code of the guides compiles', () => {
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  const { status, stdout, stderr } = spawnSync(tsc, ['-p', FOLDER], { encoding: 'utf8', cwd: FOLDER })
  const said = `${stdout}${stderr}`.replace(/^[\w-]+\.ts/gm, (name) => {
    return `${blocks.find(({ file }) => file === name)?.place ?? name}`
  })
  assert.equal(status, 0, said)
})

for (const block of blocks.filter(({ run }) => run)) {
  test(`${block.place} runs`, { timeout: BLOCK_TIME }, async () => {
    const { run } = (await import(pathToFileURL(join(FOLDER, block.file)).href)) as {
      run(given: Given): Promise<void>
    }
    await withGiven(run)
  })
}

test('links between the pages lead somewhere', () => {
  const broken = pages.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), 'utf8')
    return [...text.matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)]
      .map(([, link = '']) => posix.join(posix.dirname(page), link))
      .filter((path) => !existsSync(join(ROOT, path)))
      .map((path) => `${page}: ${path}`)
  })
  assert.deepEqual(broken, [])
})
