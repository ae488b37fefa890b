import { actionLink, allActions, type EventEntry } from './catalog.ts'
import { exampleOfEvent } from './examples.ts'
import { block, code, frontMatter, listed, type Page, prose, tabs } from './markdown.ts'
import { oddEvents, raises } from './oddities.ts'
import { example, fields, rights, strip } from './parts.ts'
import { relatedTo } from './related.ts'
import { eventCode, eventCommand, eventWire } from './samples.ts'

/** Returns the page of an event. */
export function eventPage(event: EventEntry): Page {
  const { name, summary, headers, asterisks } = event
  const parts = [
    strip(event),
    prose(summary),
    ...comesFrom(event),
    tabs(
      block('sh', eventCommand(event), 'amiable'),
      block('ts', eventCode(event), 'TypeScript'),
      block('http', eventWire(event), 'on the wire'),
    ),
    '## Headers',
    ...(headers.length === 0 && event.snapshots.length > 0 ? ['It has none of its own.'] : []),
    ...(headers.length === 0 && event.snapshots.length === 0 ? ['The catalog knows none.'] : []),
    ...(headers.length > 0 ? [fields('event', headers, 'Header', 'always')] : []),
    ...snapshots(event),
    '## Rights',
    rights(event),
    ...(oddEvents[name] === undefined ? [] : ['## What is odd', oddEvents[name]]),
    '## Example',
    example(exampleOfEvent(name)),
    '## Related',
    relatedTo(event),
    ...(asterisks === undefined ? [] : [`Asterisk’s own page: [${name} on docs.asterisk.org](${asterisks})`]),
  ]
  const head = frontMatter({ title: `${name} (event)`, description: summary, editLink: false })
  return { path: `events/${name}.md`, text: `${head}\n# ${name}\n\n${parts.join('\n\n')}\n` }
}

function comesFrom({ name, facts }: EventEntry): string[] {
  const rowOf = allActions.filter((one) => one.facts.rows.includes(name)).map((one) => one.name)
  const ends = allActions.filter((one) => one.facts.completion === name).map((one) => one.name)
  const raisedBy = Object.keys(raises).filter((action) => raises[action]?.includes(name))
  const links = (names: readonly string[]) => listed(names.map(actionLink), 'or')
  const lines = [
    rowOf.length > 0 ? `It is a row of the answer to ${links(rowOf)}.` : '',
    ends.length > 0 ? `It completes the list of ${links(ends)}.` : '',
    facts.classes.length > 0 && rowOf.length > 0 ? 'It also comes by itself when something happens.' : '',
    raisedBy.length > 0 ? `The action ${links(raisedBy)} raises it.` : '',
  ].filter((line) => line !== '')
  return lines.length > 0 ? [lines.join(' ')] : []
}

function snapshots({ snapshots: all }: EventEntry): string[] {
  return all.map(({ kind, prefix, names }) => {
    const before = prefix === '' ? '' : ` with <code>${prefix}</code> before them`
    return details(
      `${names.length} headers of the ${kind}${before}`,
      `${names.map(code).join(' ')}\n\n[What they mean](/events/snapshots#${kind})`,
    )
  })
}

function details(summary: string, body: string): string {
  return `<details class="snapshot">\n<summary>${summary}</summary>\n\n${body}\n\n</details>`
}
