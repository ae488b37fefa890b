import type { Watched } from '../sources/watched.ts'
import type { Alerts } from '../views/alerts.ts'

/** What must be there before a wallboard shows the truth. */
export interface ReadyParts {
  readonly watched: Watched
  readonly alerts: Alerts
  /** The page's files, by their paths. */
  readonly files: ReadonlyMap<string, unknown>
}

/**
 * Says why a wallboard cannot work yet, or nothing. It is ready when the page can say of each Asterisk what is so: its
 * picture is live, or has a date, or the alert stands that the server is away.
 */
export function notReady({ watched, alerts, files }: ReadyParts): string | undefined {
  if (!files.has('/index.html')) return 'the files of the page are missing'
  const isAway = new Set(
    [...alerts.rows.values()].filter(({ rule }) => rule === 'serverStale').map((row) => row.server),
  )
  const unknown = [...watched.states].filter(({ name, freshness }) => {
    const isKnown =
      freshness.type === 'waiting' ? freshness.why !== undefined : freshness.type !== 'listing' || freshness.known
    return !isKnown && !isAway.has(name)
  })
  if (unknown.length === 0) return undefined
  return `there is no picture yet of ${unknown.map(({ name }) => name).join(', ')}`
}
