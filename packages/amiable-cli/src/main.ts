// The process: what the command makes of its streams, its words and its errors.
import { isatty } from 'node:tty'
import { CliError, EXIT, runCommand, wantsJson } from 'amiable-settings'
import type { Io } from './io.ts'
import { report } from './output/report.ts'
import { VERSION } from './version.ts'

const words = process.argv.slice(2)

runCommand({
  name: 'amiable',
  async run(parts) {
    // what reads command lines is the dearest part of the start, and the version needs nothing
    if (words.length === 1 && /^(?:--version|-V)$/.test(words[0] ?? '')) {
      await parts.out.line(VERSION)
      return EXIT.done
    }
    const io: Io = {
      ...parts,
      // a serial line or a program that plays a terminal may have said no size, which is 0
      columns: () => (isatty(1) ? process.stdout.columns || undefined : undefined),
      rows: () => (isatty(1) ? process.stdout.rows || undefined : undefined),
      typed: new Map(),
    }
    const { runProgram } = await import('./program.ts')
    return await runProgram(io, words, VERSION)
  },
  async report(error, { err }) {
    const json = wantsJson(words)
    if (error instanceof CliError) {
      return report({ err }, { ...error, message: error.message, source: undefined, delivered: undefined }, json)
    }
    // it imports the library, which --version and --help have no need of
    const { explain } = await import('./errors/explain.ts')
    return report({ err }, explain(error), json)
  },
})
