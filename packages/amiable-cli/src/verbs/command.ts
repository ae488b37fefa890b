import { ActionError } from 'amiable'
import { targetsFor } from '../context/targets.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'
import { changeOptions, outputOptions, type ServerOptions, serverOptions } from '../options.ts'
import { jsonLine } from '../output/json.ts'
import { visible, visibleLine } from '../output/visible.ts'
import { eachServer } from '../server/each-server.ts'
import { mayChange, onlyShows } from '../server/guard.ts'
import { withClient } from '../server/session.ts'
import { type Input, verb } from './verb.ts'

interface Options extends ServerOptions {
  readonly output?: 'text' | 'json' | 'raw'
  readonly json?: boolean
  readonly quiet?: boolean
  readonly yes?: boolean
  readonly failOn?: string
}

/** What a command of the console gave on one server. */
interface Result {
  readonly source: string
  readonly success: boolean
  readonly lines: readonly string[]
}

/** `amiable command WORDS…`: a command of Asterisk's console, with its output as Asterisk gave it. */
export const command = verb<Options>({
  define: (command) => {
    command
      .argument('<words...>', "the console's command; quotes are not needed")
      .usage('[OPTIONS] WORDS…')
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', NOTES)
      .optionsGroup('Command:')
      .option('-q, --quiet', 'prints nothing of a command that worked')
      .option('--fail-on <regex>', 'exit 1 too if a line of the output matches')
    changeOptions(command)
    outputOptions(command, ['text', 'json', 'raw'], 'text')
    serverOptions(command)
  },
  run,
})

const EXAMPLES = `amiable command core show uptime
amiable -x 'pjsip reload' || echo 'it failed, and this says so'
`
const NOTES = `
Exit status 1: the command failed, or Asterisk has no such command. Asterisk
itself calls some commands a success that did nothing, such as the reload of a
module that does not exist: --fail-on 'No such' finds those.
Words that begin with a dash stand behind --.
The account needs write = command, which opens all of Asterisk.`

async function run(io: Io, { args, options, ...common }: Input<Options>): Promise<number> {
  const line = args.join(' ').trim()
  if (line === '') throw usage('command needs the words of a command, as in: amiable command core show uptime')
  const failOn = options.failOn === undefined ? undefined : patternOf(options.failOn)
  const targets = targetsFor(options, io.env)
  if (!onlyShows(line)) await mayChange(io, common, targets, line, options.yes === true)
  const json = options.json === true || options.output === 'json'
  const session = { events: 'off' as const, timeout: options.timeout }
  let printed = 0
  return await eachServer(io, targets, { json, reads: onlyShows(line) }, async (target) => {
    const result = await withClient(io, common, target, session, async (client): Promise<Result> => {
      try {
        const lines = await client.command(line, { signal: io.signal })
        return { source: target.name, success: !lines.some((one) => failOn?.test(one)), lines }
      } catch (error) {
        // what it printed before it failed is part of the answer
        const lines = error instanceof ActionError ? linesOf(error.response) : undefined
        if (lines === undefined) throw error
        return { source: target.name, success: false, lines }
      }
    })
    const { success, lines } = result
    if (json) await io.out.line(jsonLine(result))
    else if (!success || !options.quiet) {
      if (targets.length > 1) await io.out.line(`${printed++ > 0 ? '\n' : ''}==> ${visible(target.name)} <==`)
      const shown = options.output === 'raw' && !io.isTerminal.out ? lines : lines.map(visibleLine)
      if (shown.length > 0) await io.out.line(shown.join('\n'))
    }
    return success ? EXIT.done : EXIT.refused
  })
}

/** Returns the output of a command that failed; `undefined` where the server refused to run it at all. */
function linesOf(response: unknown): readonly string[] | undefined {
  const lines = (response as { lines?: readonly string[] }).lines ?? []
  return lines.length > 0 ? lines : undefined
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (error) {
    throw usage(`--fail-on must be a regular expression: ${(error as Error).message}`)
  }
}
