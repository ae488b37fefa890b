// How true a board is: the server's picture, or how it was when the connection was lost.
import type { Client } from 'amiable'
import type { Collection } from 'amiable/state'
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { clockOf } from '../output/time.ts'

/** Says what is old, with a word of its own beside the colour; `undefined` where the picture is true. */
export function staleText({ freshness }: Pick<Collection<unknown>, 'freshness'>): string | undefined {
  if (freshness.type === 'live') return undefined
  if (freshness.type === 'stale') {
    const clock = clockOf('local')(freshness.since.getTime()).slice(0, 8)
    const why = freshness.why === 'lost' ? 'CONNECTION LOST' : 'EVENTS MISSED'
    return `${why}: this is how it was at ${clock}`
  }
  return freshness.type === 'listing' && freshness.known ? undefined : 'asking the server'
}

/** @throws {CliError} where the account may not list this at all */
export function mustSee(client: Client, what: string, { freshness }: Pick<Collection<unknown>, 'freshness'>): void {
  if (freshness.type !== 'blind') return
  throw new CliError(`${client.name}: the account may not list ${what}`, {
    exit: EXIT.refused,
    code: 'RIGHTS',
    hints: [`Its section in manager.conf needs one of: ${freshness.classes.join(', ')}.`],
  })
}
