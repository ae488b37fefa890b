import type { Catalog } from '../model.ts'
import { preamble } from './text.ts'

/** `summaries.ts`: one line of our own for actions, events and AGI commands, `name|text`. */
export function emitSummaries({ versions, summaries }: Catalog): string {
  return [
    ...preamble(
      versions,
      'One line of the library for actions, events and AGI commands; none is a sentence of Asterisk.',
    ),
    ...table('ACTION_SUMMARIES', summaries.actions),
    ...table('EVENT_SUMMARIES', summaries.events),
    ...table('AGI_SUMMARIES', summaries.agi),
  ].join('\n')
}

/** `synopses.ts` of the simulator, which knows nothing of the catalog: what its ListCommands says of each action. */
export function emitSynopses({ versions, summaries }: Catalog): string {
  return [
    ...preamble(versions, 'What the simulated ListCommands says of each action, in words of the library.'),
    ...table('SYNOPSES', summaries.actions),
  ].join('\n')
}

/** `usages.ts` of the simulator: what it answers to an AGI command with wrong arguments, beside the command's name. */
export function emitUsages({ versions, agi, summaries }: Catalog): string {
  const usages = agi.map(({ name, parameters }) => {
    const words = parameters.map((one) => (one.required ? `<${one.name}>` : `[<${one.name}>]`))
    return `${name}|${words.join(' ')}|${plain(summaries.agi[name] ?? '')}`
  })
  return [
    ...preamble(
      versions,
      'How the arguments of AGI commands are written, and what each does, in words of the library.',
    ),
    '/** name | arguments | text */',
    'export const USAGES: string = `',
    ...usages,
    '`',
    '',
  ].join('\n')
}

function table(name: string, texts: Readonly<Record<string, string>>): string[] {
  const rows = Object.entries(texts).map(([key, text]) => `${key}|${plain(text)}`)
  return [`/** name | text */`, `export const ${name}: string = \``, ...rows, '`', '']
}

/** In letters that every terminal and every AMI session shows. */
function plain(text: string): string {
  return text.replace(/[`’]/g, "'").replace(/[“”]/g, '"')
}
