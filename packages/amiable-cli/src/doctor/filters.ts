// R4: what hides events that the account may read. `manager show user` does not show it: the file there does.
import type { Client } from 'amiable'
import { type Filter, findHidden } from '../managerconf/filters.ts'
import { NEEDS } from '../server/needs.ts'
import { configured } from './configured.ts'
import type { Finding } from './finding.ts'

// filters of one account that are looked at
const MOST = 50

/** Checks that no filter, and no `disabledevents`, hides what the verbs of these names need. */
export async function checkFilters(client: Client, account: string, profiles: readonly string[]): Promise<Finding[]> {
  if (profiles.length === 0) return []
  const filters: Filter[] = []
  for (let index = 0; index < MOST; index++) {
    const value = await configured(client, account, 'eventfilter', index)
    if (value === undefined) break
    filters.push({ name: 'eventfilter', value })
  }
  const disabled = (await configured(client, 'general', 'disabledevents', -1)) ?? ''
  return profiles.flatMap((name) => findHidden(name, NEEDS[name]?.events ?? [], account, filters, disabled))
}
