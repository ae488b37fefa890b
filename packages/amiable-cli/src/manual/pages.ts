// The pages of the manual, made from the tree that makes the help.
import type { Command, Option } from 'commander'
import { MEANINGS } from '../errors/exit-codes.ts'
import { asItStands, entries, escaped, macro } from './roff.ts'

/** Returns every page by the name of its file, as `amiable-events.1`. @param define adds the options of a verb */
export async function pagesOf(
  program: Command,
  define: (command: Command) => Promise<void>,
  version: string,
): Promise<Record<string, string>> {
  const verbs = program.createHelp().visibleCommands(program)
  const pages: Record<string, string> = { 'amiable.1': pageOf(program, 'amiable', version, verbs) }
  for (const verb of verbs) {
    if (verb.name() === 'help') continue
    await define(verb)
    pages[`amiable-${verb.name()}.1`] = pageOf(verb, `amiable ${verb.name()}`, version, [])
  }
  return pages
}

function pageOf(command: Command, name: string, version: string, verbs: readonly Command[]): string {
  const { examples, notes } = textsOf(command)
  const file = name.replace(' ', '-')
  return [
    `.TH ${file.toUpperCase()} 1 "" "amiable ${version}" "amiable"`,
    '.SH NAME',
    `${escaped(file)} \\- ${escaped(command.description().replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    macro('B', name),
    escaped(command.usage()),
    ...(notes === '' ? [] : ['.SH DESCRIPTION', ...asItStands(notes)]),
    ...(verbs.length === 0
      ? []
      : ['.SH VERBS', ...entries(verbs.map((verb) => [verb.name(), verb.description()] as const))]),
    ...optionsOf(command),
    '.SH EXAMPLES',
    ...asItStands(examples),
    '.SH EXIT STATUS',
    ...entries(MEANINGS),
    ...(verbs.length === 0 ? seeAlso(['amiable']) : [...ABOUT, ...seeAlso(verbs.map(fileOf).filter(Boolean))]),
    '',
  ].join('\n')
}

const ABOUT = [
  '.SH ENVIRONMENT',
  ...entries([
    ['AMIABLE_URL', 'a server without a context: ami://user@host:port'],
    ['AMIABLE_SECRET_FILE', 'the file with its secret, which only you can read'],
    ['AMIABLE_CONTEXT', 'the context to use'],
    ['AMIABLE_CONFIG', 'the configuration, in place of the one below'],
    ['NO_COLOR, FORCE_COLOR', 'no colours, colours also into a pipe'],
  ]),
  '.SH FILES',
  ...entries([['~/.config/amiable/config.json', 'the contexts: servers, accounts, and where their secrets are']]),
]

function fileOf(verb: Command): string {
  return verb.name() === 'help' ? '' : `amiable-${verb.name()}`
}

function seeAlso(names: readonly string[]): string[] {
  return ['.SH SEE ALSO', ...names.map((name, at) => `.BR ${escaped(name)} (1)${at === names.length - 1 ? '' : ','}`)]
}

/** The options under the titles of their groups. */
function optionsOf(command: Command): string[] {
  const groups = new Map<string, Option[]>()
  for (const option of command.createHelp().visibleOptions(command)) {
    const title = (option.helpGroupHeading ?? 'General:').replace(/:$/, '')
    groups.set(title, [...(groups.get(title) ?? []), option])
  }
  return [
    '.SH OPTIONS',
    ...[...groups].flatMap(([title, options]) => [
      macro('SS', title),
      ...entries(options.map((option) => [option.flags, textOf(option)] as const)),
    ]),
  ]
}

function textOf({ description, argChoices }: Option): string {
  return argChoices === undefined ? description : `${description}: ${argChoices.join(', ')}`
}

/** What stands before and behind the help that commander makes. */
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
