import { type Contents, contentsOf } from '../../packages/amiable-cli/src/manual/contents.ts'
import { defined, programFor } from '../../packages/amiable-cli/src/program.ts'
import { block, code, type Page, page, prose, table } from './markdown.ts'

/** Returns a page for each verb of the command, from the tree that makes its help and its manual. */
export async function cliPages(): Promise<Page[]> {
  const { program } = programFor('', () => {})
  const [command, ...verbs] = await contentsOf(program, defined)
  if (command === undefined || verbs.length === 0) throw new Error('the command has no pages')
  return [...verbs.map((verb) => verbPage(verb)), statusPage(command)]
}

/** Returns the names of the verbs, for the list beside the pages. */
export function verbNames(pages: readonly Page[]): string[] {
  return pages.flatMap(({ path }) => /^cli\/(?!index|options)(.+)\.md$/.exec(path)?.[1] ?? [])
}

function verbPage({ name, description, usage, examples, notes, options }: Contents): Page {
  const verb = name.replace('amiable ', '')
  const own = options.filter(([title]) => !SHARED.test(title))
  return page(
    `cli/${verb}.md`,
    name,
    `${name} ${description}.`,
    `The verb \`${verb}\` ${lowered(prose(description))}. This page shows how you call it.`,
    block('sh', examples),
    '## Usage',
    block('text', `${name} ${usage}`),
    ...(notes === '' ? [] : [block('text', notes)]),
    '## Options',
    ...optionsOf(own),
    ...optionsOf(options.filter(([title]) => SHARED.test(title))),
    '[Exit statuses, variables and files](/cli/options) are the same for every verb.',
  )
}

/** Groups that every verb has stand behind its own. */
const SHARED = /^(?:Server|General|Connection)/

function optionsOf(groups: Contents['options']): string[] {
  return groups.flatMap(([title, options]) => [
    `### ${title}`,
    table(
      ['Option', 'What it does'],
      options.map(([flags, text]) => [code(flags), prose(text)]),
    ),
  ])
}

function statusPage({ options, statuses, environment, files }: Contents): Page {
  const rows = (list: Contents['statuses']) => list.map(([name, text]) => [code(name), prose(text)])
  return page(
    'cli/options.md',
    'Exit statuses, options and files',
    'What every verb of the command amiable has in common.',
    'This page shows what every verb has in common: exit statuses, options, variables and files.',
    '## Exit statuses',
    table(['Status', 'Meaning'], rows(statuses)),
    '## Options',
    ...optionsOf(options),
    '## Variables',
    table(['Variable', 'What it holds'], rows(environment)),
    '## Files',
    table(['File', 'What it holds'], rows(files)),
  )
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
