import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Context, target, wanted } from '../context.ts'
import type { Target } from '../job.ts'
import { processOn, processorMs } from '../processes.ts'
import type { Row } from '../results.ts'
import { median, spread } from '../stats.ts'
import { loadTesting } from '../testing-api.ts'

const BENCH = fileURLToPath(new URL('../..', import.meta.url))
const BIN = join(BENCH, '../packages/amiable-cli/bin/amiable.cjs')
const LINE = 'core show uptime'
const MB = 2 ** 20

/** A home for the command and its peers; the command keeps there what it keeps. */
class Home implements Disposable {
  readonly path = mkdtempSync(join(BENCH, 'dist/home-'))

  /** Writes a file that only the user can read. */
  file(name: string, text: string): string {
    const path = join(this.path, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, text)
    chmodSync(path, 0o600)
    return path
  }

  env({ username, host, port, secret }: Target): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      HOME: this.path,
      AMIABLE_URL: `ami://${encodeURIComponent(username)}@${host}:${port}`,
      AMIABLE_SECRET_FILE: this.file('secret', secret),
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** As people write it who have no command: log in, send, read to the empty line. */
const PERL = ({ host, port, username, secret }: Target): string => `use strict; use IO::Socket::INET;
my $s = IO::Socket::INET->new(PeerAddr => '${host}', PeerPort => ${port}) or exit 3; $s->autoflush(1); <$s>;
print $s "Action: Login\\r\\nUsername: ${username}\\r\\nSecret: ${secret}\\r\\nEvents: off\\r\\n\\r\\n";
while (<$s>) { last if /^\\r?$/ } print $s "Action: Command\\r\\nCommand: ${LINE}\\r\\n\\r\\n";
while (<$s>) { last if /^\\r?$/; print if s/^Output: // }
print $s "Action: Logoff\\r\\n\\r\\n"; while (<$s>) {}`

const MANAGER = ({ host, port, username, secret }: Target): string => `
const ami = require('asterisk-manager')(${port}, ${JSON.stringify(host)}, ${JSON.stringify(username)}, ${JSON.stringify(secret)}, false)
ami.action({ action: 'Command', command: ${JSON.stringify(LINE)} }, (error, answer) => {
  console.log(answer.output ?? answer)
  ami.action({ action: 'Logoff' }, () => process.exit(error ? 1 : 0))
})`

interface Took {
  readonly wall: number
  readonly cpu: number
}

/** One run of a program, by bash's own clock: its processor time is that of the program and nothing else. */
const took = (command: readonly string[], env: NodeJS.ProcessEnv): Took => {
  const script = 'TIMEFORMAT="%3R %3U %3S"; { time "$@" >/dev/null 2>/dev/null; } 2>&1; exit $?'
  const { stdout, status } = spawnSync('bash', ['-c', script, 'bash', ...command], { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}`)
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = stdout.trim().split(' ').map(Number)
  return { wall: wall * 1_000, cpu: (user + system) * 1_000 }
}

const START_ROUNDS = 41

/** What a run takes over bare Node, all in turns; the quickest of each, for what disturbs a run only makes it slower. */
const inTurns = (
  ctx: Context,
  id: string,
  runs: Readonly<Record<string, readonly string[]>>,
  env: NodeJS.ProcessEnv,
): void => {
  const names = [
    'node',
    ...wanted(
      ctx,
      Object.keys(runs).filter((name) => name !== 'node'),
    ),
  ]
  const all = new Map(names.map((name) => [name, [] as Took[]]))
  // the first start of each makes what the others find
  for (const name of names) took(runs[name]!, env)
  for (let round = 0; round < START_ROUNDS; round++) {
    for (let at = 0; at < names.length; at++) {
      const name = names[(at + round) % names.length]!
      all.get(name)!.push(took(runs[name]!, env))
    }
  }
  const quick = (name: string, of: keyof Took): number => Math.min(...all.get(name)!.map((one) => one[of]))
  for (const name of names) {
    const [wall, cpu] = [quick(name, 'wall'), quick(name, 'cpu')]
    const [overMs, overCpuMs] = [wall - quick('node', 'wall'), cpu - quick('node', 'cpu')]
    ctx.add({
      id,
      reader: name,
      unit: 'ms',
      value: wall,
      spread: spread(all.get(name)!.map((one) => one.wall)),
      note:
        name === 'node'
          ? `${cpu.toFixed(0)} ms of the processor`
          : `${overMs.toFixed(1)} ms over bare node by the clock, ${overCpuMs.toFixed(1)} ms by the processor`,
      extra: { overMs, overCpuMs },
    })
  }
}

const startCase = async (ctx: Context): Promise<void> => {
  using home = new Home()
  const bare = ['node', home.file('bare.cjs', '')]
  const where = ctx.asterisk
  inTurns(
    ctx,
    'command/start',
    { node: bare, 'amiable --version': ['node', BIN, '--version'], 'amiable --help': ['node', BIN, '--help'] },
    home.env(target(ctx.port)),
  )
  if (where === undefined) {
    const row = { id: 'command/asterisk', unit: 'ms', value: Number.NaN, note: 'no --asterisk given' }
    ctx.add({ ...row, reader: 'amiable -x' })
    return
  }
  const root = readlinkSync(`/proc/${processOn(where.port)}/root`)
  inTurns(
    ctx,
    'command/asterisk',
    {
      node: bare,
      'amiable -x': ['node', BIN, '-x', LINE],
      'asterisk -rx': ['chroot', root, 'asterisk', '-rx', LINE],
      'a script in Perl': ['perl', home.file('ask.pl', PERL(where))],
      // beside the packages that it requires
      'asterisk-manager': ['node', home.file('ask.cjs', MANAGER(where))],
    },
    home.env(where),
  )
}

const AMI_IO = (port: number, username: string, count: number): string => `
const { createClient, SilentLogger } = require('ami-io')
const ami = createClient({ host: '127.0.0.1', port: ${port}, login: ${JSON.stringify(username)}, password: 'bench', encoding: 'utf8', logger: new SilentLogger() })
let left = ${count}
ami.on('event', (event) => {
  if (event.event === 'FullyBooted' || left === 0) return
  process.stdout.write(JSON.stringify(event) + '\\n', --left === 0 ? () => process.exit(0) : undefined)
})
ami.connect()`

const ROUNDS = 24
// a peer that keeps what nobody has read yet would fill the memory
const PEER_ROUNDS = 2

/** A program prints every event as a line of JSON into a pipe that `wc -l` reads. */
const eventsCase = async (ctx: Context): Promise<void> => {
  using home = new Home()
  const id = 'command/events'
  const ours = 'amiable events -o jsonl'
  for (const reader of wanted(ctx, [ours, 'ami-io'])) {
    const rounds = reader === ours ? ROUNDS : PEER_ROUNDS
    const wish = target(ctx.port, { rounds, warm: 1 })
    const count = rounds * ctx.events
    const program =
      reader === ours
        ? [BIN, 'events', '-o', 'jsonl', '-n', String(count)]
        : [home.file('print.cjs', AMI_IO(ctx.port, wish.username, count))]
    const counter = spawn('wc', ['-l'], { stdio: ['pipe', 'pipe', 'inherit'] })
    const printed = counter.stdout.setEncoding('utf8').toArray()
    const child = spawn(process.execPath, program, {
      env: home.env(wish),
      stdio: ['ignore', counter.stdin, 'ignore'],
    })
    counter.stdin.destroy()
    const began = performance.now()
    const seen = await watched(child)
    const wallMs = performance.now() - began
    const lines = Number((await printed).join(''))
    const quarter = Math.floor(seen.rss.length / 4)
    const growth = median(seen.rss.slice(3 * quarter)) - median(seen.rss.slice(2 * quarter, 3 * quarter))
    ctx.add({
      id,
      reader,
      unit: 'events/s',
      value: (lines * 1_000) / wallMs,
      perCpu: (lines * 1_000) / seen.cpuMs,
      check: lines === count ? 'same' : 'lossy',
      note: `${lines.toLocaleString('en')} of ${count.toLocaleString('en')} lines, ${Math.round(Math.max(...seen.rss) / MB)} MB resident, its last quarter ${(growth / MB).toFixed(1)} MB over the third`,
      extra: { rssMb: Math.max(...seen.rss) / MB, growthMb: growth / MB },
    })
  }
}

const SAMPLE = 100

/** What a process has used until it ends. */
const watched = async (child: ChildProcess): Promise<{ cpuMs: number; rss: number[] }> => {
  const ended = once(child, 'exit')
  const rss: number[] = []
  let cpuMs = 0
  while (child.exitCode === null && child.signalCode === null) {
    await Promise.race([sleep(SAMPLE), ended])
    try {
      rss.push(residentBytes(child.pid))
      cpuMs = Math.max(cpuMs, processorMs(child.pid))
    } catch {
      // it has just ended
    }
  }
  return { cpuMs, rss }
}

const residentBytes = (pid: number | undefined): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024

const CALLS = 200
const TOP_SECONDS = 20

/** `amiable top` on a terminal of 120 x 40, with 200 calls of which five begin and five end every second. */
const topCase = async (ctx: Context): Promise<void> => {
  if (wanted(ctx, ['amiable top']).length === 0) return
  using home = new Home()
  const { startServer } = await loadTesting()
  const server = await startServer({ users: { frank: { secret: 'bench', read: ['call'], write: ['reporting'] } } })
  const calls: string[] = []
  let number = 0
  const another = () => calls.push(server.channels.create({ name: `PJSIP/${100 + (number % 400)}-${number++}` }))
  while (calls.length < CALLS) another()
  const changing = setInterval(() => {
    for (let i = 0; i < 5; i++) {
      server.channels.hangup(calls.shift()!)
      another()
    }
  }, 1_000)
  const shown = `stty rows 40 cols 120; exec ${process.execPath} ${BIN} top`
  const env = { ...home.env({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'bench' }) }
  const terminal = spawn('script', ['-qec', shown, '/dev/null'], {
    env: { ...env, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let bytes = 0
  terminal.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  try {
    await server.waitForLogin()
    // the first picture, and what V8 compiles meanwhile, is not what it costs to leave it open
    await sleep(5_000)
    const pid = Number(execFileSync('pgrep', ['-P', String(terminal.pid)], { encoding: 'utf8' }))
    const [cpu, before, began] = [processorMs(pid), bytes, performance.now()]
    await sleep(TOP_SECONDS * 1_000)
    const seconds = (performance.now() - began) / 1_000
    const percent = (processorMs(pid) - cpu) / 10 / seconds
    const row: Row = {
      id: 'command/top',
      reader: 'amiable top',
      unit: '% of a core',
      value: percent,
      note: `${Math.round(residentBytes(pid) / MB)} MB resident, ${Math.round((bytes - before) / seconds)} bytes a second`,
      extra: { rssMb: residentBytes(pid) / MB },
    }
    ctx.add(row)
    process.kill(pid, 'SIGTERM')
    await once(terminal, 'exit')
  } finally {
    clearInterval(changing)
    terminal.kill()
    await server.close()
  }
}

export const commandCases: Record<string, (ctx: Context) => Promise<void>> = {
  'command/start': startCase,
  'command/events': eventsCase,
  'command/top': topCase,
}
