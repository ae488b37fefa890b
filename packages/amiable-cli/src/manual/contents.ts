// What a page about a command says, whatever it is written in: the manual and the site make their pages of it.
import type { Command, Option } from 'commander'
import { MEANINGS } from '../errors/exit-codes.ts'

/** A name with its description. */
export type Entry = readonly [name: string, text: string]

/** A page of the command itself, or of a verb. */
export interface Contents {
  /** The words that call it: `amiable events`. */
  readonly name: string
  readonly description: string
  readonly usage: string
  readonly examples: string
  /** What the help says behind the options; empty where it says nothing. */
  readonly notes: string
  /** The verbs; of the page of a verb, none. */
  readonly verbs: readonly Entry[]
  /** The options by the title of their group. */
  readonly options: readonly (readonly [title: string, options: readonly Entry[]])[]
  readonly statuses: readonly Entry[]
  /** Variables and files, which the page of the command names for all verbs. */
  readonly environment: readonly Entry[]
  readonly files: readonly Entry[]
}

const ENVIRONMENT: readonly Entry[] = [
  ['AMIABLE_URL', 'a server without a context: ami://user@host:port'],
  ['AMIABLE_SECRET_FILE', 'the file with its secret, which only you can read'],
  ['AMIABLE_CONTEXT', 'the context to use'],
  ['AMIABLE_CONFIG', 'the configuration, in place of the one below'],
  ['NO_COLOR, FORCE_COLOR', 'no colours, colours also into a pipe'],
]
const FILES: readonly Entry[] = [
  ['~/.config/amiable/config.json', 'the contexts: servers, accounts, and where their secrets are'],
]

/** Returns the page of the command, and behind it the page of each verb. @param define adds the options of a verb */
export async function contentsOf(
  program: Command,
  define: (command: Command) => Promise<void>,
): Promise<readonly Contents[]> {
  const verbs = program.createHelp().visibleCommands(program)
  const summaries = verbs.map((verb): Entry => [verb.name(), verb.description()])
  const own = { verbs: summaries, environment: ENVIRONMENT, files: FILES }
  const pages: Contents[] = [{ ...of(program, 'amiable'), ...own }]
  for (const verb of verbs) {
    if (verb.name() === 'help') continue
    await define(verb)
    pages.push(of(verb, `amiable ${verb.name()}`))
  }
  return pages
}

function of(command: Command, name: string): Contents {
  return {
    name,
    description: command.description().replace(/\.$/, ''),
    usage: command.usage(),
    ...textsOf(command),
    verbs: [],
    options: optionsOf(command),
    statuses: MEANINGS,
    environment: [],
    files: [],
  }
}

function optionsOf(command: Command): [title: string, options: Entry[]][] {
  const groups = new Map<string, Entry[]>()
  for (const option of command.createHelp().visibleOptions(command)) {
    const title = (option.helpGroupHeading ?? 'General:').replace(/:$/, '')
    groups.set(title, [...(groups.get(title) ?? []), [option.flags, textOf(option)]])
  }
  return [...groups]
}

function textOf({ description, argChoices }: Option): string {
  return argChoices === undefined ? description : `${description}: ${argChoices.join(', ')}`
}

/** Returns what stands before and behind the help that commander makes. */
function textsOf(command: Command): { examples: string; notes: string } {
  let page = ''
  const { writeOut } = command.configureOutput()
  command.configureOutput({
    writeOut: (text) => {
      page += text
    },
  })
  command.outputHelp()
  command.configureOutput({ ...(writeOut && { writeOut }) })
  const own = command.helpInformation()
  const at = page.indexOf(own)
  return { examples: page.slice(0, at).trim(), notes: page.slice(at + own.length).trim() }
}
