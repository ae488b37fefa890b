import { type ActionOverlay, actionOverlay, buildActions } from './build-actions.ts'
import { type AgiOverlay, agiOverlay, buildAgi } from './build-agi.ts'
import { buildEvents, type EventOverlay, eventOverlay } from './build-events.ts'
import { snapshotHeaders } from './emit/snapshots.ts'
import { sourceActions, sourceAgi, sourceEvents } from './facts/facts.ts'
import { mergeActions, mergeAgi, mergeEvents, type Version } from './merge.ts'
import type { Action, AgiCommand, Catalog, Event, Summaries } from './model.ts'
import { agiSummaries } from './overlay/agi.ts'
import { eventSummaries } from './overlay/event-summaries.ts'
import { actionSummaries, headerSummaries, parameterSummaries } from './overlay/summaries.ts'
import { Overlay, StaleOverlayError } from './stale.ts'

const OUR_SUMMARIES: Summaries = {
  actions: actionSummaries,
  events: eventSummaries,
  parameters: parameterSummaries,
  headers: headerSummaries,
  agi: agiSummaries,
}

const SITE = 'https://docs.asterisk.org'

export interface Built {
  readonly catalog: Catalog
  /** How many entries of each table of the overlay were needed. */
  readonly corrections: Readonly<Record<string, number>>
}

/**
 * The catalog: the documentation of all versions, newest first, corrected by the overlay.
 * @throws {StaleOverlayError} if the documentation has caught up with an entry of the overlay
 */
export function build(
  versions: readonly Version[],
  overlay: ActionOverlay & EventOverlay & AgiOverlay = { ...actionOverlay, ...eventOverlay, ...agiOverlay },
  actionsOfSource = sourceActions(),
  summaries = OUR_SUMMARIES,
  agiOfSource = sourceAgi(),
): Built {
  const notes = new Overlay()
  const newest = versions[0]?.name
  const page = (folder: string) => (name: string, documentedIn: readonly string[]) => {
    const tree = documentedIn[0] === newest ? 'Latest_API' : `Asterisk_${documentedIn[0]}_Documentation`
    return `${SITE}/${tree}/API_Documentation/${folder}/${name}/`
  }
  const actions = buildActions(mergeActions(versions), actionsOfSource, overlay, notes, page('AMI_Actions'))
  const events = buildEvents(mergeEvents(versions), sourceEvents(), actions, overlay, notes, page('AMI_Events'))
  const agi = buildAgi(mergeAgi(versions), agiOfSource, overlay, notes, page('AGI_Commands'))
  checkSummaries(summaries, actions, events, agi, notes)
  if (notes.stale.length > 0) throw new StaleOverlayError(notes.stale)
  return {
    catalog: { versions: versions.map(({ name }) => name), actions, events, agi, summaries },
    corrections: notes.used,
  }
}

/** Every line is about something that there is. */
function checkSummaries(
  summaries: Summaries,
  actions: readonly Action[],
  events: readonly Event[],
  agi: readonly AgiCommand[],
  notes: Overlay,
): void {
  const named = (fields: readonly { readonly name: string }[]) => fields.map(({ name }) => name)
  const there: Record<keyof Summaries, string[]> = {
    actions: named(actions),
    events: named(events),
    agi: named(agi),
    parameters: actions.flatMap(({ parameters }) => named(parameters)),
    headers: [
      ...actions.flatMap(({ reply }) => named(reply)),
      ...events.flatMap(({ headers }) => named(headers)),
      ...snapshotHeaders('channel'),
      ...snapshotHeaders('bridge'),
    ],
  }
  for (const what of Object.keys(there) as (keyof Summaries)[]) {
    for (const name of Object.keys(summaries[what])) {
      if (!there[what].includes(name)) notes.stale.push(`summaries: ${what}: ${name}: there is none`)
    }
  }
}
