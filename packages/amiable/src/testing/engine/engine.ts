import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { type Clock, systemClock } from '../../util/clock.ts'
import type { ActionEntry, ServerControl, User } from '../actions/context.ts'
import { actionTable } from '../actions/table.ts'
import { addApplications } from '../apps/applications.ts'
import { Pbx } from '../apps/pbx.ts'
import { Faults } from '../faults/faults.ts'
import { resetSocket } from '../faults/reset-socket.ts'
import { Ledger } from '../ledger.ts'
import { type AsteriskVersion, versions } from '../model/core.ts'
import { World } from '../model/world.ts'
import { readUsers, type ServerOptions } from '../options.ts'
import type { SimulatedEvent } from '../protocol/event-filters.ts'
import { EventWays, type Lag } from '../protocol/event-ways.ts'
import type { Incoming } from '../protocol/input.ts'
import { privileges } from '../protocol/privileges.ts'
import type { ReceivedAction } from '../protocol/received-action.ts'
import { OwnTimers } from '../time/owned-timers.ts'
import { SeededRandom } from '../time/seeded-random.ts'
import { type BootOptions, BootSequence } from './boot-sequence.ts'
import { type DispatchHost, perform } from './dispatch.ts'
import { Session, type SessionHost } from './session.ts'

/** What runs a simulated Asterisk: the port, the sessions, the phone system, and who may do what. */
export class Engine implements SessionHost, DispatchHost, ServerControl {
  readonly version: AsteriskVersion
  /** The clock that it was given, or the machine's. */
  readonly givenClock: Clock
  readonly clock: OwnTimers
  readonly faults: Faults
  readonly ledger: Ledger
  readonly sessions = new Set<Session>()
  readonly builtIns: Map<string, ActionEntry>
  readonly scripts = new Map<string, ActionEntry[]>()
  readonly users: Map<string, User>
  readonly loggedInWatchers = new Set<() => void>()
  /** What a CLI command that ends the server asks for. */
  onStop: ((restart: boolean) => void) | undefined
  world!: World
  runner!: Pbx
  port: number
  #boot: BootSequence | undefined
  #down = false
  #over = false
  #options: ServerOptions
  #random: SeededRandom
  #lag: Lag = { core: 0, rooms: 0, parking: 0, hints: 0 }
  #server: Server | undefined
  #stopped: Promise<void> | undefined
  /** Every TCP connection. A server over TLS reports one only when its handshake is over, and waits for all. */
  #sockets = new Set<Socket>()
  /** Those that the server before the last restart accepted last: they stay open, and nobody serves them. */
  #stranded = new Set<Socket>()
  #serial = 0
  /** Ends the pauses of a restart. */
  #resting = new Set<() => void>()

  constructor(options: ServerOptions) {
    this.#options = options
    this.version = options.asterisk ?? 22
    this.givenClock = options.clock ?? systemClock
    this.clock = new OwnTimers(this.givenClock)
    this.port = options.port ?? 0
    this.users = readUsers(options.users)
    this.builtIns = actionTable(this.version)
    this.ledger = new Ledger(this.clock)
    this.#random = new SeededRandom(options.seed ?? 1)
    this.faults = new Faults(
      {
        inject: (text) => this.each((session) => session.write(text)),
        reset: () => this.each((session) => resetSocket(session.socket)),
        halfClose: () => this.each((session) => session.output.end()),
        changed: () => this.each((session) => session.changed()),
        after: (ms, callback) => void this.clock.setTimeout(callback, ms),
        lag: (lag) => void Object.assign(this.#lag, lag),
      },
      options.segments === 'header',
    )
    this.#makeWorld()
    if (options.booted === false) this.#boot = new BootSequence(this.world, this.clock)
  }

  get host(): string {
    return this.#options.host ?? '127.0.0.1'
  }

  get loginFailureDelay(): number {
    return this.#options.loginFailureDelay ?? 0
  }

  get allowMultipleLogin(): boolean {
    return this.#options.allowMultipleLogin ?? true
  }

  get control(): ServerControl {
    return this
  }

  now(): number {
    return this.clock.now()
  }

  after(ms: number, callback: () => void): () => void {
    const timer = this.clock.setTimeout(callback, ms)
    return () => this.clock.clearTimeout(timer)
  }

  /** Whether it has ended for good. */
  get over(): boolean {
    return this.#over
  }

  shuttingDown(): boolean {
    return this.#down
  }

  each(act: (session: Session) => void): void {
    for (const session of [...this.sessions]) act(session)
  }

  perform(session: Session, action: ReceivedAction, problem: Incoming['problem']): void | Promise<void> {
    const blocking = perform(this, session, action, problem)
    if (this.loggedInWatchers.size === 0) return blocking
    if (blocking === undefined) this.#tellWatchers()
    else void blocking.then(() => this.#tellWatchers())
    return blocking
  }

  received(action: ReceivedAction): void {
    this.ledger.add(action)
  }

  ended(session: Session): void {
    this.sessions.delete(session)
  }

  find(name: string): ActionEntry | undefined {
    const lower = name.toLowerCase()
    const builtIn = this.world.modules.action(lower) === 'unknown' ? undefined : this.builtIns.get(lower)
    return this.scripts.get(lower)?.[0] ?? builtIn
  }

  isDenied(name: string): boolean {
    const scripted = (this.scripts.get(name.toLowerCase())?.length ?? 0) > 0
    return !scripted && this.world.modules.action(name) === 'denied'
  }

  get loading(): Promise<void> | undefined {
    return this.booted ? undefined : this.#boot?.loaded
  }

  get booting(): Promise<void> | undefined {
    return this.booted ? undefined : this.#boot?.over
  }

  get booted(): boolean {
    return this.world.booted
  }

  /** Loads what is away, and says FullyBooted when it is there; resolves then, or when the server goes. */
  bootUp(options: BootOptions): Promise<void> {
    const boot = this.#boot
    if (this.booted || boot === undefined) return Promise.resolve()
    boot.begin(options, () => {
      const { core } = this.world
      this.world.booted = true
      const since = (ms: number): number => core.seconds() - Math.floor(ms / 1000)
      core.emit(
        'FullyBooted',
        `Status: Fully Booted\r\nUptime: ${since(core.bootedAt)}\r\nLastReload: ${since(core.reloadedAt)}\r\n`,
        privileges.system,
      )
    })
    return boot.over
  }

  *commands(): Iterable<ActionEntry> {
    const names = new Map<string, ActionEntry>()
    for (const [name, entry] of this.builtIns) if (this.world.modules.action(name) !== 'unknown') names.set(name, entry)
    for (const [name, list] of this.scripts) if (list[0] !== undefined) names.set(name, list[0])
    for (const name of [...names.keys()].sort()) yield names.get(name)!
  }

  loggedIn(name: string): boolean {
    const lower = name.toLowerCase()
    return [...this.sessions].some((session) => session.user?.name.toLowerCase() === lower)
  }

  stop(restart: boolean): void {
    this.onStop?.(restart)
  }

  publish(event: SimulatedEvent): void {
    for (const session of this.sessions) session.offer(event)
  }

  /** Starts the system again; AstDB stays. */
  reboot(): void {
    const kept = this.world.database
    this.#makeWorld()
    this.#boot = new BootSequence(this.world, this.clock)
    for (const [path, value] of kept.tree('', '')) {
      const [, family = '', ...key] = path.split('/')
      this.world.database.put(family, key.join('/'), value)
    }
    this.world.states.restore()
    this.#down = false
  }

  /** Stops every action and the dialplan. */
  bringDown(): void {
    this.#down = true
    this.runner.stop()
    this.#boot?.stop()
  }

  async listen(): Promise<void> {
    if (this.#server !== undefined) return
    const { tls } = this.#options
    // over TLS only what is past its handshake may be half open: Node never reports that a client has gone in one
    const server =
      tls === undefined
        ? createServer({ noDelay: true, allowHalfOpen: true })
        : createTlsServer({ key: tls.key, cert: tls.cert, noDelay: true })
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      socket.allowHalfOpen = true
      this.#accept(socket)
    })
    server.on('tlsClientError', () => undefined)
    server.listen(this.port, this.host)
    await once(server, 'listening')
    const address = server.address()
    if (address !== null && typeof address === 'object') this.port = address.port
    this.#server = server
    // it may have been closed while it came up again
    if (this.#over) await this.stopListening(true)
  }

  /** Resolves in so many milliseconds, or when the server ends. */
  rest(ms: number): Promise<void> {
    if (this.#over) return Promise.resolve()
    return new Promise((resolve) => {
      const over = () => {
        this.#resting.delete(over)
        resolve()
      }
      this.#resting.add(over)
      this.clock.setTimeout(over, ms)
    })
  }

  /**
   * Serves for so many milliseconds more. The connections that it accepts in that time are then left open and served no
   * more: the next Asterisk has them, and does not know of them (main/asterisk.c:really_quit).
   */
  async serveLateComers(late: number): Promise<void> {
    for (const socket of this.#stranded) socket.destroy()
    this.#stranded.clear()
    if (late === 0) return
    const last = this.#serial
    await this.rest(late)
    this.each((session) => {
      if (session.id <= last) return
      session.strand()
      this.sessions.delete(session)
      this.#stranded.add(session.socket)
    })
  }

  /** Closes the port, and every connection: when its output left, or at once. */
  async stopListening(atOnce: boolean): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server !== undefined) this.#stopped = new Promise((resolve) => server.close(() => resolve()))
    if (!atOnce) {
      this.each((session) => session.end())
      await Promise.race([this.#allGone(), new Promise<void>((resolve) => setTimeout(resolve, 200).unref())])
    }
    this.each((session) => session.socket.destroy())
    if (atOnce) this.#stranded.clear()
    for (const socket of this.#sockets) if (!this.#stranded.has(socket)) socket.destroy()
    // Node's server is over when its last connection is
    if (this.#stranded.size === 0) await this.#stopped
  }

  /** Ends it for good: connections, timers, the port. */
  async end(): Promise<void> {
    this.#over = true
    this.#tellWatchers()
    this.bringDown()
    this.ledger.close()
    this.faults.end()
    await this.stopListening(true)
    this.clock.end()
    for (const over of this.#resting) over()
  }

  async #allGone(): Promise<void> {
    await Promise.all([...this.sessions].map((session) => once(session.socket, 'close').catch(() => undefined)))
  }

  #tellWatchers(): void {
    for (const watcher of [...this.loggedInWatchers]) watcher()
  }

  // of their own draws: a server without lag makes what it made before
  #makeWays(): EventWays {
    const random = new SeededRandom((this.#options.seed ?? 1) + 1)
    const ways = new EventWays(this.#lag, this.clock, random, (event) => {
      // what was on its way when the server went is lost with it
      if (this.world?.core.ways === ways) this.publish(event)
    })
    return ways
  }

  #makeWorld(): void {
    this.world = new World(
      {
        clock: this.clock,
        version: this.version,
        systemName: this.#options.systemName ?? '',
        channelVars: this.#options.channelVars ?? [],
        timestamps: this.#options.timestamps ?? false,
        cdr: this.#options.cdr ?? false,
        answerDelay: this.#options.answerDelay ?? 5,
        random: this.#random,
        ways: this.#makeWays(),
        lag: this.#lag,
      },
      this.#options,
    )
    this.runner = new Pbx(this.world)
    addApplications(this.runner)
  }

  #accept(socket: Socket): void {
    const { faults } = this
    const waiting = [...this.sessions].filter((session) => session.user === undefined).length
    const full = waiting >= (this.#options.authLimit ?? 50)
    if (this.#down || faults.take('refuseConnection') !== undefined || full) {
      socket.on('error', () => undefined)
      socket.end(() => socket.destroy())
      return
    }
    const challenge = String(this.#random.integer(100_000_000, 999_999_999))
    const session = new Session(this, socket, ++this.#serial, this.#options.tls !== undefined, challenge)
    this.sessions.add(session)
    session.begin(this.#options.authTimeout ?? 30_000)
    if (faults.take('silent') !== undefined) {
      session.silence()
      return
    }
    const other = faults.take('banner')
    if (other !== undefined) session.write(other.text)
    else if (faults.take('noBanner') === undefined) {
      session.write(`Asterisk Call Manager/${versions[this.version].ami}\r\n`)
    }
  }
}
