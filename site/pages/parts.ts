// Parts that the pages of actions and of events share.
import { rightsFor } from 'amiable/catalog'
import { section } from '../../packages/amiable-cli/src/managerconf/section.ts'
import { type ActionEntry, aboutField, BRANCHES, type EventEntry, type Field } from './catalog.ts'
import type { Example } from './examples.ts'
import { block, code, listed, prose, table } from './markdown.ts'

/** Returns the line under the title: what it is, its module, and the versions that have it. */
export function strip({ kind, module, branches, facts }: ActionEntry | EventEntry): string {
  const cells = BRANCHES.map((branch) =>
    branches.includes(branch)
      ? `<li class="has">${branch}</li>`
      : `<li class="lacks"><span class="visually-hidden">not in </span>${branch}</li>`,
  )
  const words = [
    facts.since.length > 0 ? `since ${listed(facts.since)}` : '',
    facts.removed === undefined ? '' : `removed in ${facts.removed}`,
  ].filter((text) => text !== '')
  const said = words.length === 0 ? 'every version since 16' : words.join(', ')
  const where = module === 'core' ? 'core' : `<code>${module}</code>`
  return [
    '<div class="strip">',
    `<span class="kind">${kind === 'action' ? 'Action' : 'Event'}</span>`,
    `<span>${where}</span>`,
    `<ul class="versions" aria-label="Versions of Asterisk">${cells.join('')}</ul>`,
    `<span class="since">${said}</span>`,
    '</div>',
  ].join('')
}

/** Returns a table of parameters or headers. */
export function fields(of: 'action' | 'event', all: readonly Field[], title: string, required: string): string {
  return table(
    [title, 'What it is', 'Values', 'Notes'],
    all.map((field) => [
      code(nameOf(field)),
      prose(aboutField(field.name, of) ?? ''),
      valuesOf(field),
      [
        field.required === true ? required : '',
        field.default === undefined ? '' : `default ${code(field.default)}`,
        field.repeats === true ? 'may repeat' : '',
        field.absent === undefined ? '' : `not in ${field.absent.join(', ')}`,
      ]
        .filter((note) => note !== '')
        .join('<br>'),
    ]),
  )
}

function nameOf({ name }: Field): string {
  return name.replaceAll('%', '…')
}

const KINDS = { text: 'text', number: 'number', boolean: 'yes or no', scalar: 'text or number' }

function valuesOf({ kind, values, open, unit }: Field): string {
  if (values !== undefined)
    return [...values.map((value) => code(value.replaceAll('%', '…'))), ...(open ? ['others'] : [])].join(' ')
  const word = KINDS[kind ?? 'text']
  return unit === undefined ? word : `${word}, ${unit}`
}

/** Returns the lines of manager.conf that an action or an event needs, and in which cases more. */
export function rights(entry: ActionEntry | EventEntry): string {
  const { kind, name, facts } = entry
  const found = rightsFor(kind === 'action' ? { actions: [name] } : { events: [name] })
  const classes = kind === 'action' ? entry.facts.privileges : entry.facts.classes
  const calculator = `[Ask for several at once](/rights#${kind}s=${name}).`
  const notes = found.notes.filter(({ note }) => !note.startsWith('It only answers')).map(({ note }) => `- ${note}`)
  if (kind === 'event' && classes.length === 0) {
    const from = facts as EventEntry['facts']
    return `It comes only as an answer to ${listed(
      from.listedBy.map((one) => `[${one}](/actions/${one})`),
      'or',
    )}, to the account that asked.`
  }
  if (classes.length === 0) return [`Every account may send it. ${calculator}`, ...notes].join('\n\n')
  const several =
    kind === 'action'
      ? `${listed(classes.map(code), 'or')} is enough. ${calculator}`
      : `The account must be allowed ${listed(classes.map(code))}, and its login must ask for it. ${calculator}`
  const lines = section(found).filter((line) =>
    kind === 'action' ? line.startsWith('write') : line.startsWith('read'),
  )
  const said =
    classes.length === 1 ? (kind === 'action' ? `The account needs this line. ${calculator}` : several) : several
  return [said, block('ini', lines.join('\n'), 'manager.conf'), ...(notes.length > 0 ? [notes.join('\n')] : [])].join(
    '\n\n',
  )
}

/** Returns a real example, or that there is none. */
export function example(found: Example | undefined): string {
  if (found === undefined) return 'No real one has been captured yet.'
  return `From a real Asterisk ${found.version}, without secrets.\n\n${block('http', found.messages.join('\n\n'))}`
}
