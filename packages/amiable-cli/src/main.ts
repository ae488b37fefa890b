// The process: its streams, its signals and its exit status.
import { isatty } from 'node:tty'
import { CliError } from './errors/cli-error.ts'
import { EXIT } from './errors/exit-codes.ts'
import type { Io } from './io.ts'
import { report } from './output/report.ts'
import { visible } from './output/visible.ts'
import { writerTo } from './output/writer.ts'
import { VERSION } from './version.ts'

/** Milliseconds that the rest of the output may take at the end: somebody may have stopped the terminal. */
const DRAIN = 3_000

const words = process.argv.slice(2)
const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor))
const ending = new AbortController()
let interrupt: (() => void) | undefined
const io: Io = {
  out: writerTo(1, { onClosed: () => ending.abort('EPIPE') }),
  err: writerTo(2),
  env: process.env,
  signal: ending.signal,
  isTerminal: { in: isatty(0), out: isatty(1), err: isatty(2) },
  // a serial line or a program that plays a terminal may have said no size, which is 0
  columns: () => (isatty(1) ? process.stdout.columns || undefined : undefined),
  rows: () => (isatty(1) ? process.stdout.rows || undefined : undefined),
  typed: new Map(),
  onInterrupt: (handler) => {
    interrupt = handler
  },
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (signal === 'SIGINT' && interrupt !== undefined) return interrupt()
    // the first ends in order, the second at once
    if (ending.signal.aborted) return leave(statusOf(signal))
    ending.abort(signal)
  })
}
// Node's own way to print them takes two lines and names its options
process.removeAllListeners('warning')
process.on('warning', ({ message }) => io.err.offer(`amiable: ${visible(message)}`))
process.on('uncaughtException', (error) => void end(failed(error)))

void end(run().catch(failed))

/** The version needs nothing: what reads command lines is the dearest part of the start. */
async function run(): Promise<number> {
  if (words.length === 1 && /^(?:--version|-V)$/.test(words[0] ?? '')) {
    await io.out.line(VERSION)
    return EXIT.done
  }
  const { runProgram } = await import('./program.ts')
  return await runProgram(io, words, VERSION)
}

/** Reports an error. It never fails: where nobody can be told, the exit status says so. */
async function failed(error: unknown): Promise<number> {
  return await told(error).catch(() => EXIT.output)
}

async function told(error: unknown): Promise<number> {
  const json =
    words.includes('--json') ||
    words.some((word, at) => /^-o$|^--output$/.test(words[at - 1] ?? '') && /^jsonl?$/.test(word))
  if (error instanceof CliError) {
    return report(io, { ...error, message: error.message, source: undefined, delivered: undefined }, json)
  }
  if (ending.signal.aborted) return statusOf(String(ending.signal.reason))
  // it imports the library, which --version and --help have no need of
  const { explain } = await import('./errors/explain.ts')
  return report(io, explain(error), json)
}

function statusOf(reason: string): number {
  if (reason === 'EPIPE') return EXIT.done
  return reason === 'SIGINT' ? EXIT.interrupted : EXIT.terminated
}

async function end(work: Promise<number>): Promise<void> {
  let status = await work
  // both may be a terminal that nobody reads: their times must not add up
  const errors = io.err.drain(DRAIN).catch(() => {})
  try {
    await io.out.drain(DRAIN)
  } catch (error) {
    status = await failed(error)
    await io.err.drain(DRAIN).catch(() => {})
  }
  await errors
  leave(status)
}

/**
 * Ends the process. Node 20 aborts with a core at its end when a terminal has gone (src/node.cc:ResetStdio), and so the
 * signal ends it that says so.
 */
function leave(status: number): void {
  if (terminals.every((descriptor) => isatty(descriptor))) process.exit(status)
  process.removeAllListeners('SIGHUP')
  process.kill(process.pid, 'SIGHUP')
}
