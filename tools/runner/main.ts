// npm test [-- part of a path …]: the types, every test against everything that this machine can give, the coverage.
// npm run soak [-- part of a path …]: the long tests instead.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { realTargets } from '../servers/asterisk/targets.ts'
import { findTests } from './discovery.ts'
import { Report } from './report.ts'
import { runFiles } from './run-files.ts'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const COVERAGE = join(ROOT, 'coverage')
const FILE_TIMEOUT = 10 * 60_000
const SOAK_TIMEOUT = 2 * 60 * 60_000
const CONCURRENCY = 2

// tsx takes 'amiable' for the sources then, so that one copy of the library is tested and its coverage is whole;
// what is built from them is tested as users get it, by test/repository/package.test.ts
process.env.TSX_TSCONFIG_PATH = join(ROOT, 'tools/runner/tsconfig.run.json')
// whatever ends this process before its time has failed
process.exitCode = 1
process.chdir(ROOT)

const soak = process.argv[2] === '--soak'
const parts = process.argv.slice(soak ? 3 : 2)
const whole = parts.length === 0 && !soak
const report = new Report(ROOT, console.log, process.stdout.isTTY && !process.env.NO_COLOR)
const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interrupt.abort(new Error(`ended by ${signal}`)))

// an error that node:test loses in its own callbacks must neither pass for success nor leave servers behind
process.once('uncaughtException', async (error) => {
  broke(error)
  await bringDown()
  console.log(`\n${report.lastLine}`)
  process.exit(1)
})
let bringDown = async (): Promise<void> => {}

try {
  await main()
} catch (error) {
  broke(error)
}
if (interrupt.signal.aborted) report.check('the whole run', interrupt.signal.reason.message)
if (report.failed === 0 && report.passed > 0) process.exitCode = 0
console.log(`\n${report.lastLine}`)

function broke(error: unknown): void {
  report.check('the test run itself', error instanceof Error ? (error.stack ?? error.message) : String(error))
}

async function main(): Promise<void> {
  const files = findTests(ROOT, parts, soak)
  if (files.apart.length + files.shared.length === 0) {
    throw new Error(`no test file's path holds ${parts.join(' or ') || 'anything'}`)
  }
  const types = tool('tsc', ['-b'])
  report.check('types', types)
  if (types !== undefined && whole) return
  await import('../build/bundle.ts')

  if (whole) {
    rmSync(COVERAGE, { recursive: true, force: true })
    mkdirSync(COVERAGE, { recursive: true })
    process.env.NODE_V8_COVERAGE = join(COVERAGE, 'tmp')
  }
  await runAll(files.apart, CONCURRENCY)
  if (files.shared.length > 0) await withTargets(() => runAll(files.shared, 1))
  if (whole && !interrupt.signal.aborted) report.check(...coverage())
}

/** Runs `work` while real servers stand, and tells every test process where they are. */
async function withTargets(work: () => Promise<void>): Promise<void> {
  if (interrupt.signal.aborted) return
  const setting = process.env.AMIABLE_ASTERISK || (process.env.CI === 'true' ? 'require' : 'auto')
  const { targets, skipped, stop } = await realTargets({ ...process.env, AMIABLE_ASTERISK: setting })
  bringDown = stop
  try {
    for (const { name } of targets) console.log(`  with ${name}`)
    if (skipped !== undefined) report.skip(skipped)
    process.env.AMIABLE_TARGETS = JSON.stringify(targets)
    await work()
  } finally {
    await stop()
  }
}

function runAll(files: readonly string[], concurrency: number): Promise<void> {
  const timeout = soak ? SOAK_TIMEOUT : FILE_TIMEOUT
  const paths = files.map((file) => join(ROOT, file))
  return runFiles(paths, report, { concurrency, timeout, signal: interrupt.signal })
}

/** Runs one of the house's tools; gives what it said where it failed. */
function tool(name: string, args: readonly string[]): string | undefined {
  const path = join(ROOT, 'node_modules', '.bin', name)
  const { status, error, stdout, stderr } = spawnSync(path, args, { encoding: 'utf8', env: plainEnvironment() })
  if (status === 0) return undefined
  return `${error?.message ?? ''}${stdout}${stderr}`.trim() || `${name} left with ${status}`
}

function coverage(): [name: string, error: string | undefined] {
  const error = tool('c8', ['report'])
  if (error !== undefined) return ['coverage', error]
  const { total } = JSON.parse(readFileSync(join(COVERAGE, 'coverage-summary.json'), 'utf8'))
  return [`coverage: ${total.lines.pct} % of the lines, ${total.branches.pct} % of the branches`, undefined]
}

function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_V8_COVERAGE: _, ...env } = process.env
  return env
}
