import {
  type AmiError,
  ArgumentError,
  AuthError,
  ConnectError,
  type LimitError,
  LostError,
  type ProtocolError,
  quoted,
} from '../errors.ts'
import type { Clock, Timer } from '../util/clock.ts'
import { LateSet } from '../util/late.ts'
import type { TapListener } from '../util/tap.ts'
import { type DecoderSink, notAmi } from '../wire/decoder.ts'
import { type Message, titleOf } from '../wire/message.ts'
import type { Audience } from '../wire/scanner.ts'
import { delayAfter, type Policies, STABLE_AFTER } from './backoff.ts'
import { Boot, type BootOptions, type BootSink } from './boot.ts'
import { Connection, type ConnectionOptions, type ConnectionSink, wasReset } from './connection.ts'
import { type Arriving, Keepalive, type KeepaliveHost, type KeepaliveOptions, whyDead } from './keepalive.ts'
import { type Credentials, Login, type LoginStep, versionOf } from './login.ts'
import { type Effect, type Input, type State, step } from './machine.ts'
import { closedWithoutAWord, noConnection, noLogin, notABanner } from './no-session.ts'
import type { QueuedWrite } from './outbox.ts'
import type { CloseReason, Status } from './status.ts'
import { explain } from './transport.ts'

/** What a {@link Link} is made from; milliseconds. */
export interface LinkOptions extends ConnectionOptions, Credentials, BootOptions, Policies {
  readonly connectTimeout: number
  readonly loginTimeout: number
  readonly keepalive: KeepaliveOptions | false
}

/** What a {@link Link} reports to the client above it. */
export interface LinkSink extends Pick<KeepaliveHost, 'blockedUntil' | 'ping'>, Pick<DecoderSink, 'expectsRaw'> {
  readonly audience: Audience | undefined
  /** Takes a message, and returns whether a call that still waits was answered by it, or had a row of its list. */
  message(message: Message): boolean
  fault(error: ProtocolError | LimitError, head: Message | undefined): void
  /** Reports a login whose server may not have booted yet: what waits is held, and its time stands still. */
  hold(): void
  /** Reports that what waits may go. */
  ready(): void
  /** Settles the calls in flight when the connection was lost; returns how many there were. */
  lost(error: AmiError): number
  /** Reports that a graceful end was asked for. */
  drain(): void
  finished(reason: CloseReason): void
  status(status: Status): void
}

// so many refused logins may follow one that worked
const REFUSALS = 3

/** A client's connection to its server for life: one socket after another, each under an epoch of its own. */
export class Link implements ConnectionSink, KeepaliveHost, BootSink {
  /** How many logins there have been. */
  epoch = 0
  /** What the server said of its own end (its `Shutdown` event), while this link lasts. */
  shutdownReason: string | undefined
  /** The AMI version of the last banner, such as `11.0.0`. */
  version = ''
  /** What is known of the server's boot. */
  readonly boot: Boot
  #options: LinkOptions
  #sink: LinkSink
  #clock: Clock
  #state: State = 'idle'
  #connection: Connection | undefined
  #login: Login | undefined
  #keepalive: Keepalive | undefined
  #timer: Timer | undefined
  #attempt = 0
  #refusals = 0
  #delay = 0
  #error: AmiError | undefined
  #reason: CloseReason | undefined
  #lostAt: number | undefined
  #readyAt: number | undefined
  #answeredAt = 0
  #tlsSession: Buffer | undefined
  #readBefore = 0
  #writtenBefore = 0
  #taps = new LateSet<TapListener>()
  #sessions = 0

  constructor(options: LinkOptions, sink: LinkSink) {
    this.#options = options
    this.#sink = sink
    this.#clock = options.clock
    this.boot = new Boot(options, this)
  }

  get state(): State {
    return this.#state
  }

  get bytesRead(): number {
    return this.#readBefore + (this.#connection?.bytesRead ?? 0)
  }

  get bytesWritten(): number {
    return this.#writtenBefore + (this.#connection?.bytesWritten ?? 0)
  }

  connect(): void {
    this.#input('connect')
  }

  close(): void {
    this.#reason ??= { by: 'close' }
    this.#input('close')
  }

  /** Goes on with the end that `close` began: the calls are settled and the goodbye is said. */
  drained(): void {
    this.#input('drained')
  }

  destroy(error?: Error): void {
    if (this.#state !== 'closed') this.#reason = { by: 'destroy', ...(error && { error }) }
    this.#input('destroy')
  }

  /** Writes an action; `undefined` where there is no login to write it under. */
  write(text: string): QueuedWrite | undefined {
    return this.#state === 'ready' || this.#state === 'closing' ? this.#connection?.write(text) : undefined
  }

  /** Reports the bytes of this connection and of those that follow, until the function that it returns is called. */
  tap(listener: TapListener): () => void {
    this.#taps.add(listener)
    return () => this.#taps.delete(listener)
  }

  #input(input: Input): void {
    const { state, effects } = step(this.#state, input)
    this.#state = state
    for (let at = 0; at < effects.length; at++) {
      // a reported effect may have led to a further step already
      if (this.#state === state) Link.#perform[effects[at] as Effect](this)
    }
  }

  static readonly #perform: Record<Effect, (link: Link) => void> = {
    open: (link) => link.#open(),
    login: (link) => link.#startLogin(),
    announce: (link) => link.#announce(),
    drop: (link) => link.#drop(),
    wait: (link) => {
      link.#arm(link.#delay, () => link.#input('elapsed'))
      link.#sink.status({ type: 'waiting', delay: link.#delay, attempt: link.#attempt, error: link.#error as AmiError })
    },
    stopWaiting: (link) => link.#disarm(),
    drain: (link) => link.#sink.drain(),
    finish: (link) => {
      const reason = link.#reason ?? { by: 'failed', error: link.#error }
      link.#sink.status({ type: 'closed', reason })
      link.#sink.finished(reason)
    },
  }

  #arm(delay: number, callback: () => void): void {
    this.#disarm()
    this.#timer = this.#clock.setTimeout(callback, delay)
  }

  #disarm(): void {
    this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #open(): void {
    const { connectTimeout, tls } = this.#options
    this.#error = undefined
    this.#sink.status({ type: 'connecting', attempt: this.#attempt + 1 })
    // a listener of that status may have closed the client
    if (this.#state !== 'connecting') return
    this.#arm(connectTimeout, () => this.#failToConnect(noConnection(connectTimeout, tls !== false)))
    try {
      const connection = new Connection(this.#options, this, this.#tlsSession, this.#taps)
      connection.onTlsSession((session) => {
        this.#tlsSession = session
      })
      this.#connection = connection
    } catch (cause) {
      if (cause instanceof ArgumentError) this.#fail(cause)
      else this.#failToConnect(`the socket could not be made: ${explain(cause)}`, cause)
    }
  }

  #connectError(why: string, cause: unknown): ConnectError {
    const { source, host, port } = this.#options
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
    const what = source === address ? 'cannot be reached' : `cannot reach ${address}`
    // Node's own words name the address too
    const text = `${source}: ${what}: ${why.replace(` ${host}:${port}`, '')}`
    return new ConnectError(text, { source, cause, attempt: this.#attempt + 1 })
  }

  #failToConnect(why: string, cause?: unknown): void {
    this.#fail(this.#connectError(why, cause))
  }

  // what its connection reports

  opened(): void {
    if (this.#connection) this.#connection.session = ++this.#sessions
    this.#input('opened')
  }

  unreadable(why: string): void {
    this.#fail(this.#lostError(why, undefined))
  }

  expectsRaw(actionId: string | undefined): boolean {
    return this.boot.expectsRaw(actionId) || this.#sink.expectsRaw(actionId)
  }

  ended(why: string, cause: Error | undefined): void {
    if (this.#state === 'ready' || this.#state === 'closing') this.#fail(this.#lostError(why, cause))
    else if (this.boot.checking) this.#failToConnect(`${why} while it booted`, cause)
    else if (this.#connection && this.#connection.bytesRead > 0)
      this.#failToConnect(`${why} before the login was over`, cause)
    else if (this.#state === 'authenticating' || cause === undefined || wasReset(cause)) {
      this.#failToConnect(closedWithoutAWord(cause && why, this.#options.tls !== false), cause)
    } else this.#failToConnect(why, cause)
  }

  #startLogin(): void {
    const { source, loginTimeout, tls } = this.#options
    const login = new Login(this.#options)
    this.#login = login
    this.#arm(loginTimeout, () => {
      const text = noLogin(login.greeted, loginTimeout, tls !== false)
      this.#fail(new ConnectError(`${source}: ${text}`, { source, attempt: this.#attempt + 1 }))
    })
    this.version = ''
  }

  banner(line: string): void {
    const version = versionOf(line)
    if (version === undefined) {
      this.#failToConnect(notABanner(line), notAmi(this.#options.source, 'this is no AMI banner', line, true))
      return
    }
    this.version = version
    if (this.#login) this.#proceed(this.#login, this.#login.start())
  }

  #proceed(login: Login, next: LoginStep | Promise<LoginStep>): void {
    if (next instanceof Promise) {
      void next.then((then) => this.#proceed(login, then))
      return
    }
    // the socket may have gone while the secret was asked for
    if (this.#login !== login || this.#state !== 'authenticating') return
    if ('send' in next) login.written = this.#connection?.write(next.send)
    else if ('error' in next) this.#fail(this.#refused(next.error))
    else this.#checkBoot(login.saidBooted)
  }

  /** Returns the error of a refused login, which need not be the end while the server reads its configuration. */
  #refused(error: AmiError): AmiError {
    if (error.code !== 'AMI_AUTH' || error.retryable || this.epoch === 0 || ++this.#refusals > REFUSALS) return error
    return new AuthError(error.message, { source: error.source, cause: error.cause, retryable: true })
  }

  #checkBoot(saidBooted: boolean): void {
    const connection = this.#connection as Connection
    this.#disarm()
    this.#login = undefined
    this.shutdownReason = undefined
    connection.epoch = ++this.epoch
    this.#refusals = 0
    this.#sink.hold()
    this.boot.loggedIn(saidBooted)
  }

  ask(text: string): void {
    this.#connection?.write(text)
  }

  decided(): void {
    this.#input('accepted')
  }

  useless(why: string): void {
    this.#fail(this.#connectError(why, undefined))
  }

  get audience(): Audience | undefined {
    return this.#login || !this.#connection ? undefined : this.#sink.audience
  }

  message(message: Message): void {
    const login = this.#login
    if (login !== undefined) {
      if (login.awaits(message)) this.#proceed(login, login.answer(message))
      return
    }
    if (this.boot.checking && this.boot.take(message)) {
      // a question of the library's own, whose answer nobody gets: its number is the next one's
      this.#options.intake.serial--
      return
    }
    // what was reported may have led to the end
    const connection = this.#connection
    if (connection !== undefined && this.#sink.message(message)) this.#answeredAt = connection.heard
  }

  fault(error: ProtocolError | LimitError, head: Message | undefined): void {
    this.#sink.fault(error, head)
    const login = this.#login
    if (login === undefined || head === undefined || !login.awaits(head)) return
    // a refusal is one however long its text is; a success may have lacked what it says then
    if (titleOf(head).toLowerCase() === 'success')
      this.#fail(this.#connectError('the answer to the login is too long', error))
    else this.#proceed(login, login.answer(head))
  }

  #announce(): void {
    const now = this.#clock.elapsed()
    this.#readyAt = now
    this.#answeredAt = now
    const { keepalive } = this.#options
    if (keepalive !== false) this.#keepalive = new Keepalive(keepalive, this.#clock, this)
    const gap = this.#lostAt === undefined ? null : Math.round(now - this.#lostAt)
    this.#sink.status({ type: 'ready', epoch: this.epoch, gap, version: this.version, booted: this.boot.booted })
    if (this.#state === 'ready') this.#sink.ready()
  }

  answered(): number {
    return this.#answeredAt
  }

  arriving(): Arriving {
    return (this.#connection as Connection).arriving
  }

  blockedUntil(): number {
    return this.#sink.blockedUntil()
  }

  ping(): () => boolean {
    return this.#sink.ping()
  }

  dead(): void {
    const { timeout } = this.#options.keepalive as KeepaliveOptions
    const now = this.#clock.elapsed()
    const silence = Math.round(now - (this.#connection as Connection).heard)
    const unanswered = Math.round(now - this.#answeredAt)
    this.#fail(this.#lostError(whyDead(silence, unanswered, timeout), undefined))
  }

  #lostError(why: string, cause: unknown): LostError {
    const { source } = this.#options
    const said = this.shutdownReason === undefined ? '' : `, after the server said: ${quoted(this.shutdownReason)}`
    return new LostError(`${source}: the connection was lost: ${why}${said}`, { source, cause })
  }

  #fail(error: AmiError): void {
    if (this.#state === 'closed' || this.#state === 'waiting') return
    const now = this.#clock.elapsed()
    this.#error = error
    if (this.#state === 'ready' && now - (this.#readyAt ?? now) >= STABLE_AFTER) this.#attempt = 0
    this.#attempt++
    const delay = delayAfter(this.#options, this.#attempt, error)
    this.#delay = delay === false ? 0 : delay
    this.#input(delay === false ? 'abandoned' : 'interrupted')
  }

  #drop(): void {
    const { source } = this.#options
    const connection = this.#connection
    const wasReady = this.#readyAt !== undefined
    const wasDead = this.#keepalive?.foundDead === true
    this.#readyAt = undefined
    this.#disarm()
    this.#keepalive?.stop()
    this.#keepalive = undefined
    this.#login = undefined
    this.boot.end()
    this.#connection = undefined
    connection?.drop()
    if (connection) {
      this.#readBefore += connection.bytesRead
      this.#writtenBefore += connection.bytesWritten
    }
    if (wasReady) this.#lostAt = this.#clock.elapsed()
    const error = this.#error ?? new LostError(`${source}: the connection was ended by ${this.#reason?.by}`, { source })
    const rejected = this.#sink.lost(error)
    if (this.#error === undefined) return
    const eventsMissing = wasDead || (wasReady && (error.cause !== undefined || connection?.midMessage === true))
    this.#sink.status({ type: 'lost', error, rejected, eventsMissing })
  }
}
