// The pages of the manual, one for the command and one for each verb, from the tree of commands that makes the help.
import type { Command } from 'commander'
import { type Contents, contentsOf } from './contents.ts'
import { asItStands, entries, escaped, macro } from './roff.ts'

/** Returns every page by the name of its file, as `amiable-events.1`. @param define adds the options of a verb */
export async function pagesOf(
  program: Command,
  define: (command: Command) => Promise<void>,
  version: string,
): Promise<Record<string, string>> {
  const pages = await contentsOf(program, define)
  const files = pages.map(({ name }) => fileOf(name))
  return Object.fromEntries(
    pages.map((page) => {
      const file = fileOf(page.name)
      // the page of the command leads to the verbs, and that of a verb back
      const others = page.verbs.length === 0 ? ['amiable'] : files.filter((other) => other !== file)
      return [`${file}.1`, pageOf(page, file, version, others)]
    }),
  )
}

function pageOf(page: Contents, file: string, version: string, others: readonly string[]): string {
  const { name, description, usage, examples, notes, verbs, options, statuses, environment, files } = page
  return [
    `.TH ${file.toUpperCase()} 1 "" "amiable ${version}" "amiable"`,
    '.SH NAME',
    `${escaped(file)} \\- ${escaped(description)}`,
    '.SH SYNOPSIS',
    macro('B', name),
    escaped(usage),
    ...(notes === '' ? [] : ['.SH DESCRIPTION', ...asItStands(notes)]),
    ...section('VERBS', verbs),
    '.SH OPTIONS',
    ...options.flatMap(([title, group]) => [macro('SS', title), ...entries(group)]),
    '.SH EXAMPLES',
    ...asItStands(examples),
    ...section('EXIT STATUS', statuses),
    ...section('ENVIRONMENT', environment),
    ...section('FILES', files),
    ...seeAlso(others),
    '',
  ].join('\n')
}

function section(title: string, list: Contents['verbs']): string[] {
  return list.length === 0 ? [] : [`.SH ${title}`, ...entries(list)]
}

function fileOf(name: string): string {
  return name.replace(' ', '-')
}

function seeAlso(names: readonly string[]): string[] {
  return ['.SH SEE ALSO', ...names.map((name, at) => `.BR ${escaped(name)} (1)${at === names.length - 1 ? '' : ','}`)]
}
