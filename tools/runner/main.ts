// npm test [-- part of a path …]: the types, every test against everything that this machine can give, the coverage.
// npm test -- --changed: those tests alone that what has changed since main can reach.
// npm test -- --careful [part of a path …]: those that can reach the library's scanner, without it.
// npm run soak [-- part of a path …]: the long tests instead.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sourceFiles } from '../checks/sources.ts'
import { makeAll } from '../loader/made.mjs'
import { VERSIONS } from '../servers/asterisk/settings.ts'
import { NOTHING_OURS, type RealTarget, type RealTargets, realTargets } from '../servers/asterisk/targets.ts'
import { beCareful, SCANNER } from '../testbed/careful.ts'
import { changedTests, testsReaching } from './changed.ts'
import { findTests, type TestFile } from './discovery.ts'
import { groupOf, Times } from './groups.ts'
import { inLanes, Lane } from './lanes.ts'
import { ownTargets } from './needs.ts'
import { Report } from './report.ts'
import { runFile } from './run-file.ts'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const COVERAGE = join(ROOT, 'coverage')
// only for what hangs: how long a run may take is the budget's matter
const FILE_TIMEOUT = 6 * 60_000
const SOAK_TIMEOUT = 2 * 60 * 60_000

// what tests and the programs that they start are made of
const RUN_FROM_SOURCES = /^(?:contract|examples|packages|test|tools)\/.*(?<!\.d)\.tsx?$/

// the loader takes 'amiable' for the sources then, so that one copy of the library is tested and its coverage is whole;
// what is built from them is tested as users get it, by test/repository/package.test.ts
process.env.TSX_TSCONFIG_PATH = join(ROOT, 'tools/runner/tsconfig.run.json')
// whatever ends this process before its time has failed
process.exitCode = 1
process.chdir(ROOT)

const flags = process.argv.slice(2).filter((word) => word.startsWith('--'))
const parts = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const soak = flags.includes('--soak')
const changed = flags.includes('--changed')
const careful = flags.includes('--careful')
const whole = parts.length === 0 && !soak && !changed && !careful
const report = new Report(console.log, process.stdout.isTTY && !process.env.NO_COLOR)
const times = new Times()
const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interrupt.abort(new Error(`ended by ${signal}`)))

// an error that node:test loses in its own callbacks must neither pass for success nor leave servers behind
process.once('uncaughtException', async (error) => {
  broke(error)
  await bringDown()
  report.end()
  process.exit(1)
})
let bringDown = async (): Promise<void> => {}

try {
  await main()
} catch (error) {
  process.exitCode = 1
  broke(error)
  report.end()
}

function broke(error: unknown): void {
  report.check('the test run itself', error instanceof Error ? (error.stack ?? error.message) : String(error))
}

async function main(): Promise<void> {
  const strange = flags.find((flag) => !['--soak', '--changed', '--careful'].includes(flag))
  if (strange !== undefined)
    return console.log(`there is no option ${strange}: --changed, --careful, or parts of paths`)
  const found = findTests(ROOT, parts, soak)
  if (found.length === 0) return console.log(`no test file's path holds ${parts.join(' or ') || 'anything'}`)
  const own = process.env.AMIABLE_ASTERISK?.includes('@')
  const all = found.filter(({ named }) => own || !named)
  if (all.length === 0) return console.log('these tests need a server of yours: AMIABLE_ASTERISK=user:secret@host:port')
  const files = changed ? changedTests(ROOT, all) : careful ? testsReaching(ROOT, all, SCANNER) : all
  if (files.length === 0) {
    process.exitCode = 0
    return console.log(careful ? 'none of these reads with the scanner' : 'nothing has changed that a test could show')
  }
  const servers = await serversFor(files).catch((error: Error) => console.log(error.message))
  if (!servers) return
  bringDown = servers.stop
  try {
    await runAll(files, servers)
  } finally {
    await bringDown()
  }
  if (interrupt.signal.aborted) report.check('the whole run', interrupt.signal.reason.message)
  if (report.failed === 0 && report.passed > 0) process.exitCode = 0
  report.end()
}

/** Brings up the real servers that these files need, and tells every test process where they are. */
async function serversFor(files: readonly TestFile[]): Promise<RealTargets> {
  const setting = process.env.AMIABLE_ASTERISK || (process.env.CI === 'true' ? 'require' : 'auto')
  const needed = VERSIONS.filter((version) => files.some(({ servers }) => servers.includes(version)))
  const env = { ...process.env, AMIABLE_ASTERISK: setting }
  if (needed.length === 0 && !files.some(({ named }) => named)) return { targets: [], ...NOTHING_OURS }
  const found = await realTargets(env, { versions: needed })
  for (const { name } of found.targets) console.log(`  with ${name}`)
  if (found.skipped !== undefined) report.skip(found.skipped)
  process.env.AMIABLE_TARGETS = JSON.stringify(found.targets)
  return found
}

async function runAll(files: readonly TestFile[], { targets, revive }: RealTargets): Promise<void> {
  // what is built needs the declarations of these two; all types are a matter of the run with the scanner
  const types = tool(
    'tsc',
    careful ? ['-b', 'packages/amiable', 'packages/amiable-gateway/tsconfig.client.json'] : ['-b'],
  )
  report.check('types', types)
  if (types !== undefined && whole) return
  await import('../build/bundle.ts')
  await makeAll(sourceFiles(ROOT, (path) => RUN_FROM_SOURCES.test(path)).map((path) => join(ROOT, path)))

  if (whole) {
    rmSync(COVERAGE, { recursive: true, force: true })
    mkdirSync(COVERAGE, { recursive: true })
    process.env.NODE_V8_COVERAGE = join(COVERAGE, 'tmp')
  }
  if (careful) beCareful()
  // one more than there are processors: most tests wait for a server of theirs, or for time
  const free = new Lane(availableParallelism() + 1)
  const servers = targets.map((target) => ({ target, lane: new Lane() }))
  const inTurn = (file: TestFile) => {
    const own = servers.filter(({ target }) => ownTargets(file, [target]).length > 0)
    if (own.length === 0) return inLanes([free], () => runOne(file, [groupOf(file)]))
    const names = own.map(({ target }) => target.name)
    return inLanes(
      own.map(({ lane }) => lane),
      async () => {
        await runOne(file, names)
        for (const { target } of own) await checkAlive(target, file, revive)
      },
    )
  }
  // a file that holds both servers waits for both: it comes first, while both are idle
  const together = files
    .filter(({ alone }) => !alone)
    .toSorted((one, other) => other.servers.length - one.servers.length)
  await Promise.all(together.map(inTurn))
  for (const file of files.filter(({ alone }) => alone)) await inTurn(file)

  if (!whole || interrupt.signal.aborted) return
  report.check(...(await times.of(['coverage'], async () => coverage())))
  for (const line of times.lines()) report.time(...line)
}

/** A server that has ended fails the run once, under the file that it ended in, and not every file behind that. */
async function checkAlive(target: RealTarget, { path }: TestFile, revive: RealTargets['revive']): Promise<void> {
  if (interrupt.signal.aborted) return
  const tail = await revive(target).catch((error: Error) => error.message)
  if (tail !== undefined) report.check(`${target.name} in ${path}`, `it has ended. Its last lines:\n${tail}`)
}

async function runOne({ path }: TestFile, groups: readonly string[]): Promise<void> {
  if (interrupt.signal.aborted) return
  const timeout = soak ? SOAK_TIMEOUT : FILE_TIMEOUT
  report.add(path, await times.of(groups, () => runFile(join(ROOT, path), timeout, interrupt.signal)))
}

/** Runs one of the workspace's tools; gives what it said where it failed. */
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
