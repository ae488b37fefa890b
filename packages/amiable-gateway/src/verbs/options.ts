// The options that several verbs share.
import { usage } from 'amiable-settings'
import { millisecondsOf } from 'amiable-settings/yaml'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Verb } from './verb.ts'

/** Adds what a verb has, and what every verb has. */
export function ofVerb(command: Command, verb: Verb): void {
  verb.define(command)
  command
    .optionsGroup('General:')
    .addOption(new Option('--secret <secret>').hideHelp().argParser(noSecret))
    .addOption(new Option('--password <secret>').hideHelp().argParser(noSecret))
    .helpOption('-h, --help', 'shows this page')
}

/** Adds the option that names the configuration. */
export function configOption(command: Command): Command {
  return command.option('-c, --config <file>', 'the configuration (AMIABLE_URL and\nAMIABLE_SECRET_FILE)')
}

/** Adds the options with which a verb comes to NATS by a configuration, or from any machine as a team does. */
export function teamOptions(command: Command): Command {
  return configOption(command)
    .optionsGroup('Without a configuration:')
    .option('--nats <addresses>', 'NATS, with commas between the addresses')
    .option('--user <name>', 'a user of NATS')
    .option('--password-file <file>', 'the file that holds its password')
    .option('--creds <file>', 'a file of credentials, in place of a user')
    .option('--nkey <file>', 'a seed of an nkey, in place of a user')
    .option('--ca <file>', 'the authority of the certificate of NATS')
    .option('--inbox <token>', 'what the inbox of this user begins with')
    .option('--prefix <token>', 'what all subjects begin with (ami)')
}

/** What {@link outputOptions} gives. */
export interface OutputOptions {
  readonly output?: 'text' | 'json'
  readonly json?: boolean
}

/** Adds the options that say how results are printed. */
export function outputOptions(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .addOption(new Option('-o, --output <format>', 'how results are printed (text)').choices(['text', 'json']))
    .option('--json', 'the same as -o json')
}

export function isJson({ output, json }: OutputOptions): boolean {
  return json === true || output === 'json'
}

/** Makes an option that takes `500ms`, `10s`, `5m`, `1h` or `2d`, and gives milliseconds. */
export function duration(flags: string, text: string): Option {
  return new Option(flags, text).argParser((given) => {
    const time = millisecondsOf(given)
    if (time === undefined || time === 0) throw new InvalidArgumentError('It must be a time such as 500ms, 30s or 5m.')
    return time
  })
}

// never with what was given, as commander's own message has it
function noSecret(): never {
  throw usage(
    'there is no option for a secret: every user of this machine can read the arguments of a command',
    'The configuration says where each secret is: secret: { file: /run/secrets/pbx1 }',
  )
}
