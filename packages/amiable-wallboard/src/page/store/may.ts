// What one may do with a row. The server checks again, whatever the page shows.
import type { User } from '../../protocol/person.ts'
import type { Verb } from '../../protocol/verbs.ts'

/** A row as far as it says whose it is: `own`, or the key of its agent. */
export interface Owned {
  readonly key: string
  readonly own?: boolean
  readonly agent?: string
}

/** Whether a row is somebody's own. */
export function isOwn(user: User | undefined, { key, own, agent }: Owned): boolean {
  return own === true || (user?.agent != null && (key === user.agent || agent === user.agent))
}

/** Whether somebody may use a verb on a row. */
export function may(user: User | undefined, verb: Verb, own: boolean): boolean {
  const reach = user?.may[verb] ?? 'never'
  return reach === 'scope' || (reach === 'own' && own)
}
