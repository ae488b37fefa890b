import { type ChildProcess, fork } from 'node:child_process'
import type { Job, Outcome, Target, TurnsJob } from './job.ts'
import type { Row } from './results.ts'

const READER = new URL('./reader.js', import.meta.url)
const SERVER = new URL('./server/main.js', import.meta.url)

/** Longer than any job: a reader that lost the mark must not hold up the rest. */
const PATIENCE = 90_000

export interface Context {
  readonly port: number
  readonly tlsPort: number
  readonly events: number
  readonly bytes: number
  readonly rounds: number
  readonly seconds: number
  readonly only: ReadonlySet<string> | undefined
  readonly asterisk: Target | undefined
  readonly rows: Row[]
  /** Adds the row and prints it. */
  add(row: Row): void
}

export interface Server {
  readonly process: ChildProcess
  readonly port: number
  readonly tlsPort: number
  readonly events: number
  readonly bytes: number
}

/**
 * A process of ours on one core of its own, if asked for: the server on the first, readers on the second. It takes the
 * scheduler's moves out of the figures, and holds a reader, its collector's threads with it, to one core.
 */
let pinned = false
export const pin = (): void => {
  pinned = true
}
const execOn = (core: number, execArgv: readonly string[]): { execPath?: string; execArgv: string[] } =>
  pinned
    ? { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath, ...execArgv] }
    : { execArgv: [...execArgv] }

export const startServer = (corpus: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const child = fork(SERVER, [corpus], execOn(0, []))
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
    child.once('message', (message) => resolve({ process: child, ...(message as Omit<Server, 'process'>) }))
  })

/** A wish travels in the user name, see server/session.ts. */
export const target = (port: number, wish: Record<string, number> = {}): Target => ({
  host: '127.0.0.1',
  port,
  username: ['bench', ...Object.entries(wish).map(([key, value]) => `${key}=${value}`)].join(';'),
  secret: 'bench',
})

/** A process that does a job, and has not said anything yet. */
interface Reader {
  /** Resolves with what it says next; rejects with what it complained of if it ends instead, or says nothing. */
  next(): Promise<unknown>
  send(message: string): void
  end(): void
}

const start = (job: Job, execArgv: readonly string[], env: Readonly<Record<string, string>>): Reader => {
  const child = fork(READER, [JSON.stringify(job)], {
    ...execOn(1, execArgv),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let complaint = ''
  child.stderr?.on('data', (chunk) => {
    complaint += chunk
  })
  const next = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
      const ended = (code: number | null, signal: string | null): void => {
        clearTimeout(timer)
        const reason = complaint.split('\n').find((line) => /^\w*Error\b/.test(line)) ?? complaint.slice(0, 200)
        reject(new Error(signal === null ? `ended with ${code}: ${reason}` : 'no end in time'))
      }
      child.once('message', (message) => {
        clearTimeout(timer)
        child.off('exit', ended)
        resolve(message)
      })
      child.once('exit', ended)
    })
  const end = (): void => {
    if (child.connected) child.disconnect()
  }
  return { next, send: (message) => void child.send(message), end }
}

export const runJob = (
  job: Job,
  execArgv: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> => start(job, execArgv, env).next() as Promise<Outcome>

/** A reader that does its job whenever it is its turn. */
export interface TurnsReader {
  /** Resolves when it has all that its turns need. */
  readonly ready: Promise<unknown>
  turn(): Promise<Outcome>
  end(): void
}

export const openReader = (job: TurnsJob): TurnsReader => {
  const reader = start(job, [], {})
  return {
    ready: reader.next(),
    turn() {
      const outcome = reader.next()
      reader.send('turn')
      return outcome as Promise<Outcome>
    },
    end: reader.end,
  }
}

export const wanted = (context: Context, readers: readonly string[]): string[] =>
  readers.filter((reader) => context.only?.has(reader) ?? true)

/** Readers in turn, round after round, so that a slow minute of the machine falls on all of them. */
export const inTurn = async <J extends Job>(
  context: Context,
  jobs: readonly J[],
  rounds: number = context.rounds,
): Promise<Map<string, Outcome[] | Error>> => {
  const outcomes = new Map<string, Outcome[] | Error>()
  for (let round = 0; round < rounds; round++) {
    for (const job of jobs) {
      const before = outcomes.get(job.reader) ?? []
      if (before instanceof Error) continue
      try {
        outcomes.set(job.reader, [...before, await runJob(job)])
      } catch (error) {
        outcomes.set(job.reader, error instanceof Error ? error : new Error(String(error)))
      }
    }
  }
  return outcomes
}
