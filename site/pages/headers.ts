// Pages that lead from a header to its events.
import { snapshotFields } from '../../tools/codegen/src/emit/snapshots.ts'
import { aboutField, allEvents, type Field } from './catalog.ts'
import { code, type Page, page, prose, table } from './markdown.ts'
import { fields } from './parts.ts'

/** More events than this, and the name says too little to list them. */
const MANY = 30

/** Returns every header of an event's own by its name, with the events that carry it. */
export function headersByName(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { name, headers } of allEvents) {
    for (const header of headers.filter((one) => one.name !== '%'))
      found.set(header.name, [...(found.get(header.name) ?? []), name])
  }
  const sorted = [...found].sort(([one], [other]) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1))
  return new Map(sorted)
}

/** Returns the pages about headers. */
export function headerPages(): Page[] {
  const rows = [...headersByName()].map(([name, events]) => [
    code(name.replaceAll('%', '…')),
    prose(aboutField(name, 'event') ?? ''),
    events.length > MANY ? `${events.length} events` : events.map((event) => `[${event}](/events/${event})`).join(', '),
  ])
  const parts = [
    ['a', 'i'],
    ['j', 'r'],
    ['s', 'z'],
  ] as const
  const inPart = (name: string, [from, to]: readonly [string, string]) => {
    const first = (/[a-z]/i.exec(name)?.[0] ?? 'a').toLowerCase()
    return first >= from && first <= to
  }
  const title = ([from, to]: readonly [string, string]) => `${from.toUpperCase()} to ${to.toUpperCase()}`
  const pathOf = (part: readonly [string, string]) => (part[0] === 'a' ? 'headers' : `headers-${part[0]}-${part[1]}`)
  return [
    ...parts.map((part) =>
      page(
        `events/${pathOf(part)}.md`,
        `Headers from ${title(part)}`,
        `Which events carry which header: ${title(part)}.`,
        'This page leads from a header to the events that carry it. The headers of [channels and bridges](/events/snapshots) have a page of their own.',
        parts
          .map((one) => (one === part ? `**${title(one)}**` : `[${title(one)}](/events/${pathOf(one)})`))
          .join(' · '),
        table(
          ['Header', 'What it is', 'Events'],
          rows.filter(([name = '']) => inPart(name, part)),
        ),
      ),
    ),
    page(
      'events/snapshots.md',
      'Channels and bridges in events',
      'The headers that each event about a channel or a bridge carries.',
      'This page explains the headers with which an event describes a channel or a bridge. An event about several has each set with a prefix: `DestChannel`, `DestUniqueid` and so on.',
      '## channel',
      snapshot('channel'),
      listOf('channel'),
      '## bridge',
      snapshot('bridge'),
      listOf('bridge'),
    ),
  ]
}

function snapshot(kind: 'channel' | 'bridge'): string {
  return fields('event', snapshotFields({ kind, prefix: '', optional: false }) as Field[], 'Header', 'always')
}

function listOf(kind: 'channel' | 'bridge'): string {
  const byPrefix = new Map<string, string[]>()
  for (const { name, snapshots } of allEvents) {
    for (const one of snapshots) {
      if (one.kind === kind) byPrefix.set(one.prefix, [...(byPrefix.get(one.prefix) ?? []), name])
    }
  }
  return table(
    ['Prefix', 'Events'],
    [...byPrefix]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([prefix, names]) => [
        prefix === '' ? 'none' : code(prefix),
        names.map((name) => `[${name}](/events/${name})`).join(', '),
      ]),
  )
}
