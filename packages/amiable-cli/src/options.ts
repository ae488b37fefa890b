// The options that several verbs share.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { usage } from './errors/usage.ts'
import { COLOUR } from './output/colour.ts'
import { durationOf } from './output/time.ts'

/** What {@link serverOptions} gives. */
export interface ServerOptions {
  readonly context?: readonly string[]
  readonly all?: boolean
  readonly host?: string
  readonly timeout?: number
}

/** Adds the options that say which servers are meant. */
export function serverOptions(command: Command): Command {
  return command
    .optionsGroup('Server:')
    .addOption(new Option('-c, --context <names>', 'the contexts to use, with commas between them').argParser(collect))
    .option('-A, --all', 'every context')
    .option('-H, --host <url>', 'a server without a context: ami://user@host:port, or amis:// for TLS')
    .addOption(duration('--timeout <time>', 'how long an action may take (10s)'))
}

/** Adds the option that answers the question whether something is to be changed. */
export function changeOptions(command: Command): Command {
  return command.option('-y, --yes', 'asks nothing before it changes something')
}

/** Adds the options that say how results are printed. */
export function outputOptions(command: Command, formats: readonly string[], standard: string): Command {
  return command
    .optionsGroup('Output:')
    .addOption(new Option('-o, --output <format>', `how results are printed (${standard})`).choices(formats))
    .addOption(jsonOption(formats.includes('json') ? 'json' : 'jsonl'))
}

/** Makes the option that is short for a format, and that no other format may stand beside. */
export function jsonOption(format: 'json' | 'jsonl'): Option {
  return new Option('--json', `the same as -o ${format}`).conflicts('output')
}

/** Adds the options that every verb has. */
export function generalOptions(command: Command): Command {
  return command
    .optionsGroup('General:')
    .addOption(new Option('--color <when>', 'when results have colours (auto)').choices(COLOUR))
    .option('--no-input', 'asks nothing, also on a terminal')
    .addOption(
      new Option('-v, --verbose', 'reports the connection; -vv actions and events too, -vvv all but secrets').argParser(
        count,
      ),
    )
    .addOption(new Option('--secret <secret>').hideHelp().argParser(noSecret))
    .addOption(new Option('--password <secret>').hideHelp().argParser(noSecret))
    .helpOption('-h, --help', 'shows this page')
}

/** Makes an option that takes `30s`, `5m`, `1h` or seconds, and gives milliseconds. */
export function duration(flags: string, text: string): Option {
  return new Option(flags, text).argParser((given) => {
    const time = durationOf(given)
    if (time === undefined)
      throw new InvalidArgumentError('It must be a time such as 30s, 5m, 1h or 250ms, of 24 days at most.')
    return time
  })
}

/** Makes an option that takes a whole number from `least`. */
export function whole(flags: string, text: string, least = 1): Option {
  return new Option(flags, text).argParser((given) => {
    const number = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN
    if (!(number >= least)) throw new InvalidArgumentError(`It must be a whole number from ${least}.`)
    return number
  })
}

/** Makes an option that takes names with commas between them. */
export function names(flags: string, text: string): Option {
  return new Option(flags, text).argParser((given) => {
    const list = given.split(',').map((name) => name.trim())
    if (list.includes('')) throw new InvalidArgumentError('It must be names with commas between them.')
    return list
  })
}

/** Adds what was given to what was given before. */
export function collect(given: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), given]
}

function count(_: string, before: number | undefined): number {
  return (before ?? 0) + 1
}

// never with what was given, as commander's own message has it
function noSecret(): never {
  throw usage(
    'there is no option for a secret: every user of this machine can read the arguments of a command',
    'Set AMIABLE_SECRET_FILE, or store it with a context: amiable context secret NAME',
  )
}
