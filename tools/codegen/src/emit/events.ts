import type { Catalog, Event, Snapshot, Summaries } from '../model.ts'
import { readonlyFields } from './headers.ts'
import { snapshotInterface, snapshotName, snapshotTypes } from './snapshots.ts'
import { availabilityText, comment, enumerate, identifier, key, line, link, preamble } from './text.ts'

const HEAD = `/** Headers that any event may carry. */
export type CommonHeaders = {
  /** The classes that a listener needs, all of them; not on rows. */
  readonly Privilege?: string
  /** Of the action that asked for it. */
  readonly ActionID?: string
  /** Seconds since 1970, with \`timestampevents\` in manager.conf. */
  readonly Timestamp?: string
  /** With \`systemname\` in asterisk.conf. */
  readonly SystemName?: string
  /** With \`debug\` in manager.conf, as are File, Line and Func. */
  readonly SequenceNumber?: string
  readonly File?: string
  readonly Line?: string
  readonly Func?: string
}

/** Headers of an event that ends a list. */
export type CompletionHeaders = CommonHeaders & {
  readonly EventList: 'Complete' | (string & {})
  /** A number, and not always the number of rows. */
  readonly ListItems: string
}
`

/** The headers of `HEAD`, which are no event's own. */
export const COMMON = 'Privilege ActionID Timestamp SystemName SequenceNumber File Line Func EventList ListItems'.split(
  ' ',
)

/**
 * `events.ts`: the headers of every event. They are aliases and no interfaces, for only an alias fits a type with an
 * index signature, which the untyped event has.
 */
export function emitEvents({ versions, events, summaries }: Catalog): string {
  const lines = preamble(versions, 'The headers of every event.')
  lines.push(...HEAD.split('\n'), ...snapshotTypes())
  for (const snapshot of distinctSnapshots(events)) lines.push(...snapshotInterface(snapshot, summaries))
  for (const event of events) lines.push(...headerInterface(event, summaries))
  lines.push('/** Every event by name, and its headers. */', 'export interface Events {')
  for (const event of events) {
    lines.push(...comment([...line(summaries.events[event.name]), describe(event), ...link(event.page)], '  '))
    lines.push(`  ${key(event.name)}: ${identifier(event.name)}Headers`)
  }
  lines.push('}', '')
  return lines.join('\n')
}

function distinctSnapshots(events: readonly Event[]): Snapshot[] {
  const all = new Map<string, Snapshot>()
  for (const snapshot of events.flatMap((event) => event.snapshots)) all.set(snapshotName(snapshot), snapshot)
  return [...all.keys()].sort().map((name) => all.get(name) as Snapshot)
}

function headerInterface(event: Event, summaries: Summaries): string[] {
  const snapshots = event.snapshots.map((snapshot) =>
    snapshot.optional ? `Partial<${snapshotName(snapshot)}>` : snapshotName(snapshot),
  )
  const parents = [event.marked ? 'CompletionHeaders' : 'CommonHeaders', ...snapshots]
  return [
    ...comment([`Headers of ${event.name}.`, ...link(event.page)]),
    `export type ${identifier(event.name)}Headers = ${parents.join(' & ')} & {`,
    ...readonlyFields(event.headers, summaries),
    '}',
    '',
  ]
}

function describe(event: Event): string {
  const text: string[] = []
  if (event.classes.length > 0) text.push(`Class: ${enumerate(event.classes, 'and')}.`)
  if (event.rowOf.length > 0) text.push(`A row of ${enumerate(event.rowOf, 'and')}.`)
  if (event.completes.length > 0) text.push(`Ends ${enumerate(event.completes, 'and')}.`)
  text.push(...availabilityText(event))
  return text.join(' ')
}
