import { type ActionOverlay, actionOverlay, buildActions } from './build-actions.ts'
import { buildEvents, type EventOverlay, eventOverlay } from './build-events.ts'
import { sourceActions, sourceEvents } from './facts/facts.ts'
import { mergeActions, mergeEvents, type Version } from './merge.ts'
import type { Catalog } from './model.ts'
import { Overlay, StaleOverlayError } from './stale.ts'

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
  overlay: ActionOverlay & EventOverlay = { ...actionOverlay, ...eventOverlay },
  actionsOfSource = sourceActions(),
): Built {
  const notes = new Overlay()
  const newest = versions[0]?.name
  const page = (folder: string) => (name: string, documentedIn: readonly string[]) => {
    const tree = documentedIn[0] === newest ? 'Latest_API' : `Asterisk_${documentedIn[0]}_Documentation`
    return `${SITE}/${tree}/API_Documentation/${folder}/${name}/`
  }
  const actions = buildActions(mergeActions(versions), actionsOfSource, overlay, notes, page('AMI_Actions'))
  const events = buildEvents(mergeEvents(versions), sourceEvents(), actions, overlay, notes, page('AMI_Events'))
  if (notes.stale.length > 0) throw new StaleOverlayError(notes.stale)
  return { catalog: { versions: versions.map(({ name }) => name), actions, events }, corrections: notes.used }
}
