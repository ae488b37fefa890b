import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
import { type ChildOptions, type Ended, runNode } from './child.ts'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/**
 * Runs a TypeScript program as a user's: on the package as it is published, newly built, with nothing else in its
 * process that would compile, map or load anything.
 */
export async function runOnPackage(program: string, options: ChildOptions = {}): Promise<Ended> {
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'bundle'], { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the package does not build: ${stdout}`)
  const folder = mkdtempSync(join(tmpdir(), 'amiable-'))
  try {
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(join(ROOT, 'packages/amiable'), join(folder, 'node_modules/amiable'))
    const script = join(folder, 'program.mjs')
    writeFileSync(script, (await transform(readFileSync(program, 'utf8'), { loader: 'ts', target: 'node20.19' })).code)
    return await runNode(script, options)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
