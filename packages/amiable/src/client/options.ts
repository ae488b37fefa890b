import type { Duplex } from 'node:stream'
import type { ConnectionOptions as TlsOptions } from 'node:tls'
import { invalid } from '../errors.ts'
import { type BackoffOptions, backoffPolicy, defaultBackoff, type ReconnectPolicy } from '../link/backoff.ts'
import type { KeepaliveOptions } from '../link/keepalive.ts'
import { type Clock, LONGEST_TIMER, systemClock } from '../util/clock.ts'
import { definedOnly } from '../util/objects.ts'
import type { Encoding } from '../util/text.ts'
import { defaultLimits, type Limits } from '../wire/limits.ts'
import type { ListenerErrorHandler } from './events/subscriptions.ts'

/** How to reach a server and how to behave; milliseconds and bytes everywhere. */
export interface ClientOptions {
  /** The `source` on every event, response and error. @default `host:port` */
  name?: string | undefined
  /** An IPv4 or IPv6 address, or a name whose addresses are tried in turn. @default 'localhost' */
  host?: string | undefined
  /** @default 5038, or 5039 with `tls` */
  port?: number | undefined
  username: string
  /** The secret, or a function that is asked for it at every login. */
  secret: string | (() => string | Promise<string>)
  /** `true`, or what `tls.connect` takes; verified against `host` unless the caller turns that off. @default false */
  tls?: boolean | TlsOptions | undefined
  /** `'md5'` answers a challenge, `'plain'` sends the secret as it is. @default 'md5' */
  auth?: 'md5' | 'plain' | undefined
  /** The login's event mask: all, none, or these privilege classes. @default 'on' */
  events?: 'on' | 'off' | readonly string[] | undefined
  /** How long a socket may take to come up, TLS included. @default 5_000 */
  connectTimeout?: number | undefined
  /** How long the banner and the login may take. @default 10_000 */
  loginTimeout?: number | undefined
  /** How long a call may take, counted from the call. @default 10_000 */
  actionTimeout?: number | undefined
  /** When a silent line is pinged, and how long the answer may take. @default { interval: 15_000, timeout: 5_000 } */
  keepalive?: Partial<KeepaliveOptions> | undefined
  /**
   * The delay between attempts, `false` for none, or a function of the attempt and its cause.
   * @default { initialDelay: 100, maxDelay: 30_000, factor: 2, jitter: 0.5 }
   */
  reconnect?: false | BackoffOptions | ReconnectPolicy | undefined
  /** How many actions may await their answer; more wait their turn. @default 256 */
  maxInFlight?: number | undefined
  /** How many calls may wait for a login or their turn; past it a call rejects with `AMI_LIMIT`. @default 1_024 */
  maxQueued?: number | undefined
  /** How many events may wait for listeners that lag; past it they are dropped and counted. @default 100_000 */
  maxBacklog?: number | undefined
  /** What a peer may make us hold. @default { line: 65_536, message: 1_048_576, headers: 4_096, rows: 100_000 } */
  limits?: Partial<Limits> | undefined
  /** What the bytes of values mean; bytes that are not valid never throw. @default 'utf8' */
  encoding?: Encoding | undefined
  /** Brings a transport of the caller's own. */
  socket?: (() => Duplex) | undefined
  /** Gets what a listener threw, instead of the process as an uncaught exception. */
  onListenerError?: ListenerErrorHandler | undefined
  /** Where time comes from; a test gives its own. @default the machine's */
  clock?: Clock | undefined
  /** Where the jitter's randomness comes from, 0 to 1. @default Math.random */
  random?: (() => number) | undefined
}

/** Options checked and made whole. */
export interface ResolvedOptions {
  readonly source: string
  readonly host: string
  readonly port: number
  readonly username: string
  readonly secret: () => string | Promise<string>
  readonly tls: boolean | TlsOptions
  readonly auth: 'md5' | 'plain'
  readonly events: string
  readonly connectTimeout: number
  readonly loginTimeout: number
  readonly actionTimeout: number
  readonly keepalive: KeepaliveOptions
  readonly policy: ReconnectPolicy
  readonly defaultPolicy: ReconnectPolicy
  readonly maxInFlight: number
  readonly maxQueued: number
  readonly maxBacklog: number
  readonly limits: Limits
  readonly encoding: Encoding
  readonly socket: (() => Duplex) | undefined
  readonly onListenerError: ListenerErrorHandler | undefined
  readonly clock: Clock
}

// manager.c perms[]
const CLASSES = new Set(
  'system call log verbose command agent user config dtmf reporting cdr dialplan originate agi cc aoc test security message all none'.split(
    ' ',
  ),
)

const KNOWN: Readonly<Record<keyof ClientOptions, true>> = {
  name: true,
  host: true,
  port: true,
  username: true,
  secret: true,
  tls: true,
  auth: true,
  events: true,
  connectTimeout: true,
  loginTimeout: true,
  actionTimeout: true,
  keepalive: true,
  reconnect: true,
  maxInFlight: true,
  maxQueued: true,
  maxBacklog: true,
  limits: true,
  encoding: true,
  socket: true,
  onListenerError: true,
  clock: true,
  random: true,
}

const defaults = {
  host: 'localhost',
  tls: false,
  auth: 'md5',
  events: 'on',
  connectTimeout: 5_000,
  loginTimeout: 10_000,
  actionTimeout: 10_000,
  keepalive: {},
  reconnect: {},
  maxInFlight: 256,
  maxQueued: 1_024,
  maxBacklog: 100_000,
  limits: {},
  encoding: 'utf8',
  clock: systemClock,
  random: Math.random,
}

/**
 * Checks options and fills in the defaults.
 * @throws {ArgumentError} naming the option that is wrong
 */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  onlyKnown(options, '', KNOWN)
  const given: Partial<Record<keyof ClientOptions, unknown>> = { ...defaults, ...definedOnly(options) }
  const host = text('host', given.host)
  const tls = tlsOf(given.tls)
  const port = whole('port', given.port !== undefined ? given.port : tls === false ? 5038 : 5039, 1, 65_535)
  const random = required<() => number>('random', given.random)
  return {
    source: given.name === undefined ? `${host.includes(':') ? `[${host}]` : host}:${port}` : text('name', given.name),
    host,
    port,
    username: text('username', given.username),
    secret: secretOf(given.secret),
    tls,
    auth: oneOf('auth', given.auth, ['md5', 'plain']),
    events: maskOf(given.events),
    connectTimeout: duration('connectTimeout', given.connectTimeout),
    loginTimeout: duration('loginTimeout', given.loginTimeout),
    actionTimeout: duration('actionTimeout', given.actionTimeout),
    keepalive: keepaliveOf(given.keepalive),
    policy: policyOf(given.reconnect, random),
    defaultPolicy: backoffPolicy({}, random),
    maxInFlight: whole('maxInFlight', given.maxInFlight, 1),
    maxQueued: whole('maxQueued', given.maxQueued, 0),
    maxBacklog: whole('maxBacklog', given.maxBacklog, 1),
    limits: limitsOf(given.limits),
    encoding: oneOf('encoding', given.encoding, ['utf8', 'latin1']),
    socket: given.socket === undefined ? undefined : required('socket', given.socket),
    onListenerError:
      given.onListenerError === undefined ? undefined : required('onListenerError', given.onListenerError),
    clock: clockOf(given.clock),
  }
}

/**
 * Checks a number of milliseconds.
 * @throws {ArgumentError} naming it
 */
export function duration(name: string, value: unknown): number {
  if (typeof value === 'number' && value > 0 && value <= LONGEST_TIMER) return value
  throw invalid(name, 'a number of milliseconds above 0 is needed')
}

function secretOf(secret: unknown): () => string | Promise<string> {
  if (typeof secret === 'function') return secret as () => string | Promise<string>
  // checked without showing it
  if (typeof secret !== 'string' || /[\r\n\0]/.test(secret)) {
    throw invalid('secret', 'a string without CR, LF and NUL, or a function that gives one, is needed')
  }
  return () => secret
}

function maskOf(events: unknown): string {
  if (events === 'on' || events === 'off') return events
  if (!Array.isArray(events)) throw invalid('events', "'on', 'off' or a list of privilege classes is needed")
  for (const name of events) {
    // manager.c:strings_to_mask takes a mask with an unknown name for "no events", and says nothing
    if (!CLASSES.has(name)) throw invalid('events', `Asterisk has no privilege class ${JSON.stringify(name)}`)
  }
  return events.length === 0 ? 'off' : events.join(',')
}

function tlsOf(tls: unknown): boolean | TlsOptions {
  if (typeof tls === 'boolean' || (typeof tls === 'object' && tls !== null)) return tls
  throw invalid('tls', 'true, false or the options of tls.connect are needed')
}

function keepaliveOf(keepalive: unknown): KeepaliveOptions {
  const given = onlyKnown<KeepaliveOptions>(keepalive, 'keepalive', { interval: true, timeout: true })
  return {
    interval: duration('keepalive.interval', given.interval ?? 15_000),
    timeout: duration('keepalive.timeout', given.timeout ?? 5_000),
  }
}

function policyOf(reconnect: unknown, random: () => number): ReconnectPolicy {
  if (reconnect === false) return () => false
  if (typeof reconnect === 'function') return reconnect as ReconnectPolicy
  const given = onlyKnown<BackoffOptions>(reconnect, 'reconnect', defaultBackoff)
  const { initialDelay, maxDelay, factor, jitter } = given
  if (initialDelay !== undefined) duration('reconnect.initialDelay', initialDelay)
  if (maxDelay !== undefined) duration('reconnect.maxDelay', maxDelay)
  if (factor !== undefined && !(typeof factor === 'number' && factor >= 1)) {
    throw invalid('reconnect.factor', 'a number from 1 is needed')
  }
  if (jitter !== undefined && !(typeof jitter === 'number' && jitter >= 0 && jitter <= 1)) {
    throw invalid('reconnect.jitter', '0 to 1 is needed')
  }
  return backoffPolicy(given, random)
}

function limitsOf(limits: unknown): Limits {
  const given = onlyKnown<Limits>(limits, 'limits', defaultLimits)
  const checked = { ...defaultLimits }
  for (const [key, value] of Object.entries(given)) checked[key as keyof Limits] = whole(`limits.${key}`, value, 1)
  return checked
}

function clockOf(clock: unknown): Clock {
  const methods = ['now', 'elapsed', 'setTimeout', 'clearTimeout'] as const
  if (methods.every((name) => typeof (clock as Partial<Clock> | null)?.[name] === 'function')) return clock as Clock
  throw invalid('clock', 'an object with now, elapsed, setTimeout and clearTimeout is needed')
}

/** The options that are set, none of which is unknown. */
function onlyKnown<T>(options: unknown, path: string, known: object): Partial<T> {
  if (typeof options !== 'object' || options === null) throw invalid(path || 'options', 'an object is needed')
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(known, key)) throw invalid(path ? `${path}.${key}` : key, 'there is no such option')
  }
  return definedOnly(options)
}

function oneOf<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value)
  if (found !== undefined) return found
  throw invalid(name, `${choices.map((choice) => `'${choice}'`).join(' or ')} is needed`)
}

function whole(name: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw invalid(name, `a whole number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''} is needed`)
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && !/[\r\n\0]/.test(value)) return value
  throw invalid(name, 'a string that is not empty and holds no CR, LF or NUL is needed')
}

function required<T>(name: string, value: unknown): T {
  if (typeof value === 'function') return value as T
  throw invalid(name, 'a function is needed')
}
