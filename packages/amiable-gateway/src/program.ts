// From the words of a command line to a verb at work.
import { type CommandProcess, didYouMean, EXIT, usage, usageOf } from 'amiable-settings'
import { Command, CommanderError } from 'commander'
import { ofVerb } from './verbs/options.ts'
import { untilEnded } from './verbs/over.ts'
import type { Verb } from './verbs/verb.ts'
import { VERBS } from './verbs/verbs.ts'
import { VERSION } from './version.ts'

/** Runs a command line to its end and returns its exit status. */
export async function runProgram(io: CommandProcess, words: readonly string[]): Promise<number> {
  const text: string[] = []
  let begin: (() => Promise<number>) | undefined
  const program = programFor(
    (part) => text.push(part),
    (verb, command) => {
      begin = () => {
        const work = verb.run(io, { args: command.args, options: command.opts() })
        return verb.endsItself ? work : untilEnded(io.signal, work)
      }
    },
  )
  let status: number
  try {
    await program.parseAsync([...words], { from: 'user' })
    if (begin === undefined && text.length === 0) program.outputHelp()
    status = begin === undefined ? (words.length === 0 ? EXIT.usage : EXIT.done) : await begin()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const { code, message } = error
    if (code !== 'commander.version' && !code.startsWith('commander.help')) throw usageOf(message)
    status = EXIT.done
  }
  const page = text.join('').trimEnd()
  if (page !== '') await (status === EXIT.done ? io.out : io.err).line(page)
  return status
}

const EXAMPLES = `amiable-gateway init /etc/amiable
amiable-gateway run -c /etc/amiable/gateway.yaml
`

/** Makes the tree of commands; a verb's options are added when it is used. */
export function programFor(print: (text: string) => void, found: (verb: Verb, command: Command) => void): Command {
  const program = new Command('amiable-gateway')
  const defined = new Map<Command, Verb>()
  const define = async (command: Command) => {
    const entry = VERBS.find(({ name }) => name === command.name())
    if (entry === undefined || defined.has(command)) return
    const verb = await entry.load()
    defined.set(command, verb)
    ofVerb(command, verb)
  }
  program
    .description('Many Asterisks on NATS JetStream: every event in an ordered log.')
    .usage('VERB [ARGUMENTS] [OPTIONS]')
    .version(VERSION, '-V, --version', 'shows the version')
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: print, outputError: () => {} })
    .enablePositionalOptions()
    .helpCommand(false)
    .helpOption('-h, --help', 'shows this page')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', '\namiable-gateway VERB --help shows the page of a verb.')
    .commandsGroup('Verbs:')
  for (const { name, summary } of VERBS) {
    const command = program.command(name).description(summary)
    command.action(() => found(defined.get(command) as Verb, command))
  }
  program
    .command('help')
    .description('shows the page of a verb')
    .argument('[verb]')
    .action(async (name?: string) => {
      const named = name === undefined ? program : program.commands.find((one) => one.name() === name)
      if (named === undefined) throw unknownVerb(name ?? '')
      await define(named)
      named.outputHelp()
    })
  program.hook('preSubcommand', (_, command) => define(command))
  program.argument('[verb]').action((name?: string) => {
    if (name !== undefined) throw unknownVerb(name)
  })
  return program
}

function unknownVerb(name: string): Error {
  const names = VERBS.map((one) => one.name)
  return usage(`there is no verb ${name}${didYouMean(name, names)}`, 'amiable-gateway --help lists the verbs.')
}
