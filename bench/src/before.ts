// npm --prefix bench run before -- <a clone that is built> [--rounds=9] [--seconds=1] [--pin]: what an older build did and
// what each guarantee costs, all in turns, round after round. It prints a table for docs/performance.md.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { pin, runJob, type Server, startServer, target } from './context.ts'
import { GUARANTEES, type Guarantee } from './guarantees.ts'
import type { EventsJob, Job, ListJob, PingsJob } from './job.ts'
import { BUILD } from './peers/amiable-api.ts'
import { median } from './stats.ts'

const BENCH = fileURLToPath(new URL('..', import.meta.url))
const ROOT = join(BENCH, '..')
const SOURCES = join(ROOT, 'packages/amiable/src')
const BUILDS = join(BENCH, 'dist/builds')
const CORPUS = join(ROOT, 'contract/corpus/asterisk-22.ami.gz')
const ROWS = 100_000

/** A build of the client, by its entry. */
interface Build {
  readonly name: string
  readonly entry: string
}

/** The client as it stands now, as it is published, or without a guarantee. */
function buildOf(name: string, guarantee?: Guarantee): Build {
  const folder = join(BUILDS, name.replaceAll(/\W+/g, '-'))
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  cpSync(SOURCES, join(folder, 'src'), { recursive: true })
  for (const [source, now, without] of guarantee?.edits ?? []) {
    const path = join(folder, 'src', source)
    const text = readFileSync(path, 'utf8')
    if (text.split(now).length !== 2) throw new Error(`${source} has changed: guarantees.ts does not fit "${name}"`)
    writeFileSync(
      path,
      text.replace(now, () => without),
    )
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "version": "0.0.0" }')
  const entry = join(folder, 'dist/index.js')
  const options = ['--bundle', '--platform=node', '--format=esm', '--target=node20.19', `--outfile=${entry}`]
  execFileSync(join(ROOT, 'node_modules/.bin/esbuild'), [join(folder, 'src/index.ts'), ...options, '--log-level=error'])
  return { name, entry }
}

const CASES: Readonly<Record<string, (server: Server, seconds: number) => Job>> = {
  'three headers': ({ port, events }, seconds): EventsJob => {
    const rounds = Math.max(1, Math.round((seconds * 700_000) / events))
    const where = target(port, { rounds, warm: 20_000 })
    return {
      ...{ kind: 'events', mode: 'three', reader: 'amiable', chunk: 0, rounds, warm: 20_000 },
      ...{ perRound: events + 1, target: where },
    }
  },
  '`list` by `send`': ({ port }): ListJob => {
    return { kind: 'list', mode: 'send', reader: 'amiable', rows: ROWS, chunk: 0, target: target(port, { rows: ROWS }) }
  },
  'Ping, one at a time': ({ port }, seconds) => pings(port, 1, seconds * 10_000),
  'Ping, 64 in flight': ({ port }, seconds) => pings(port, 64, seconds * 100_000),
}

function pings(port: number, inFlight: number, total: number): PingsJob {
  return { kind: 'pings', reader: 'amiable', chunk: 0, target: target(port), inFlight, total }
}

/** Microseconds of one core for each event, row or answer. */
async function cost(job: Job, build: Build, events: number): Promise<number> {
  const { units, cpuMs } = await runJob(job, [], { [BUILD]: pathToFileURL(build.entry).href })
  const read = units === 0 && job.kind === 'events' ? job.rounds * (events + 1) : units
  return (cpuMs * 1000) / read
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '1' },
    case: { type: 'string' },
    pin: { type: 'boolean', default: false },
  },
})
if (values.pin) pin()
const rounds = Number(values.rounds)
const now = buildOf('now')
const builds: Build[] = [
  now,
  ...positionals.map((path) => ({ name: 'before', entry: resolve(path, 'packages/amiable/dist/index.js') })),
  ...GUARANTEES.map((guarantee) => buildOf(guarantee.name, guarantee)),
]
const server = await startServer(CORPUS)
const cases = Object.entries(CASES).filter(([name]) => values.case === undefined || name.includes(values.case))
const lines = new Map(builds.map(({ name }) => [name, [] as string[]]))
for (const [name, jobOf] of cases) {
  const job = jobOf(server, Number(values.seconds))
  const costs = new Map(builds.map((build) => [build, [] as number[]]))
  for (let round = 0; round < rounds; round++) {
    // no build is always the one behind another
    for (let at = 0; at < builds.length; at++) {
      const build = builds[(at + round) % builds.length]!
      costs.get(build)!.push(await cost(job, build, server.events))
    }
  }
  const reference = quick(costs.get(now)!)
  for (const [{ name: build }, all] of costs) {
    const own = quick(all)
    const change = Math.round((own / reference - 1) * 100)
    const beside = build === now.name ? '' : ` (${change > 0 ? '+' : change < 0 ? '−' : ''}${Math.abs(change)} %)`
    lines.get(build)!.push(`${own.toFixed(2)} µs${beside}`)
    console.log(`${name.padEnd(20)} ${build.padEnd(52)} ${lines.get(build)!.at(-1)}`)
  }
}
server.process.disconnect()
console.log(`\n| | ${cases.map(([name]) => name).join(' | ')} |`)
console.log(`| --- |${' ---: |'.repeat(cases.length)}`)
for (const [name, cells] of lines) console.log(`| ${name} | ${cells.join(' | ')} |`)

/** The median of the quicker half: what disturbs a round makes it slower, and never quicker. */
function quick(all: readonly number[]): number {
  return median([...all].sort((a, b) => a - b).slice(0, Math.ceil(all.length / 2)))
}
