// Filters in the server: events that it does not even send. They last as long as a login.
import { addEventFilter, type Client, type EventFilter } from 'amiable'
import { eventNames } from '../catalog/fields.ts'
import { usage } from '../errors/usage.ts'
import type { Selection } from './selection.ts'

// each is an action, and is compared with every event of the session
const MOST = 50

/** Returns the filters that leave out what is not wanted by name. @throws {CliError} where no name says what is wanted */
export function serverFiltersOf(
  names: readonly string[],
  not: readonly string[],
  { has, unknown }: Selection,
): EventFilter[] {
  if (names.length === 0 && not.length === 0) throw usage('--server-filter needs names of events, or --not')
  const isNamed = names.length > 0
  const known = eventNames().filter((name) => has(name) === isNamed)
  // those of --not that the catalog does not know, where they are names
  const strange = isNamed
    ? unknown.filter(has)
    : not.filter((name) => /^[\w-]+$/.test(name) && !eventNames().includes(name))
  const all = [...known, ...strange]
  if (all.length > MOST) throw usage(`--server-filter cannot name ${all.length} events: ${MOST} are the most`)
  if (all.length === 0) throw usage('--server-filter needs names of events that there are')
  return all.map((event) => ({ action: isNamed ? 'include' : 'exclude', event }))
}

/** Adds them to the session that a client has now. */
export async function addFilters(client: Client, filters: readonly EventFilter[]): Promise<void> {
  for (const filter of filters) await addEventFilter(client, filter)
}
