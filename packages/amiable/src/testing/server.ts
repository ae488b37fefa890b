import { checkBoolean, checkDelay, checkEach, checkFunction, checkText, checkWhole, got } from '../check.ts'
import { ClosedError, invalid } from '../errors.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import type { ActionEntry } from './actions/context.ts'
import { checkBoot, checkClasses, checkServerOptions } from './check-options.ts'
import { ChannelControl, QueueControl, SystemControl } from './controls.ts'
import type { BootOptions } from './engine/boot-sequence.ts'
import { Engine } from './engine/engine.ts'
import { type ScriptedHandler, scripted } from './engine/scripted.ts'
import type { Faults } from './faults/faults.ts'
import { resetSocket } from './faults/reset-socket.ts'
import type { Match, WaitOptions } from './ledger.ts'
import type { AsteriskVersion } from './model/core.ts'
import type { ServerOptions } from './options.ts'
import { fromWire, type HeadersInit, headerLines, toWire } from './protocol/byte-text.ts'
import { categoryOf } from './protocol/event-classes.ts'
import { maskOf, maskOfText, type PrivilegeClass, privileges } from './protocol/privileges.ts'
import type { ReceivedAction } from './protocol/received-action.ts'

/** A connection and its account. */
export interface SessionInfo {
  /** The number of the connection, from 1. */
  readonly id: number
  /** The account that is logged in. Empty before the login. */
  readonly username: string
  readonly remotePort: number
}

/** The options of {@link SimulatedAsterisk.handle}. */
export interface HandleOptions {
  /** The classes of which an account needs one. @default none is needed */
  readonly privilege?: readonly PrivilegeClass[]
  /** After how many calls the handler is removed. @default never */
  readonly times?: number
}

/** The options of {@link SimulatedAsterisk.restart}. Times are milliseconds. */
export interface RestartOptions {
  /** How long the server refuses connections. @default 0 */
  readonly downtime?: number
  /**
   * How long the server goes on to accept connections after `Shutdown`. Those that come then stay open and are served no
   * more, until the next restart: Asterisk does so for some 10 ms. @default 10 on the machine's clock, 0 on your own
   */
  readonly late?: number
  /** How the server boots. @default 250 ms on the machine's clock; at once on your own clock, which may not move */
  readonly boot?: BootOptions
}

// a small Asterisk takes twice as long from its first login on
const BOOT = 250
// Asterisk 16 and 22, as a client sees it that connects every millisecond
const LATE = 10

/** Starts a simulated Asterisk and resolves when it listens. `await using` closes it. */
export async function startServer(options: ServerOptions = {}): Promise<SimulatedAsterisk> {
  const server = new SimulatedAsterisk(options)
  await server.listen()
  return server
}

const engines = new WeakMap<object, Engine>()

/** Returns what runs a simulated Asterisk; undefined of anything else. */
export function engineOf(server: unknown): Engine | undefined {
  return typeof server === 'object' && server !== null ? engines.get(server) : undefined
}

/** Simulates an Asterisk for tests: a small phone system that your test controls, and that AMI clients connect to. */
export class SimulatedAsterisk implements AsyncDisposable {
  readonly #engine: Engine
  /** Lasts while a restart has nobody listening. */
  #restarting: Promise<void> | undefined

  /** Use {@link startServer}. */
  constructor(options: ServerOptions) {
    checkServerOptions(options)
    this.#engine = new Engine(options)
    engines.set(this, this.#engine)
    this.#engine.onStop = (restart) => {
      if (restart) void this.restart()
      else void this.shutdown()
    }
  }

  /** The version of Asterisk. */
  get asterisk(): AsteriskVersion {
    return this.#engine.version
  }

  /** The address it listens on. */
  get host(): string {
    return this.#engine.host
  }

  /** The clock of the server: yours, or the machine's. */
  get clock(): Clock {
    return this.#engine.givenClock
  }

  /** The faults that you can switch on and off. */
  get faults(): Faults {
    return this.#engine.faults
  }

  /** The port it listens on. */
  get port(): number {
    return this.#engine.port
  }

  /** Every action that arrived, in order, with its outcome. */
  get calls(): readonly ReceivedAction[] {
    return this.#engine.ledger.calls
  }

  /** The connections that are open. */
  get sessions(): SessionInfo[] {
    return [...this.#engine.sessions].map((session) => ({
      id: session.id,
      username: fromWire(session.user?.name ?? ''),
      remotePort: session.socket.remotePort ?? 0,
    }))
  }

  /** Creates, answers and hangs up channels. */
  get channels(): ChannelControl {
    return new ChannelControl(this.#engine.world, this.#engine.runner)
  }

  /** Changes queues, their members and callers. */
  get queues(): QueueControl {
    return new QueueControl(this.#engine.world)
  }

  /** Sets endpoints, mailboxes, states, the AstDB, the dialplan and files. */
  get system(): SystemControl {
    return new SystemControl(this.#engine.world)
  }

  /**
   * Sends an event to every session whose rights, mask and filters allow it. The server adds `Privilege`, and
   * `SystemName` if it has one. `privilege` gives other classes than the event's own.
   */
  emit(event: string, headers: HeadersInit = {}, options: { privilege?: readonly PrivilegeClass[] } = {}): void {
    checkText('event', event, "an event's name")
    checkEach<typeof options>('', options, { privilege: checkClasses })
    const body = headerLines(headers)
    const given = body.includes('Privilege: ') ? /^Privilege: (.*)\r\n/m.exec(body) : null
    if (given !== null && options.privilege === undefined) {
      this.#engine.publish({
        name: event,
        category: maskOfText(given[1]!),
        text: `Event: ${toWire(event)}\r\n${body}\r\n`,
      })
      return
    }
    const category = options.privilege === undefined ? categoryOf(event) : maskOf(options.privilege)
    this.#engine.world.core.emit(toWire(event), body, category)
  }

  /** Sends bytes to every session as they are. A string is sent in UTF-8. */
  send(raw: string | Uint8Array): void {
    if (typeof raw !== 'string' && !(raw instanceof Uint8Array)) {
      throw invalid('raw', `must be a string or bytes, ${got(raw)}`)
    }
    const text = typeof raw === 'string' ? toWire(raw) : Buffer.from(raw).toString('latin1')
    this.#engine.each((session) => session.write(text))
  }

  /**
   * Answers an action with your function, in place of the simulator. The function returns an object with the headers of
   * the reply (`Response: Success` by default), writes with `reply`, or calls `builtIn`. A function that does none of
   * these never answers. The newest handler of an action is called first.
   */
  handle(action: string, handler: ScriptedHandler, options: HandleOptions = {}): Disposable {
    checkText('action', action, "an action's name")
    checkFunction('handler', handler)
    checkEach<HandleOptions>('', options, {
      privilege: checkClasses,
      times: (name, value) => checkWhole(name, value, 1),
    })
    const lower = action.toLowerCase()
    const builtIn = this.#engine.builtIns.get(lower)
    const list = this.#engine.scripts.get(lower) ?? []
    this.#engine.scripts.set(lower, list)
    let left = options.times ?? Number.POSITIVE_INFINITY
    const remove = (): void => {
      const at = list.indexOf(entry)
      if (at !== -1) list.splice(at, 1)
    }
    const entry: ActionEntry = {
      name: action,
      privilege: options.privilege === undefined ? (builtIn?.privilege ?? 0) : maskOf(options.privilege),
      synopsis: builtIn?.synopsis ?? 'Scripted.',
      handler: (context) => {
        if (--left <= 0) remove()
        return scripted(context, handler, builtIn)
      },
    }
    list.unshift(entry)
    return { [Symbol.dispose]: remove }
  }

  /**
   * Resolves with the next action of this name. An action that arrived already counts too, unless an earlier `waitFor`
   * resolved with it. `match` selects actions by headers (text or expression) or by a function.
   */
  waitFor(action: string, match?: Match, options?: WaitOptions): Promise<ReceivedAction> {
    return this.#engine.ledger.waitFor(action, match, options)
  }

  /** Resolves when `count` sessions (default 1) are logged in; rejects with `AMI_CLOSED` where the server closes first. */
  async waitForLogin(count = 1): Promise<void> {
    checkWhole('count', count, 0)
    const { sessions, loggedInWatchers } = this.#engine
    const enough = (): boolean => [...sessions].filter((session) => session.user !== undefined).length >= count
    while (!enough()) {
      if (this.#engine.over) throw new ClosedError('the simulated server closed before the login came')
      await new Promise<void>((resolve) => {
        const watch = (): void => {
          loggedInWatchers.delete(watch)
          resolve()
        }
        loggedInWatchers.add(watch)
      })
    }
  }

  /** Resolves when the kernel has taken everything that was written. */
  async flushed(): Promise<void> {
    await Promise.all([...this.#engine.sessions].map((session) => session.output.drained()))
  }

  /** Closes all connections, or those of one account. The server goes on listening. */
  disconnect(options: { user?: string; reset?: boolean } = {}): void {
    checkEach<typeof options>('', options, { user: checkText, reset: checkBoolean })
    this.#engine.each((session) => {
      if (options.user !== undefined && session.user?.name.toLowerCase() !== options.user.toLowerCase()) return
      if (options.reset === true) resetSocket(session.socket)
      else session.end()
    })
  }

  /** Sends `Shutdown`, closes every connection, and stops listening. */
  async shutdown(options: { restart?: boolean } = {}): Promise<void> {
    checkEach<typeof options>('', options, { restart: checkBoolean })
    await this.#goDown(options.restart === true, 0)
  }

  async #goDown(restart: boolean, late: number): Promise<void> {
    const text = `Shutdown: Cleanly\r\nRestart: ${restart ? 'True' : 'False'}\r\n`
    this.#engine.world.core.emit('Shutdown', text, privileges.system)
    await this.#engine.serveLateComers(late)
    this.#engine.bringDown()
    await this.#engine.stopListening(false)
  }

  /**
   * Restarts as `core restart now` does: sends `Shutdown`, closes all connections, refuses connections for `downtime`
   * milliseconds, and boots again on the same port. Resolves when it has booted. The AstDB stays. Channels, variables
   * and dynamic members are lost. While nobody listens, a restart
   * joins the one that is under way. In the middle of a boot it begins again.
   */
  async restart(options: RestartOptions = {}): Promise<void> {
    const given = checkEach<RestartOptions>('', options, { downtime: checkDelay, late: checkDelay, boot: checkBoot })
    const isMachines = this.clock === systemClock
    const { downtime = 0, late = isMachines ? LATE : 0, boot = { duration: isMachines ? BOOT : 0 } } = given
    this.#restarting ??= this.#comeBack(downtime, late)
    await this.#restarting
    if (!this.#engine.over) await this.#engine.bootUp(boot)
  }

  async #comeBack(downtime: number, late: number): Promise<void> {
    try {
      await this.#goDown(true, late)
      if (downtime > 0) await this.#engine.rest(downtime)
      if (this.#engine.over) return
      this.#engine.reboot()
      await this.#engine.listen()
    } finally {
      this.#restarting = undefined
    }
  }

  /**
   * Boots a server that was started with `booted: false`. It loads its modules one after another, and at the end sends
   * `FullyBooted` to every session. Resolves then, or at once if the server has booted.
   */
  boot(options: BootOptions = {}): Promise<void> {
    checkBoot('options', options)
    return this.#engine.bootUp(options)
  }

  /** Ends the server: its connections, also those in a TLS handshake, its timers and its port. Always resolves. */
  close(): Promise<void> {
    return this.#engine.end()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Listens on its port. {@link startServer} calls it. */
  async listen(): Promise<void> {
    await this.#engine.listen()
  }
}
