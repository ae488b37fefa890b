// Who asks, as far as that can be known, and whether the answer may go where it is wanted.
import type { IncomingRequest } from './request.ts'

/** Who asks. */
export interface Caller {
  /** What limits and keys go by: the inbox of a team, or the account behind a service import. */
  readonly bucket: string
  /** What the request says of itself. Anybody can say it. */
  readonly claimed: string | undefined
  /** What NATS itself says of whoever came through a service import with `share`. */
  readonly account: string | undefined
  readonly user: string | undefined
}

/** What the configuration says of answers. */
export interface AnswerRules {
  /** The inboxes of the teams, such as `_INBOX_crm.>`. */
  readonly inboxes: readonly string[]
  /** Whether `Nats-Request-Info` is believed: only where every client comes through a service import. */
  readonly trustRequestInfo: boolean
}

// NATS makes this inbox for what comes through a service import (server/accounts.go: replyPrefix)
const IMPORTED = '_R_.>'
const LITERAL = /^[\w$-]+(?:\.[\w$-]+)+$/

/**
 * Returns who asks, or `undefined` if an answer may not go where it is wanted. A subject inside a log, or of NATS' own
 * API, would have the gateway write there with its own rights.
 */
export function callerOf(request: IncomingRequest, { inboxes, trustRequestInfo }: AnswerRules): Caller | undefined {
  const { reply } = request
  if (reply === undefined || reply.length > 256 || !LITERAL.test(reply)) return undefined
  const inbox = [...inboxes, IMPORTED].find((one) => reply.startsWith(one.slice(0, -1)))
  if (inbox === undefined) return undefined
  const { account, user } = trustRequestInfo ? infoOf(request.headers.last('Nats-Request-Info')) : nobody
  return {
    bucket: inbox === IMPORTED ? `account ${account ?? ''}` : inbox,
    claimed: printable(request.headers.first('Amiable-Caller')),
    account,
    user,
  }
}

const nobody = { account: undefined, user: undefined }

function infoOf(text: string | undefined): Pick<Caller, 'account' | 'user'> {
  if (text === undefined || text.length > 4_096) return nobody
  try {
    const { acc, user } = JSON.parse(text) as Record<string, unknown>
    return { account: printable(acc), user: printable(user) }
  } catch {
    return nobody
  }
}

/** Returns what can stand in an audit: a short line of visible characters. */
export function printable(text: unknown, most = 64): string | undefined {
  if (typeof text !== 'string' || text === '') return undefined
  return text.slice(0, most).replace(/[^\x20-\x7e]/g, '?')
}
