import { invalid } from '../errors.ts'
import type { Clock } from '../util/clock.ts'
import type { User } from './actions/context.ts'
import type { AsteriskVersion } from './model/core.ts'
import type { WorldOptions } from './model/world.ts'
import { toWire } from './protocol/byte-text.ts'
import { ALL_PRIVILEGES, maskOf, type PrivilegeClass } from './protocol/privileges.ts'

/** The options of an account. */
export interface UserOptions {
  readonly secret: string
  /** The classes of events that the account receives. @default all */
  readonly read?: readonly (PrivilegeClass | 'all')[]
  /** The classes of actions that the account may call. @default all */
  readonly write?: readonly (PrivilegeClass | 'all')[]
  /**
   * The `eventfilter=` lines of manager.conf: expressions over the complete event. One that begins with `!` excludes.
   */
  readonly eventFilters?: readonly string[]
}

/** The options of {@link startServer}. Times are milliseconds. */
export interface ServerOptions extends WorldOptions {
  /** Accounts by name. A string is the secret of an account with all rights. @default { frank: 'lean' } */
  readonly users?: Readonly<Record<string, string | UserOptions>>
  /** The version of Asterisk. @default 22 */
  readonly asterisk?: AsteriskVersion
  /** The address to listen on. @default '127.0.0.1' */
  readonly host?: string
  /** The port to listen on. 0 is any free port. @default 0 */
  readonly port?: number
  /** A certificate and its key in PEM, for TLS instead of TCP. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer }
  /** The clock of the server, such as a `ManualClock`. @default the machine's */
  readonly clock?: Clock
  /** The `systemname` of asterisk.conf: adds `SystemName` to events. @default none */
  readonly systemName?: string
  /** The `channelvars` of manager.conf: variables that events of a channel carry as `ChanVariable`. @default none */
  readonly channelVars?: readonly string[]
  /** The `timestampevents` of manager.conf. @default false */
  readonly timestamps?: boolean
  /** Whether channels that end send `Cdr` events, as cdr_manager does. @default false */
  readonly cdr?: boolean
  /** `'message'`: one write a turn. `'header'`: one write for each line, as Asterisk does. @default 'message' */
  readonly segments?: 'message' | 'header'
  /** How long the answer to a failed login waits. Asterisk: 1,000. @default 0 */
  readonly loginFailureDelay?: number
  /** How long a connection may be without a login. Then the server closes it and sends no byte. @default 30_000 */
  readonly authTimeout?: number
  /** How many connections may be without a login. The server closes further ones and sends no byte. @default 50 */
  readonly authLimit?: number
  /** Whether one account may have several sessions at once. @default true */
  readonly allowMultipleLogin?: boolean
  /** `false`: the server accepts logins without most modules, and boots when you call `server.boot()`. @default true */
  readonly booted?: boolean
  /** How long Answer holds a channel while its other half goes on. Asterisk: 500. @default 5 */
  readonly answerDelay?: number
  /** The same seed gives the same identifiers and challenges. @default 1 */
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
