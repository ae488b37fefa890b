import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { actionCases } from './cases/actions.ts'
import { agiCases } from './cases/agi.ts'
import { commandCases } from './cases/command.ts'
import { eventCases } from './cases/events.ts'
import { flatnessCases } from './cases/flatness.ts'
import { listCases } from './cases/lists.ts'
import { memoryCases } from './cases/memory.ts'
import { startCases } from './cases/start.ts'
import { stateCases } from './cases/state.ts'
import { type Context, pin, startServer } from './context.ts'
import { machine } from './machine.ts'
import { parseOptions, USAGE } from './options.ts'
import type { Results, Row } from './results.ts'
import { line, verdictLine } from './table.ts'
import { judge } from './targets.ts'

const BENCH = fileURLToPath(new URL('..', import.meta.url))
const CORPUS = join(BENCH, '../contract/corpus/asterisk-22.ami.gz')

const cases: Record<string, (ctx: Context) => Promise<void>> = {
  ...eventCases,
  ...actionCases,
  ...listCases,
  ...memoryCases,
  ...startCases,
  ...flatnessCases,
  ...agiCases,
  ...stateCases,
  ...commandCases,
}

/**
 * The library as it stands now, so that no old build is measured; a build that fails leaves the last one. Readers get a
 * copy beside them, where `import 'amiable'` finds it first: somebody who builds meanwhile does not change the run.
 */
const build = (): void => {
  const root = join(BENCH, '..')
  if (!existsSync(join(root, 'node_modules/.bin/tsc'))) return
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'bundle'], { cwd: root, encoding: 'utf8' })
  if (status !== 0)
    console.error(
      `packages/amiable does not build; its last build is measured\n${`${stdout}${stderr}`.split('\n', 3).join('\n')}\n`,
    )
  const copy = join(BENCH, 'dist/node_modules/amiable')
  rmSync(copy, { recursive: true, force: true })
  for (const part of ['package.json', 'dist']) {
    cpSync(join(root, 'packages/amiable', part), join(copy, part), { recursive: true })
  }
}

const main = async (): Promise<number> => {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) {
    console.log(`${USAGE}\n\ncases:\n  ${Object.keys(cases).join('\n  ')}`)
    return 0
  }
  const chosen = Object.keys(cases).filter(
    (id) => options.names.length === 0 || options.names.some((name) => id === name || id.startsWith(`${name}/`)),
  )
  if (chosen.length === 0) {
    console.error(`no such case: ${options.names.join(' ')}\n${USAGE}`)
    return 2
  }
  build()
  if (options.pin) pin()
  const server = await startServer(resolve(options.corpus ?? CORPUS))
  const rows: Row[] = []
  const ctx: Context = {
    port: server.port,
    tlsPort: server.tlsPort,
    events: server.events,
    bytes: server.bytes,
    rounds: options.rounds,
    seconds: options.seconds,
    only: options.only,
    asterisk: options.asterisk,
    rows,
    add: (row) => {
      rows.push(row)
      console.log(line(row))
    },
  }
  const here = machine()
  console.log(`${here.cpu}, ${here.cores} cores, ${here.memoryGb} GB, node ${here.node}, ${here.platform}`)
  console.log(
    `corpus: ${server.events.toLocaleString('en')} events, ${(server.bytes / server.events).toFixed(0)} bytes each\n`,
  )
  for (const id of chosen) {
    await cases[id]!(ctx).catch((error: unknown) =>
      ctx.add({ id, reader: '-', unit: '', value: Number.NaN, note: String(error) }),
    )
  }
  server.process.disconnect()

  const targets = judge(rows)
  console.log()
  for (const verdict of targets.filter((one) => one.reached !== undefined)) console.log(verdictLine(verdict))
  const results: Results = {
    when: new Date().toISOString(),
    machine: here,
    settings: { rounds: options.rounds, seconds: options.seconds, pinned: options.pin },
    corpus: { events: server.events, bytes: server.bytes },
    rows,
    targets,
  }
  // Only a whole run may replace the figures that the documentation is written from.
  const whole = chosen.length === Object.keys(cases).length && options.only === undefined
  const out = resolve(options.json ?? join(BENCH, whole ? 'results/latest.json' : 'results/local/last.json'))
  mkdirSync(dirname(out), { recursive: true })
  writeFileSync(out, `${JSON.stringify(results, null, 2)}\n`)
  return rows.some((row) => row.check === 'WRONG') ? 1 : 0
}

process.exitCode = await main()
