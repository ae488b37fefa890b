// What the wallboard costs: 500 readers of SSE, 30 queues, 1,000 members, 50 changes a second. The wallboard is that of
// the last `npm run bundle`: `node --import tsx bench/wallboard/main.ts`. READERS, RATE and SECONDS change the case, and
// OUT names a file for the figures. Linux only: the time of a process is read from /proc.
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const READERS = Number(process.env.READERS ?? 500)
const SECONDS = Number(process.env.SECONDS ?? 60)
/** After the last reader has come, and before anything is measured. */
const SETTLE = 5

// who looks at one call centre: most at the queues, some at agents, some at their own queues, and screens
const QUERIES = [
  'page=queues',
  'page=queues',
  'page=agents',
  'page=queues&queues=queue-01,queue-02,queue-03',
  'page=board&board=hall',
]

const HERE = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const BIN = HERE('../../packages/amiable-wallboard/bin/amiable-wallboard.cjs')

const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-bench-'))
const children: ChildProcess[] = []
try {
  await measure()
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  const centre = started(fork(HERE('centre.ts')))
  const { port } = await answer<{ port: number }>(centre)
  const { wallboard, url } = await open(port)
  const { pid = 0 } = wallboard
  // every view is there, and the changes have begun, before the memory without readers is taken
  for (const query of QUERIES) await (await fetch(`${url}/api/view?${query}`)).arrayBuffer()
  centre.send('begin')
  await seconds(SETTLE)
  const before = await asked<Memory>(wallboard)

  const readers = started(fork(HERE('readers.ts'), [url, String(READERS), ...QUERIES]))
  await answer(readers)
  await seconds(SETTLE)
  const after = await asked<Memory>(wallboard)

  const from = { cpu: cpuOf(pid), at: performance.now(), ...(await asked<Changes>(centre)) }
  readers.send('begin')
  await seconds(SECONDS)
  const to = { cpu: cpuOf(pid), at: performance.now(), ...(await asked<Changes>(centre)) }
  const { ages, frames, bytes, resets } = await asked<Read>(readers)
  const took = (to.at - from.at) / 1_000
  ages.sort((one, other) => one - other)
  const part = (share: number) => ages[Math.min(ages.length - 1, Math.floor(ages.length * share))] ?? Number.NaN
  const figures = {
    readers: READERS,
    changesASecond: round((to.changes - from.changes) / took),
    framesASecond: round(frames / took),
    kilobytesASecond: round(bytes / took / 1_000),
    coreOfServer: round(((to.cpu - from.cpu) / took) * 100, 1),
    heapABrowser: Math.round((after.held - before.held) / READERS),
    residentABrowser: Math.round((after.rss - before.rss) / READERS),
    residentMegabytes: Math.round(after.rss / 1e6),
    samples: ages.length,
    eventToFrame: { p50: part(0.5), p99: part(0.99), most: part(1) },
    resets,
    loadOfMachine: loadavg().map((load) => round(load, 1)),
  }
  console.log(JSON.stringify(figures, null, 2))
  if (process.env.OUT) writeFileSync(process.env.OUT, `${JSON.stringify(figures, null, 2)}\n`)
}

interface Memory {
  readonly held: number
  readonly rss: number
}

interface Changes {
  readonly changes: number
}

interface Read {
  readonly ages: number[]
  readonly frames: number
  readonly bytes: number
  readonly resets: number
}

async function open(port: number): Promise<{ wallboard: ChildProcess; url: string }> {
  const config = join(folder, 'wallboard.yaml')
  writeFileSync(
    config,
    `listen: 127.0.0.1:0
asterisks:
  pbx1: { host: 127.0.0.1, port: ${port}, username: bench, secret: { env: SECRET } }
boards:
  hall:
    title: Hall
    tiles:
      - { type: figure, figure: waiting, x: 0, y: 0, w: 4, h: 2 }
      - { type: agents, queues: [queue-01, queue-02], x: 0, y: 2, w: 12, h: 4 }
`,
  )
  const wallboard = started(
    spawn(process.execPath, ['--expose-gc', '--import', HERE('memory.mjs'), BIN, '--config', config], {
      env: { ...process.env, SECRET: 'bench' },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    }),
  )
  const [line] = await Promise.race([lines(wallboard), ended(wallboard)])
  const url = /http:\S+/.exec(line ?? '')?.[0]
  if (url === undefined) throw new Error(`the wallboard did not say its address: ${line}`)
  for (let status = 0; status !== 200; ) {
    await seconds(0.2)
    status = (await fetch(`${url}/readyz`)).status
  }
  return { wallboard, url }
}

function started(child: ChildProcess): ChildProcess {
  children.push(child)
  return child
}

async function lines({ stdout }: ChildProcess): Promise<string[]> {
  if (stdout === null) return []
  for await (const line of createInterface({ input: stdout })) return [line]
  return []
}

function ended(child: ChildProcess): Promise<never> {
  return new Promise((_, reject) => {
    child.once('exit', (code) => reject(new Error(`a process ended with ${code}`)))
  })
}

function answer<T>(child: ChildProcess): Promise<T> {
  return Promise.race([
    new Promise<T>((resolve) => child.once('message', (message) => resolve(message as T))),
    ended(child),
  ])
}

function asked<T>(child: ChildProcess): Promise<T> {
  const answered = answer<T>(child)
  child.send('say')
  return answered
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1_000))
}

/** Seconds of a processor that a process has had. The kernel counts in hundredths. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function round(value: number, digits = 0): number {
  return Number(value.toFixed(digits))
}
