// The process: what the command makes of its words and its errors.
import { EXIT, reportTo, runCommand, wantsJson } from 'amiable-settings'
import { VERSION } from './version.ts'

const words = process.argv.slice(2)

runCommand({
  name: 'amiable-gateway',
  async run(io) {
    if (words.length === 1 && /^(?:--version|-V)$/.test(words[0] ?? '')) {
      await io.out.line(VERSION)
      return EXIT.done
    }
    const { runProgram } = await import('./program.ts')
    return await runProgram(io, words)
  },
  async report(error, { err }) {
    const { explain } = await import('./explain.ts')
    return reportTo(err, 'amiable-gateway', explain(error), wantsJson(words))
  },
})
