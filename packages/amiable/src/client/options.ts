import type { Duplex } from 'node:stream'
import type { ConnectionOptions as TlsOptions } from 'node:tls'
import { eventFacts } from '../catalog/facts.ts'
import {
  checkChoice,
  checkClock,
  checkDuration,
  checkFunction,
  checkOptions,
  checkRecord,
  checkSync,
  checkText,
  checkWhole,
  dependable,
  got,
  gotSecret,
  isListOf,
} from '../check.ts'
import { invalid } from '../errors.ts'
import { type BackoffOptions, backoffPolicy, defaultBackoff, type ReconnectPolicy } from '../link/backoff.ts'
import type { KeepaliveOptions } from '../link/keepalive.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import type { Encoding } from '../util/text.ts'
import { Intake } from '../wire/intake.ts'
import { defaultLimits, type Limits } from '../wire/limits.ts'
import type { ListenerErrorHandler } from './events/subscriptions.ts'

/** The options of a client. All times are milliseconds, all sizes bytes. */
export interface ClientOptions {
  /** The name of the client: the `source` of its events, responses and errors. @default `host:port` */
  name?: string | undefined
  /** An IPv4 or IPv6 address, or a name. The client tries all addresses of a name in turn. @default 'localhost' */
  host?: string | undefined
  /** The AMI port. @default 5038, or 5039 with `tls` */
  port?: number | undefined
  username: string
  /** The secret of the account, or a function that returns it. The client calls the function at every login. */
  secret: string | (() => string | Promise<string>)
  /**
   * `true`, or the options of Node's `tls.connect`. The client verifies the certificate against `host`. @default false
   */
  tls?: boolean | TlsOptions | undefined
  /** `'md5'` answers a challenge, `'plain'` sends the secret as it is. @default 'md5' */
  auth?: 'md5' | 'plain' | undefined
  /** The events that the server sends: all, none, or those of these privilege classes. @default 'on' */
  events?: 'on' | 'off' | readonly string[] | undefined
  /** Further privilege classes that an appliance has, so that `events` may name them. @default none */
  ownClasses?: readonly string[] | undefined
  /** How long the socket may take to connect, TLS included. @default 5_000 */
  connectTimeout?: number | undefined
  /**
   * How long the banner and the login may take, and an answer while a later login finds out about the boot.
   * @default 10_000
   */
  loginTimeout?: number | undefined
  /**
   * How long the client holds `ready` and the calls that wait for a server that still boots. This wait does not count
   * against the `timeout` of the calls. @default 60_000
   */
  bootTimeout?: number | undefined
  /** How long a call may take, counted from the call. @default 10_000 */
  actionTimeout?: number | undefined
  /**
   * After how long without an answer the client sends a Ping, and how long the answer may take. `false` sends no Ping.
   * @default { interval: 15_000, timeout: 5_000 }
   */
  keepalive?: false | Partial<KeepaliveOptions> | undefined
  /**
   * The delays between attempts to connect, `false` for no further attempt, or a function that returns a delay or
   * `false`.
   * @default { initialDelay: 100, maxDelay: 30_000, factor: 2, jitter: 0.5 }
   */
  reconnect?: false | BackoffOptions | ReconnectPolicy | undefined
  /** How many calls may await their answer. More calls wait for their turn. @default 256 */
  maxInFlight?: number | undefined
  /** How many calls may wait for a login or their turn. One call more rejects with `AMI_LIMIT`. @default 1_024 */
  maxQueued?: number | undefined
  /** How many events may wait for slow listeners. More events are dropped and counted. @default 100_000 */
  maxBacklog?: number | undefined
  /**
   * Limits on what the server can make the client keep in memory.
   * @default { line: 8_388_608, message: 8_388_608, headers: 262_144, rows: 100_000, held: 67_108_864 }
   */
  limits?: Partial<Limits> | undefined
  /** How the client reads and writes text. Bytes that are not valid never throw. @default 'utf8' */
  encoding?: Encoding | undefined
  /** A function that returns a `Duplex`, if you bring your own transport: another one for each connection. */
  socket?: (() => Duplex) | undefined
  /** Receives the error that a listener threw. Without it, the process gets an uncaught exception. */
  onListenerError?: ListenerErrorHandler | undefined
  /**
   * The clock of the client. Give a `ManualClock` in a test. A clock that throws, or gives no time, ends the client.
   * @default the machine's
   */
  clock?: Clock | undefined
  /** Returns a random number from 0 to 1, for the jitter of delays. @default Math.random */
  random?: (() => number) | undefined
}

/** Options checked, with nothing left out. */
export interface ResolvedOptions {
  readonly source: string
  readonly host: string
  readonly port: number
  readonly username: string
  readonly secret: string | (() => string | Promise<string>)
  readonly tls: boolean | TlsOptions
  readonly auth: 'md5' | 'plain'
  readonly events: string
  readonly connectTimeout: number
  readonly loginTimeout: number
  readonly bootTimeout: number
  readonly actionTimeout: number
  readonly keepalive: KeepaliveOptions | false
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
  /** What takes in the messages of its client. */
  readonly intake: Intake
}

// manager.c perms[]
const CLASSES = new Set(
  'system call log verbose command agent user config dtmf reporting cdr dialplan originate agi cc aoc test security message all none'.split(
    ' ',
  ),
)

/** What options are called in other libraries and by habit. */
const OTHER_NAMES: Readonly<Record<string, keyof ClientOptions>> = {
  password: 'secret',
  passwd: 'secret',
  pass: 'secret',
  user: 'username',
  login: 'username',
  server: 'host',
  hostname: 'host',
  address: 'host',
  ssl: 'tls',
  secure: 'tls',
  timeout: 'actionTimeout',
  eventmask: 'events',
  eventMask: 'events',
  autoReconnect: 'reconnect',
}
const EXAMPLE = 'connect({ host, username, secret })'
const SHAPE = `one object, as in ${EXAMPLE}`

const NO_CLASSES: readonly string[] = []
/** Every option, with what holds where the caller sets none. */
const defaults: Readonly<Record<keyof ClientOptions, unknown>> = {
  name: undefined,
  host: 'localhost',
  port: undefined,
  username: undefined,
  secret: undefined,
  tls: false,
  auth: 'md5',
  events: 'on',
  ownClasses: NO_CLASSES,
  connectTimeout: 5_000,
  loginTimeout: 10_000,
  bootTimeout: 60_000,
  actionTimeout: 10_000,
  keepalive: undefined,
  reconnect: undefined,
  maxInFlight: 256,
  maxQueued: 1_024,
  maxBacklog: 100_000,
  limits: undefined,
  encoding: 'utf8',
  socket: undefined,
  onListenerError: undefined,
  clock: systemClock,
  random: undefined,
}
const AUTHS = ['md5', 'plain'] as const
const ENCODINGS = ['utf8', 'latin1'] as const
// what most clients share, and need not each have for itself
const usualKeepalive: KeepaliveOptions = { interval: 15_000, timeout: 5_000 }
const usualPolicy = backoffPolicy({}, Math.random)
const noReconnect: ReconnectPolicy = () => false

/** Checks that the options are one object, and no host or port. */
export function checkClientOptions(options: unknown): void {
  if (options === undefined) throw invalid('options', `is missing: pass one object, as in ${EXAMPLE}`)
  if (typeof options !== 'object') throw invalid('options', `must be one object, as in ${EXAMPLE}, ${got(options)}`)
}

/**
 * Checks options and fills in the defaults.
 * @throws {ArgumentError} naming the option that is wrong
 */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  checkClientOptions(options)
  const given = { ...defaults }
  checkOptions<ClientOptions>('', options, defaults, SHAPE, OTHER_NAMES, given)
  if (given.username === undefined || given.secret === undefined) refuseMissing(options, given)
  const host = hostOf(given.host)
  const tls = tlsOf(given.tls)
  const port = checkWhole('port', given.port !== undefined ? given.port : tls === false ? 5038 : 5039, 1, 65_535)
  const ownRandom = synchronous<() => number>('random', given.random)
  const random = ownRandom ? dependable(ownRandom) : Math.random
  const defaultPolicy = ownRandom ? backoffPolicy({}, random) : usualPolicy
  const source =
    given.name === undefined ? `${host.includes(':') ? `[${host}]` : host}:${port}` : checkText('name', given.name)
  const limits = given.limits === undefined ? defaultLimits : limitsOf(given.limits)
  const encoding = checkChoice('encoding', given.encoding, ENCODINGS)
  return {
    source,
    host,
    port,
    username: checkText('username', given.username),
    secret: secretOf(given.secret),
    tls,
    auth: checkChoice('auth', given.auth, AUTHS),
    events: maskOf(given.events, given.ownClasses),
    connectTimeout: checkDuration('connectTimeout', given.connectTimeout),
    loginTimeout: checkDuration('loginTimeout', given.loginTimeout),
    bootTimeout: checkDuration('bootTimeout', given.bootTimeout),
    actionTimeout: checkDuration('actionTimeout', given.actionTimeout),
    keepalive: given.keepalive === undefined ? usualKeepalive : keepaliveOf(given.keepalive),
    policy: given.reconnect === undefined ? defaultPolicy : policyOf(given.reconnect, random),
    defaultPolicy,
    maxInFlight: checkWhole('maxInFlight', given.maxInFlight, 1),
    maxQueued: checkWhole('maxQueued', given.maxQueued, 0),
    maxBacklog: checkWhole('maxBacklog', given.maxBacklog, 1),
    limits,
    encoding,
    socket: synchronous('socket', given.socket, 'that gives a duplex stream'),
    onListenerError: listenerErrorOf(given.onListenerError),
    clock: clockOf(given.clock),
    intake: new Intake(source, encoding, limits.held),
  }
}

// all that is missing at once, for whoever begins
function refuseMissing(options: object, given: Readonly<Record<keyof ClientOptions, unknown>>): never {
  const [first = 'username', second] = (['username', 'secret'] as const).filter((name) => given[name] === undefined)
  if (second !== undefined) throw invalid(first, `is missing, and so is ${second}: ${EXAMPLE}`)
  throw invalid(first, first in options ? 'is missing: it is undefined' : `is missing: ${EXAMPLE}`)
}

function hostOf(value: unknown): string {
  const host = checkText('host', value)
  if (/^\w+:\/\//.test(host)) throw invalid('host', `must be a name or an address and no URL, ${got(host)}`)
  if (/^(?:[^:]*|\[.*\]):\d*$/.test(host)) throw invalid('host', `must not hold a port: give it as port, ${got(host)}`)
  if (/[\s/[\]]/.test(host)) throw invalid('host', `must be a name or an address, ${got(host)}`)
  return host
}

function secretOf(secret: unknown): string | (() => string | Promise<string>) {
  if (typeof secret === 'function') return secret as () => string | Promise<string>
  // checked without showing it
  if (typeof secret !== 'string') {
    throw invalid('secret', `must be a string, or a function that gives one, ${gotSecret(secret)}`)
  }
  if (/[\r\n\0]/.test(secret)) throw invalid('secret', 'must not hold CR, LF or NUL')
  return secret
}

function maskOf(events: unknown, ownClasses: unknown): string {
  const own = ownClassesOf(ownClasses)
  if (events === 'on' || events === 'off') return events
  if (!Array.isArray(events)) {
    throw invalid(
      'events',
      `must be 'on', 'off' or a list of privilege classes as in ['call', 'agent'], ${got(events)}`,
    )
  }
  for (const name of events) {
    // manager.c:strings_to_mask takes a mask with an unknown name for "no events", and says nothing
    if (CLASSES.has(name) || own.includes(name)) continue
    const hint =
      typeof name === 'string' && eventFacts(name)
        ? `; to hear one event use on('${name}')`
        : '; an appliance has its own in ownClasses'
    throw invalid('events', `must name privilege classes of Asterisk, ${got(name)}${hint}`)
  }
  return events.length === 0 ? 'off' : events.join(',')
}

function ownClassesOf(classes: unknown): readonly string[] {
  if (classes === NO_CLASSES) return NO_CLASSES
  if (isListOf(classes, (name) => typeof name === 'string' && /^\w[\w-]*$/.test(name))) return classes as string[]
  throw invalid('ownClasses', `must be a list of names of privilege classes, ${got(classes)}`)
}

function tlsOf(tls: unknown): boolean | TlsOptions {
  if (typeof tls === 'boolean') return tls
  checkRecord('tls', tls, 'true, false or the options of tls.connect')
  // it is read again at each connection, and the caller's own may be something else by then
  return { ...tls }
}

function keepaliveOf(keepalive: unknown): KeepaliveOptions | false {
  if (keepalive === false) return false
  const shape = '{ interval, timeout } in milliseconds'
  const given = checkOptions<KeepaliveOptions>('keepalive', keepalive, { interval: true, timeout: true }, shape)
  return {
    interval: checkDuration('keepalive.interval', given.interval ?? usualKeepalive.interval),
    timeout: checkDuration('keepalive.timeout', given.timeout ?? usualKeepalive.timeout),
  }
}

function policyOf(reconnect: unknown, random: () => number): ReconnectPolicy {
  if (reconnect === false) return noReconnect
  if (typeof reconnect === 'function') {
    checkSync('reconnect', reconnect)
    return reconnect as ReconnectPolicy
  }
  const shape = 'false, a function, or { initialDelay, maxDelay, factor, jitter }'
  const given = checkOptions<BackoffOptions>('reconnect', reconnect, defaultBackoff, shape)
  const { initialDelay, maxDelay, factor, jitter } = given
  if (initialDelay !== undefined) checkDuration('reconnect.initialDelay', initialDelay)
  if (maxDelay !== undefined) checkDuration('reconnect.maxDelay', maxDelay)
  if (factor !== undefined && !(typeof factor === 'number' && factor >= 1)) {
    throw invalid('reconnect.factor', `must be a number from 1, ${got(factor)}`)
  }
  if (jitter !== undefined && !(typeof jitter === 'number' && jitter >= 0 && jitter <= 1)) {
    throw invalid('reconnect.jitter', `must be a number from 0 to 1, ${got(jitter)}`)
  }
  return backoffPolicy(given, random)
}

function limitsOf(limits: unknown): Limits {
  const shape = `an object with some of ${Object.keys(defaultLimits).join(', ')}`
  const given = checkOptions<Limits>('limits', limits, defaultLimits as never, shape)
  const checked = { ...defaultLimits }
  for (const [key, value] of Object.entries(given)) checked[key as keyof Limits] = checkWhole(`limits.${key}`, value, 1)
  return checked
}

function listenerErrorOf(handler: unknown): ListenerErrorHandler | undefined {
  if (handler !== undefined) checkFunction('onListenerError', handler)
  return handler as ListenerErrorHandler | undefined
}

function clockOf(clock: unknown): Clock {
  if (clock !== systemClock) checkClock('clock', clock)
  return clock as Clock
}

function synchronous<T>(name: string, value: unknown, what?: string): T | undefined {
  if (value === undefined) return undefined
  checkSync(name, value, what)
  return value as T
}
