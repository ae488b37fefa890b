import { availability } from './availability.ts'
import type { MergedEvent, MergedField } from './merge.ts'
import type { Action, Availability, Event, Field, Snapshot } from './model.ts'
import { undocumentedEvents } from './overlay/events.ts'
import {
  conditionalHeaders,
  eventClasses,
  missingHeaders,
  missingValues,
  namedVariables,
  notNumbers,
  numberHeaders,
  optionalSnapshots,
  renamedEvents,
  wrongHeaders,
} from './overlay/headers.ts'
import { alsoBroadcast, lists } from './overlay/lists.ts'
import { headers, PLACE } from './short.ts'
import type { Overlay } from './stale.ts'

/** What the overlay says of events; another one only in tests. */
export const eventOverlay = {
  undocumentedEvents,
  renamedEvents,
  missingHeaders,
  missingValues,
  wrongHeaders,
  conditionalHeaders,
  optionalSnapshots,
  eventClasses,
  numberHeaders,
  notNumbers,
  namedVariables,
  alsoBroadcast,
  lists,
}

export type EventOverlay = typeof eventOverlay

type Page = (name: string, documentedIn: readonly string[]) => string

/** Every event: what the documentation says, corrected, and what it leaves out. */
export function buildEvents(
  merged: ReadonlyMap<string, MergedEvent>,
  sources: ReadonlyMap<string, readonly number[]>,
  actions: readonly Action[],
  overlay: EventOverlay,
  notes: Overlay,
  page: Page,
): Event[] {
  return new Builder(merged, sources, actions, overlay, notes, page).all()
}

const OLDEST = 16

class Builder {
  readonly #merged: ReadonlyMap<string, MergedEvent>
  readonly #sources: ReadonlyMap<string, readonly number[]>
  readonly #actions: readonly Action[]
  readonly #overlay: EventOverlay
  readonly #notes: Overlay
  readonly #page: Page
  readonly #newest: string | undefined

  constructor(
    merged: ReadonlyMap<string, MergedEvent>,
    sources: ReadonlyMap<string, readonly number[]>,
    actions: readonly Action[],
    overlay: EventOverlay,
    notes: Overlay,
    page: Page,
  ) {
    this.#merged = merged
    this.#sources = sources
    this.#actions = actions
    this.#overlay = overlay
    this.#notes = notes
    this.#page = page
    this.#newest = [...merged.values()][0]?.documentedIn[0]
  }

  all(): Event[] {
    const overlay = this.#overlay
    for (const [name, { to }] of Object.entries(overlay.renamedEvents)) {
      this.#notes.needed('renamedEvents', name, this.#merged.has(name) && !this.#merged.has(to))
    }
    for (const name of Object.keys(overlay.undocumentedEvents)) {
      this.#notes.needed('undocumentedEvents', name, !this.#merged.has(name))
    }
    for (const table of [
      'missingHeaders',
      'missingValues',
      'wrongHeaders',
      'conditionalHeaders',
      'optionalSnapshots',
      'eventClasses',
    ] as const) {
      for (const name of Object.keys(overlay[table])) {
        if (!this.#merged.has(name)) this.#notes.stale.push(`${table}: ${name}: no such event`)
      }
    }
    const documented = [...this.#merged.values()].map((event) => this.#documented(event))
    const known = new Set(documented.map(({ name }) => name))
    const more = [
      ...Object.keys(overlay.undocumentedEvents),
      ...this.#actions.flatMap(({ rows, completion }) => [...rows, ...(completion ? [completion] : [])]),
    ].filter((name) => !known.has(name))
    const all = [...documented, ...[...new Set(more)].map((name) => this.#undocumented(name))]
    this.#checkNumbers(all)
    return all.sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  #documented(event: MergedEvent): Event {
    const renamed = this.#overlay.renamedEvents[event.name]?.to ?? event.name
    const lists = this.#listsOf(renamed)
    return {
      name: renamed,
      ...this.#availability(renamed, event),
      page: this.#page(event.name, event.documentedIn),
      snapshots: this.#snapshots(event),
      headers: this.#headers(event, lists.completes.length > 0),
      classes: this.#classes(event, lists),
      ...lists,
    }
  }

  // `since` of an event tells when its documentation was written, often long after the event
  #availability(name: string, event: MergedEvent): Availability {
    const owners = this.#owners(this.#listsOf(name))
    if (owners.length > 0 && !this.#overlay.alsoBroadcast.includes(name)) return ofOwners(owners)
    const releases = this.#sources.get(name)
    const old = event.documentedIn.length > 1 || releases?.includes(OLDEST)
    if (event.documentedIn[0] === this.#newest) return { since: old ? [] : event.since, removed: undefined }
    return availability(name, [], releases ?? [OLDEST, 18, 20])
  }

  #undocumented(name: string): Event {
    const entry = this.#overlay.undocumentedEvents[name]
    const lists = this.#listsOf(name)
    const owners = this.#owners(lists)
    return {
      name,
      ...ofOwners(owners),
      page: owners[0]?.page,
      snapshots: name === 'BridgeInfoComplete' ? [{ kind: 'bridge', prefix: '', optional: false }] : [],
      headers: [...headers(entry?.headers ?? ''), ...this.#extras(name)],
      classes: entry?.classes?.split(' ') ?? [],
      ...lists,
    }
  }

  #listsOf(name: string): Pick<Event, 'rowOf' | 'completes' | 'marked' | 'namedVariables'> {
    const completes = this.#actions.filter(({ completion }) => completion === name).map((action) => action.name)
    return {
      rowOf: this.#actions.filter(({ rows }) => rows.includes(name)).map((action) => action.name),
      completes,
      marked: completes.length > 0 && !completes.some((action) => this.#overlay.lists[action]?.bare),
      namedVariables: this.#overlay.namedVariables.includes(name),
    }
  }

  #owners({ rowOf, completes }: Pick<Event, 'rowOf' | 'completes'>): Action[] {
    return this.#actions.filter(({ name }) => [...rowOf, ...completes].includes(name))
  }

  #extras(name: string): Field[] {
    const entry = Object.values(this.#overlay.lists).find(({ completion }) => completion === name)
    return headers(entry?.extra ?? '')
  }

  #classes(event: MergedEvent, lists: Pick<Event, 'rowOf' | 'completes'>): readonly string[] {
    // what a handler writes itself asks for no class; the documentation names one all the same
    const private_ = lists.rowOf.length + lists.completes.length > 0
    if (private_ && !this.#overlay.alsoBroadcast.includes(event.name)) return []
    const correction = this.#overlay.eventClasses[event.name]?.classes.split(' ')
    if (correction) {
      this.#notes.needed('eventClasses', event.name, correction.join() !== event.classes.join())
    }
    return correction ?? event.classes
  }

  #snapshots(event: MergedEvent): Snapshot[] {
    const entry = this.#overlay.optionalSnapshots[event.name]
    for (const prefix of entry?.prefixes ?? []) {
      const there = event.snapshots.some((one) => one.prefix === prefix && one.everywhere)
      this.#notes.needed('optionalSnapshots', `${event.name}: ${prefix || '(none)'}`, there)
    }
    return event.snapshots.map(({ kind, prefix, everywhere }) => ({
      kind,
      prefix,
      optional: !everywhere || (entry?.prefixes.includes(prefix) ?? false),
    }))
  }

  #headers(event: MergedEvent, completes: boolean): Field[] {
    const { name } = event
    const { missingHeaders, wrongHeaders, conditionalHeaders } = this.#overlay
    const wrong = wrongHeaders[name]?.names ?? {}
    const conditional = new Set(conditionalHeaders[name]?.headers.split(' ') ?? [])
    const found = new Map<string, Field>()
    for (const [from] of Object.entries(wrong)) {
      const there = event.headers.some((header) => header.name === from)
      this.#notes.needed('wrongHeaders', `${name}: ${from}`, there)
    }
    for (const header of event.headers) {
      // every event may have the first, every completing event has the others
      if (header.name === 'ActionID' || (completes && ['EventList', 'ListItems'].includes(header.name))) continue
      const wire = header.name in wrong ? wrong[header.name] : header.name
      if (wire === undefined) continue
      const always = !header.conditional && header.absent.length === 0 && !wire.includes('/')
      const field = this.#toHeader(name, { ...header, name: wire.replace('%', PLACE) }, always)
      if (conditional.delete(header.name)) {
        this.#notes.needed('conditionalHeaders', `${name}: ${header.name}`, field.required)
        found.set(field.name, { ...field, required: false })
      } else found.set(field.name, field)
    }
    for (const left of conditional) this.#notes.stale.push(`conditionalHeaders: ${name}: ${left}: no such header`)
    for (const field of [...headers(missingHeaders[name]?.headers ?? ''), ...this.#extras(name)]) {
      const before = found.get(field.name)
      const extra = !missingHeaders[name]?.headers.includes(field.name)
      if (!extra) this.#notes.needed('missingHeaders', `${name}: ${field.name}`, !before)
      found.set(field.name, field)
    }
    for (const { name: header, values } of headers(this.#overlay.missingValues[name]?.headers ?? '')) {
      const before = found.get(header)
      const more = values.filter((value) => !before?.values.includes(value))
      this.#notes.needed('missingValues', `${name}: ${header}`, before !== undefined && more.length > 0)
      if (before) found.set(header, { ...before, values: [...before.values, ...more] })
    }
    return [...found.values()]
  }

  #toHeader(event: string, header: MergedField, always: boolean): Field {
    const number =
      this.#overlay.numberHeaders.includes(header.name) && !this.#overlay.notNumbers[event]?.includes(header.name)
    return {
      name: header.name,
      kind: header.values.length === 0 && number ? 'number' : 'text',
      unit: undefined,
      values: header.values,
      open: true,
      required: always && !header.name.includes(PLACE),
      repeats: header.multiple,
      default: undefined,
      absent: header.absent,
    }
  }

  #checkNumbers(events: readonly Event[]): void {
    const names = new Set(events.flatMap(({ headers: all }) => all.map((header) => header.name)))
    for (const name of [...snapshotNumbers]) names.add(name)
    for (const name of this.#overlay.numberHeaders) this.#notes.needed('numberHeaders', name, names.has(name))
    for (const [event, left] of Object.entries(this.#overlay.notNumbers)) {
      const found = events.find(({ name }) => name === event)
      for (const name of left) {
        this.#notes.needed('notNumbers', `${event}: ${name}`, !!found?.headers.some((header) => header.name === name))
      }
    }
  }
}

const snapshotNumbers = ['ChannelState', 'Priority', 'BridgeNumChannels']

/** A row is as old as the oldest action that answers with it, and goes with the last. */
function ofOwners(owners: readonly Action[]): Availability {
  const old = owners.some(({ since }) => since.length === 0)
  const gone = owners.length > 0 && owners.every(({ removed }) => removed)
  return { since: old ? [] : (owners[0]?.since ?? []), removed: gone ? owners[0]?.removed : undefined }
}
