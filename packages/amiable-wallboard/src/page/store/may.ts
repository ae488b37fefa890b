// What one may do with a row. The server checks again, whatever the page shows.
import type { User } from '../../protocol/person.ts'
import type { Verb } from '../../protocol/verbs.ts'

/** Whether somebody may use a verb on a row. */
export function may(user: User | undefined, verb: Verb, own: boolean): boolean {
  const reach = user?.may[verb] ?? 'never'
  return reach === 'scope' || (reach === 'own' && own)
}
