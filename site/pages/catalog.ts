// What the generator of the catalog knows of each action and event, in one place for all pages.
import { readFileSync } from 'node:fs'
import { type ActionFacts, actions, type EventFacts, events } from 'amiable/catalog'
import { hasVersion } from '../../packages/amiable/src/catalog/facts.ts'
import { type Field, headersOf, pageOf, parametersOf, replyOf } from '../../packages/amiable-cli/src/catalog/fields.ts'
import { snapshotHeaders } from '../../tools/codegen/src/emit/snapshots.ts'
import { eventSummaries } from '../../tools/codegen/src/overlay/event-summaries.ts'
import { actionSummaries, headerSummaries, parameterSummaries } from '../../tools/codegen/src/overlay/summaries.ts'

export type { Field }

/** The branches of Asterisk that the strip of a page shows. */
export const BRANCHES = ['16', '18', '20', '21', '22', '23'] as const

/** What actions and events have in common. */
interface Entry {
  readonly name: string
  readonly kind: 'action' | 'event'
  readonly summary: string
  /** Asterisk's own page, where it has one. */
  readonly asterisks: string | undefined
  readonly module: string
  /** Which of {@link BRANCHES} have it. */
  readonly branches: readonly string[]
}

export interface ActionEntry extends Entry {
  readonly kind: 'action'
  readonly facts: ActionFacts
  readonly parameters: readonly Field[]
  readonly reply: readonly Field[]
}

/** The headers of a channel or of a bridge in an event. */
export interface EventSnapshot {
  readonly kind: 'channel' | 'bridge'
  readonly prefix: string
  readonly names: readonly string[]
}

export interface EventEntry extends Entry {
  readonly kind: 'event'
  readonly facts: EventFacts
  /** Its own headers, without those of its channels and bridges. */
  readonly headers: readonly Field[]
  readonly snapshots: readonly EventSnapshot[]
}

/** Files whose module has another name. */
const MODULES: Readonly<Record<string, string>> = {
  app_voicemail_odbc: 'app_voicemail',
  config_auth: 'res_pjsip',
  config_transport: 'res_pjsip',
  location: 'res_pjsip',
  parking_manager: 'res_parking',
  pjsip_configuration: 'res_pjsip',
  pjsip_options: 'res_pjsip',
  sig_pri: 'chan_dahdi',
}

/** Modules of events whose name stands in the source in pieces, so that the table of the generator has no file for them. */
const UNFOUND: readonly (readonly [RegExp, string])[] = [
  [/^(?:Queue|Agent(?:Called|Complete|Connect|Dump|RingNoAnswer))/, 'app_queue'],
  [/^Confbridge/, 'app_confbridge'],
  [/^(?:Un)?ParkedCall/, 'res_parking'],
  [/^(?:In|Out)boundSubscription/, 'res_pjsip_pubsub'],
  [/^PRI/, 'chan_dahdi'],
  [/^Voicemail/, 'app_voicemail'],
  [/^MiniVoiceMail/, 'app_minivm'],
]

const sources = { action: modulesOf('actions.tsv'), event: modulesOf('events.tsv') }

/** Every action, by name. */
export const allActions: readonly ActionEntry[] = Object.values<ActionFacts>(actions)
  .map(
    (facts): ActionEntry => ({
      ...entry('action', facts),
      kind: 'action',
      facts,
      parameters: parametersOf(facts.name) ?? [],
      reply: replyOf(facts.name),
    }),
  )
  .sort(byName)

/** Every event, by name. */
export const allEvents: readonly EventEntry[] = Object.values<EventFacts>(events)
  .map((facts): EventEntry => {
    const all = headersOf(facts.name) ?? []
    const snapshots = snapshotsIn(all)
    const inside = new Set(snapshots.flatMap(({ names }) => names))
    const headers = all.filter(({ name }) => !inside.has(name))
    return { ...entry('event', facts), kind: 'event', facts, headers, snapshots }
  })
  .sort(byName)

/** Returns one line about a header or a parameter; `undefined` if nobody has written one. */
export function aboutField(name: string, of: Entry['kind']): string | undefined {
  return of === 'action' ? parameterSummaries[name] : headerSummaries[name]
}

/** Returns where the page of an action or an event is. */
export function placeOf({ kind, name }: Pick<Entry, 'kind' | 'name'>): string {
  return `/${kind}s/${name}`
}

/** Returns a link to the page of an event, or its bare name if there is none. */
export function eventLink(name: string): string {
  return name in events ? `[${name}](/events/${name})` : name
}

/** Returns a link to the page of an action. */
export function actionLink(name: string): string {
  return name in actions ? `[${name}](/actions/${name})` : name
}

function entry(kind: Entry['kind'], facts: ActionFacts | EventFacts): Entry {
  const { name } = facts
  return {
    name,
    kind,
    summary: (kind === 'action' ? actionSummaries : eventSummaries)[name] ?? completes(name),
    asterisks: pageOf(kind, name),
    module: sources[kind].get(name) ?? UNFOUND.find(([pattern]) => pattern.test(name))?.[1] ?? 'core',
    branches: BRANCHES.filter((branch) => hasVersion(facts, branch)),
  }
}

/** What an event is that completes a list, of which nobody has written a line. */
function completes(name: string): string {
  const lists = Object.values<ActionFacts>(actions).filter(({ completion }) => completion === name)
  if (lists.length === 0) throw new Error(`nobody has written a line about ${name}`)
  return `The answer to ${lists.map((one) => one.name).join(', ')} is complete.`
}

function snapshotsIn(fields: readonly Field[]): EventSnapshot[] {
  const names = new Set(fields.map(({ name }) => name))
  return (['channel', 'bridge'] as const).flatMap((kind) => {
    const [first = '', ...others] = snapshotHeaders(kind)
    return [...names].flatMap((name) => {
      if (!name.endsWith(first)) return []
      const prefix = name.slice(0, -first.length)
      const whole = [first, ...others].map((one) => prefix + one)
      return whole.every((one) => names.has(one)) ? [{ kind, prefix, names: whole }] : []
    })
  })
}

/** The module of each action or event, from the file of Asterisk's source that has it. */
function modulesOf(file: string): Map<string, string> {
  const text = readFileSync(new URL(`../../tools/codegen/src/facts/${file}`, import.meta.url), 'utf8')
  const rows = text.trim().split('\n').slice(1)
  return new Map(
    rows.map((row): [string, string] => {
      const cells = row.split('\t')
      return [cells[0] ?? '', moduleOf(cells.at(-1) ?? '')]
    }),
  )
}

function moduleOf(source: string): string {
  const file = source.replace(/\.c\b.*$/, '')
  if (MODULES[file] !== undefined) return MODULES[file]
  return /^(?:app|cdr|cel|chan|func|pbx|res)_/.test(file) ? file : 'core'
}

function byName(one: Entry, other: Entry): number {
  return one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1
}
