// npm run compat [-- part of a name …]: the packed tarball where people use it.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Report } from '../tools/runner/report.ts'
import { type Chain, chains, type Project } from './chains.ts'

const MOST = 120_000
const execute = promisify(execFile)
const home = mkdtempSync(join(tmpdir(), 'amiable-compat-'))
const report = new Report(console.log, process.stdout.isTTY)

async function run(cwd: string, program: string, args: readonly string[]): Promise<string> {
  try {
    const options = { cwd, timeout: MOST, maxBuffer: 16 * 1024 * 1024, env: { ...process.env, CI: 'true' } }
    return (await execute(program, args, options)).stdout
  } catch (error) {
    const { stdout = '', stderr = '', code, signal } = error as Record<'stdout' | 'stderr' | 'code' | 'signal', string>
    throw new Error(`${program} ${args.join(' ')} ended with ${code ?? signal}\n${stdout}${stderr}`.trimEnd())
  }
}

async function packed(): Promise<string> {
  const args = ['pack', join(import.meta.dirname, '../packages/amiable'), '--json', '--pack-destination', home]
  const [pack] = Object.values(JSON.parse(await run(home, 'npm', args)) as Record<string, { filename: string }>)
  return join(home, pack?.filename ?? '')
}

function projectIn(folder: string): Project {
  return {
    write: (name, text) => writeFileSync(join(folder, name), text),
    run: (program, ...args) => run(folder, program, args),
    link: (name, as = name) => {
      const at = join(folder, 'node_modules', as)
      mkdirSync(dirname(at), { recursive: true })
      symlinkSync(join(import.meta.dirname, 'node_modules', name), at)
    },
  }
}

async function tried({ name, skip, try: attempt }: Chain, tarball: string): Promise<void> {
  if (skip !== undefined) {
    report.skip(`${name}: ${skip}`)
    return
  }
  const folder = mkdtempSync(join(home, 'project-'))
  const into = join(folder, 'node_modules/amiable')
  mkdirSync(into, { recursive: true })
  const began = performance.now()
  try {
    await run(folder, 'tar', ['xzf', tarball, '-C', into, '--strip-components=1'])
    await attempt(projectIn(folder))
    report.check(`${name}  ${((performance.now() - began) / 1000).toFixed(1)} s`)
  } catch (error) {
    report.check(name, `    ${(error as Error).message.replaceAll('\n', '\n    ')}`)
  }
}

try {
  const tarball = await packed()
  const wanted = process.argv.slice(2)
  const chosen = chains.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  const waiting = [...chosen]
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await tried(next, tarball)
  }
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker))
  if (chosen.length === 0) report.check('no chain has such a name', wanted.join(' '))
} finally {
  rmSync(home, { recursive: true, force: true })
}
console.log(`\n${report.lastLine}`)
process.exitCode = report.failed > 0 ? 1 : 0
