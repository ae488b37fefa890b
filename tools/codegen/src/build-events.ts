import { availability } from './availability.ts'
import type { MergedEvent, MergedField } from './merge.ts'
import type { Action, Availability, Event, Field, Snapshot } from './model.ts'
import { undocumentedEvents } from './overlay/events.ts'
import {
  eventClasses,
  eventSnapshots,
  headerCorrections,
  namedVariables,
  numberHeaders,
  renamedEvents,
} from './overlay/headers.ts'
import { alsoBroadcast, lists } from './overlay/lists.ts'
import { headers, snapshots as snapshotsOf } from './short.ts'
import type { Overlay } from './stale.ts'

/** What the overlay says of events; another one only in tests. */
export const eventOverlay = {
  undocumentedEvents,
  renamedEvents,
  headerCorrections,
  eventSnapshots,
  eventClasses,
  numberHeaders,
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
    const documented = [...this.#merged.values()].map((event) => this.#documented(event))
    const known = new Set(documented.map(({ name }) => name))
    const more = [
      ...Object.keys(overlay.undocumentedEvents),
      ...this.#actions.flatMap(({ rows, completion }) => [...rows, ...(completion ? [completion] : [])]),
    ].filter((name) => !known.has(name))
    const all = [...documented, ...[...new Set(more)].map((name) => this.#undocumented(name))]
    this.#checkNumbers(all)
    for (const table of ['headerCorrections', 'eventSnapshots', 'eventClasses'] as const) {
      for (const name of Object.keys(overlay[table])) {
        if (!all.some((event) => event.name === name)) this.#notes.stale.push(`${table}: ${name}: no such event`)
      }
    }
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
      snapshots: this.#snapshots({ name, snapshots: [] }),
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

  #snapshots({ name, snapshots }: Pick<MergedEvent, 'name' | 'snapshots'>): Snapshot[] {
    const documented = snapshots.map(({ kind, prefix, everywhere }) => ({ kind, prefix, optional: !everywhere }))
    const entry = this.#overlay.eventSnapshots[name]
    if (entry === undefined) return documented
    const corrected = snapshotsOf(entry.snapshots)
    const inWords = (some: readonly Snapshot[]) => some.map((one) => Object.values(one).join()).sort()
    const differs = inWords(documented).join(';') !== inWords(corrected).join(';')
    this.#notes.needed('eventSnapshots', name, differs)
    return corrected
  }

  #headers(event: MergedEvent, completes: boolean): Field[] {
    const { name } = event
    const correction = this.#overlay.headerCorrections[name]
    const found = new Map<string, Field>()
    for (const header of event.headers) {
      // every event may have the first, every completing event has the others
      if (header.name === 'ActionID' || (completes && ['EventList', 'ListItems'].includes(header.name))) continue
      found.set(header.name, this.#toHeader(header))
    }
    for (const dropped of correction?.drop?.split(' ') ?? []) {
      this.#notes.needed('headerCorrections', `${name}: drop ${dropped}`, found.delete(dropped))
    }
    for (const field of headers(correction?.set ?? '')) {
      const before = found.get(field.name)
      this.#notes.needed('headerCorrections', `${name}: set ${field.name}`, !before || !same(before, field))
      found.set(field.name, { ...field, absent: before?.absent ?? [] })
    }
    for (const field of this.#extras(name)) found.set(field.name, field)
    return [...found.values()]
  }

  #toHeader(header: MergedField): Field {
    const number = header.values.length === 0 && this.#overlay.numberHeaders.includes(header.name)
    return {
      name: header.name,
      kind: number ? 'number' : 'text',
      unit: undefined,
      values: header.values,
      open: true,
      required: !header.conditional && header.absent.length === 0,
      repeats: header.multiple,
      default: undefined,
      absent: header.absent,
    }
  }

  #checkNumbers(events: readonly Event[]): void {
    const names = new Set(events.flatMap(({ headers: all }) => all.map((header) => header.name)))
    for (const name of [...snapshotNumbers]) names.add(name)
    for (const name of this.#overlay.numberHeaders) this.#notes.needed('numberHeaders', name, names.has(name))
  }
}

const snapshotNumbers = ['ChannelState', 'Priority', 'BridgeNumChannels']

/** A row is as old as the oldest action that answers with it, and goes with the last. */
function ofOwners(owners: readonly Action[]): Availability {
  const old = owners.some(({ since }) => since.length === 0)
  const gone = owners.length > 0 && owners.every(({ removed }) => removed)
  return { since: old ? [] : (owners[0]?.since ?? []), removed: gone ? owners[0]?.removed : undefined }
}

function same(one: Field, other: Field): boolean {
  return (
    one.kind === other.kind &&
    one.unit === other.unit &&
    one.required === other.required &&
    one.values.join('|') === other.values.join('|')
  )
}
