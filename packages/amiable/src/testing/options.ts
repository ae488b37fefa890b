import { invalid } from '../errors.ts'
import type { Clock } from '../util/clock.ts'
import type { User } from './actions/context.ts'
import type { AsteriskVersion } from './model/core.ts'
import type { WorldOptions } from './model/world.ts'
import { toWire } from './protocol/byte-text.ts'
import { ALL_PRIVILEGES, maskOf, type PrivilegeClass } from './protocol/privileges.ts'

/** A user as a test gives it. */
export interface UserOptions {
  readonly secret: string
  /** Which events it may see; default all. */
  readonly read?: readonly (PrivilegeClass | 'all')[]
  /** Which actions it may call; default all. */
  readonly write?: readonly (PrivilegeClass | 'all')[]
  /** As `eventfilter=` in manager.conf: expressions over the whole event, `!` in front excludes. */
  readonly eventFilters?: readonly string[]
}

/** What {@link startServer} takes. Times are milliseconds. */
export interface ServerOptions extends WorldOptions {
  /** By name; a string is the secret of a user with all rights. Default `{ frank: 'lean' }`. */
  readonly users?: Readonly<Record<string, string | UserOptions>>
  /** Which Asterisk; default 22. */
  readonly asterisk?: AsteriskVersion
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
  /** A certificate and its key in PEM, for TLS instead of TCP. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer }
  /** Where time comes from; default the machine's. */
  readonly clock?: Clock
  /** `systemname` of asterisk.conf; default none, and then no `SystemName` header. */
  readonly systemName?: string
  /** `channelvars` of manager.conf: what every channel's headers carry as `ChanVariable`. Default none. */
  readonly channelVars?: readonly string[]
  /** `timestampevents` of manager.conf; default false. */
  readonly timestamps?: boolean
  /** Whether ended channels raise `Cdr` events, as cdr_manager does; default false. */
  readonly cdr?: boolean
  /** `'message'`: one write a turn; `'header'`: one for each line, as Asterisk's handlers do. Default `'message'`. */
  readonly segments?: 'message' | 'header'
  /** How long a failed login waits; default 0, in Asterisk 1,000. */
  readonly loginFailureDelay?: number
  /** How long a connection may stay without a login before it is closed without a word; default 30,000. */
  readonly authTimeout?: number
  /** How many connections may be without a login; further ones are closed with no byte. Default 50. */
  readonly authLimit?: number
  /** Default true. */
  readonly allowMultipleLogin?: boolean
  /** False: it takes logins and boots no further until `server.boot()`, without most modules. Default true. */
  readonly booted?: boolean
  /** How long Answer holds a channel while its other half goes on; default 5, in Asterisk 500. */
  readonly answerDelay?: number
  /** For identifiers and challenges that are the same in every run; default 1. */
  readonly seed?: number
}

/** Users by their names in lower case. */
export function readUsers(users: ServerOptions['users'] = { frank: 'lean' }): Map<string, User> {
  const found = new Map<string, User>()
  for (const [name, given] of Object.entries(users)) {
    const options = typeof given === 'string' ? { secret: given } : given
    if (typeof options?.secret !== 'string') {
      throw invalid(`users.${name}`, 'must be a secret, or an object with one')
    }
    found.set(toWire(name).toLowerCase(), {
      name: toWire(name),
      secret: toWire(options.secret),
      read: options.read === undefined ? ALL_PRIVILEGES : maskOf(options.read),
      write: options.write === undefined ? ALL_PRIVILEGES : maskOf(options.write),
      eventFilters: (options.eventFilters ?? []).map(toWire),
    })
  }
  return found
}
