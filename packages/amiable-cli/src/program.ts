// From the words of a command line to a verb at work.
import { Command, CommanderError, Option } from 'commander'
import { EXIT } from './errors/exit-codes.ts'
import { didYouMean, usage, usageOf } from './errors/usage.ts'
import type { Io, Whole } from './io.ts'
import { generalOptions, type ServerOptions, serverOptions } from './options.ts'
import { type ColourChoice, isColoured, painter } from './output/colour.ts'
import type { Input, Verb } from './verbs/verb.ts'
import { VERBS } from './verbs/verbs.ts'

/** Runs a command line to its end and returns its exit status. */
export async function runProgram(io: Io, words: readonly string[], version: string): Promise<number> {
  const text: string[] = []
  const { program, run } = programFor(version, (part) => text.push(part), words[0])
  let status: number
  try {
    await program.parseAsync([...words], { from: 'user' })
    status = run.begin === undefined ? await runLine(program, io, text, version) : await run.begin(io)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    status = ofCommander(error)
  }
  const page = text.join('').trimEnd()
  if (page !== '') await (status === EXIT.done ? io.out : io.err).line(page)
  return status
}

/** A verb that has been found and can be run. */
interface Found {
  begin?: (io: Io) => Promise<number>
}

/**
 * Makes the tree of commands; a verb's options are added when it is used.
 * @param first the first word: where it is a verb, the others are left out
 */
export function programFor(
  version: string,
  print: (text: string) => void,
  first?: string,
): { program: Command; run: Found } {
  const run: Found = {}
  const program = new Command('amiable')
  program
    .description('Asterisk Manager Interface from a shell.')
    .usage('[-c CONTEXT | -H URL] VERB [ARGUMENTS] [OPTIONS]')
    .version(version, '-V, --version', 'shows the version')
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: print, outputError: () => {} })
    .enablePositionalOptions()
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', '\namiable VERB --help shows the page of a verb.')
  program.addOption(new Option('-x <line>', "the same as: command -- LINE, for fingers used to 'asterisk -rx'"))
  serverOptions(program)
  generalOptions(program)
  program.commandsGroup('Verbs:')
  const meant = VERBS.filter(({ name }) => name === first)
  for (const { name, summary, load } of meant.length > 0 ? meant : VERBS) {
    const command = program.command(name).description(summary)
    lazily.set(command, load)
    command.action(async () => {
      const verb = await load()
      run.begin = (io) => verb.run(io, inputOf(program, command, io, version))
    })
  }
  const help = program.command('help').description('shows the page of a verb').argument('[verb]')
  help.action(async (name?: string) => {
    const named = name === undefined ? program : program.commands.find((one) => one.name() === name)
    if (named === undefined) throw usage(unknownVerb(name ?? ''))
    await defined(named)
    named.outputHelp()
  })
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action((given: string[]) => {
      run.begin = async (io) => {
        const { candidatesFor } = await import('./complete/candidates.ts')
        for (const one of await candidatesFor(program, given, defined, io.env)) await io.out.line(one)
        return EXIT.done
      }
    })
  // the build asks for it: the pages of the manual are the pages of the help
  program.command('manual', { hidden: true }).action(() => {
    run.begin = async (io) => {
      const { pagesOf } = await import('./manual/pages.ts')
      await io.out.line(JSON.stringify(await pagesOf(program, defined, version)))
      return EXIT.done
    }
  })
  program.hook('preSubcommand', (_, command) => defined(command))
  program.hook('preAction', (_, command) => {
    if (command.name() !== 'complete') refuseEmpty(program, command)
  })
  program.argument('[verb]').action((name?: string) => {
    if (name !== undefined) throw usage(unknownVerb(name), 'amiable --help lists the verbs.')
  })
  return { program, run }
}

const lazily = new WeakMap<Command, () => Promise<Verb>>()

/** Adds the options of a verb, once. */
export async function defined(command: Command): Promise<void> {
  const load = lazily.get(command)
  if (load === undefined) return
  lazily.delete(command)
  const verb = await load()
  verb.define(command)
  generalOptions(command)
}

/** @throws {CliError} for what was given and says nothing, as a variable of a script that is not set */
function refuseEmpty(program: Command, command: Command): void {
  for (const one of [program, command]) {
    const values = one.opts()
    const empty = one.options.find((option) => [values[option.attributeName()]].flat().includes(''))
    if (empty !== undefined) throw usage(`${empty.flags.replace(/ <.*/, '')} must not be empty`)
  }
  if (command.args.includes('')) throw usage(`an argument of ${command.name()} must not be empty`)
}

const EXAMPLES = `amiable context add pbx1 --host ami://frank@pbx1.example.net
amiable -x 'core show channels'
`

function unknownVerb(name: string): string {
  const names = VERBS.map((one) => one.name)
  return `there is no verb ${name}${didYouMean(name, names)}`
}

/** Runs a line without a verb: `-x LINE`, a shell on a terminal, or the help. */
async function runLine(program: Command, io: Io, text: readonly string[], version: string): Promise<number> {
  const line: unknown = program.opts().x
  if (typeof line === 'string') {
    return await runVerb('command', io, { ...inputOf(program, program, io, version), args: [line] })
  }
  if (text.length > 0) return EXIT.done
  const input = inputOf(program, program, io, version)
  if (io.isTerminal.in && io.isTerminal.out && (await hasServer(input.options, io))) {
    return await runVerb('shell', io, { ...input, args: [] })
  }
  program.outputHelp()
  return EXIT.usage
}

async function runVerb(name: string, io: Io, input: Input): Promise<number> {
  const verb = await VERBS.find((one) => one.name === name)?.load()
  return (await verb?.run(io, input)) ?? EXIT.usage
}

/** Whether it is known which server is meant: somebody who has none yet needs the help. */
async function hasServer(options: ServerOptions, { env }: Io): Promise<boolean> {
  const { targetsFor } = await import('./context/targets.ts')
  if (options.context !== undefined || options.host !== undefined) return true
  try {
    return targetsFor(options, env).length > 0
  } catch {
    return false
  }
}

/** Returns what was given behind the verb, and before it where it was not given again. */
function inputOf(program: Command, command: Command, io: Io, version: string): Input {
  const options: Record<string, unknown> = { ...command.opts() }
  for (const [name, value] of Object.entries(program.opts())) {
    if (program.getOptionValueSource(name) !== 'cli') continue
    if (command.getOptionValueSource(name) !== 'cli') options[name] = value
  }
  const colour = (options.color as ColourChoice | undefined) ?? 'auto'
  return {
    args: command.args,
    options,
    paint: painter(isColoured(colour, io.isTerminal.out, io.env)),
    verbose: (options.verbose as number | undefined) ?? 0,
    input: options.input !== false,
    whole: wholeOf(version),
  }
}

function wholeOf(version: string): Whole {
  return {
    run: (io, words) => runProgram(io, words, version),
    complete: async (words, env) => {
      const { candidatesFor } = await import('./complete/candidates.ts')
      return await candidatesFor(programFor(version, () => {}).program, words, defined, env)
    },
  }
}

/** Returns the exit status of what commander ended with. A mistake of the user becomes an error of this program. */
function ofCommander({ code, message }: CommanderError): number {
  if (code === 'commander.version' || code.startsWith('commander.help')) return EXIT.done
  throw usageOf(message)
}
