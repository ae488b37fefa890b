// The process of a command: its streams, its signals and its exit status.
import { isatty } from 'node:tty'
import { CliError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import { visible } from './visible.ts'
import { DRAIN, type Writer, writerTo } from './writer.ts'

/** What a command has of its process. */
export interface CommandProcess {
  /** Standard output: data, and nothing else. */
  readonly out: Writer
  /** Standard error: counts, warnings, questions and errors. */
  readonly err: Writer
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborts when the user or the system ends the command, with the signal's name as its reason. */
  readonly signal: AbortSignal
  readonly isTerminal: { readonly in: boolean; readonly out: boolean; readonly err: boolean }
  /** Sets what ^C does instead of ending the command; without a handler it ends the command again. */
  onInterrupt(handler?: () => void): void
}

/** What makes a command of a process. Both return the exit status. */
export interface CommandParts {
  /** The command's name, before each of its warnings. */
  readonly name: string
  run(parts: CommandProcess): Promise<number>
  /** Reports an error that ended the command. */
  report(error: unknown, parts: CommandProcess): Promise<number>
}

/** Runs a command, and ends the process with its status. */
export function runCommand({ name, run, report }: CommandParts): void {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor))
  const ending = new AbortController()
  let isOver = false
  let interrupt: (() => void) | undefined
  const parts: CommandProcess = {
    out: writerTo(1, { onClosed: () => ending.abort('EPIPE') }),
    err: writerTo(2),
    env: process.env,
    signal: ending.signal,
    isTerminal: { in: isatty(0), out: isatty(1), err: isatty(2) },
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
  process.on('warning', ({ message }) => parts.err.offer(`${name}: ${visible(message)}`))
  process.on('uncaughtException', (error) => void end(failed(error)))
  // Node would end with 0: what the command waits for can never come
  process.on('beforeExit', () => {
    if (!isOver) void end(failed(new Error('the command waits, and nothing is left that it could wait for')))
  })

  void end(run(parts).catch(failed))

  /** Reports an error. It never fails: where nobody can be told, the exit status says so. */
  async function failed(error: unknown): Promise<number> {
    if (ending.signal.aborted && !(error instanceof CliError)) return statusOf(String(ending.signal.reason))
    return await report(error, parts).catch(() => EXIT.output)
  }

  async function end(work: Promise<number>): Promise<void> {
    let status = await work
    isOver = true
    interrupt = undefined
    // both may be a terminal that nobody reads: their times must not add up
    const errors = parts.err.drain(DRAIN.rest, ending.signal).catch(() => {})
    try {
      // whoever reads takes the time that he takes, as with `less`; a signal says that nobody wants the rest
      const isRead = await parts.out.drain(DRAIN.rest, ending.signal)
      // a terminal that is stopped shows neither
      if (!isRead && !parts.isTerminal.out) throw unread(parts.out.waiting)
    } catch (error) {
      status = await failed(error)
      await parts.err.drain(DRAIN.rest, ending.signal).catch(() => {})
    }
    await errors
    leave(status)
  }

  /**
   * Ends the process. Node 20 aborts with a core at its end when a terminal has gone (src/node.cc:ResetStdio), and so
   * the signal ends it that says so.
   */
  function leave(status: number): void {
    if (terminals.every((descriptor) => isatty(descriptor))) process.exit(status)
    process.removeAllListeners('SIGHUP')
    process.kill(process.pid, 'SIGHUP')
  }
}

function unread(bytes: number): CliError {
  return new CliError(`nobody has read the end of the output: ${bytes} bytes of it are lost`, {
    exit: EXIT.output,
    code: 'OUTPUT',
  })
}

function statusOf(reason: string): number {
  if (reason === 'EPIPE') return EXIT.done
  return reason === 'SIGINT' ? EXIT.interrupted : EXIT.terminated
}
