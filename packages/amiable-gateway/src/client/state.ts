// The live state of all Asterisks, read from NATS and kept up to date.
import type { NatsConnection } from '@nats-io/nats-core'
import { type Checks, faultOf, TOKEN, text } from './arguments.ts'
import { ChangeQueue } from './change-queue.ts'
import { type LiveChange, LiveServer } from './live-server.ts'
import { GatewayError } from './request.ts'
import { type SourceOptions, StateSource } from './state-source.ts'

/** Which live state to read, and how. */
export interface LiveStateOptions extends SourceOptions {
  /** The Asterisks. @default all that there are and will be */
  readonly servers?: readonly string[] | undefined
}

const isToken = text(TOKEN)
const OPTIONS: Checks = {
  servers: [
    (value) => Array.isArray(value) && value.length > 0 && value.every(isToken),
    'a list of names such as [pbx1], or left out for all',
  ],
  prefix: [isToken, 'one token such as ami'],
  apiPrefix: [text(/^[A-Za-z0-9_$-]{1,64}(?:\.[A-Za-z0-9_$-]{1,64}){0,8}$/), 'a subject such as ami.API'],
}

const LOOK = 1_000
// what was just heard is stored within milliseconds, if it ever is
const FENCE_EVERY = 50
const FENCE_TRIES = 10
const OPEN_TRIES = 3
const MOST_CHANGES = 10_000

/** A picture of all Asterisks; made by {@link state}. */
export class LiveState implements AsyncDisposable {
  readonly #connection: NatsConnection
  readonly #source: StateSource
  readonly #wanted: readonly string[] | undefined
  readonly #servers = new Map<string, LiveServer>()
  readonly #queues = new Set<ChangeQueue<LiveChange>>()
  /**
   * The servers whose records must be read, and how often. Twice: what was written just before somebody listened can be
   * missing in a reading, and nothing that is heard says so.
   */
  readonly #missing = new Map<LiveServer, number>()
  #isReading = false
  #unlisten = () => {}
  #timer: ReturnType<typeof setInterval> | undefined
  #closed = false

  private constructor(connection: NatsConnection, options: LiveStateOptions) {
    this.#connection = connection
    this.#source = new StateSource(connection, options)
    this.#wanted = options.servers
  }

  /** @internal Use {@link state}. */
  static async open(connection: NatsConnection, options: LiveStateOptions): Promise<LiveState> {
    const live = new LiveState(connection, options)
    try {
      await live.#open()
      return live
    } catch (error) {
      await live.close()
      throw error
    }
  }

  /** The Asterisks by their names. */
  get servers(): ReadonlyMap<string, LiveServer> {
    return this.#servers
  }

  /** Returns one Asterisk, or undefined where nothing is known of it. */
  get(server: string): LiveServer | undefined {
    return this.#servers.get(server)
  }

  /** Yields each change from this call on. Whoever reads too slowly gets one `reset` in place of what was missed. */
  changes(): AsyncIterableIterator<LiveChange> {
    const queue = new ChangeQueue<LiveChange>(MOST_CHANGES, { type: 'reset' }, () => this.#queues.delete(queue))
    this.#queues.add(queue)
    if (this.#closed) queue.end()
    return queue
  }

  /** Ends the picture; the connection stays. */
  close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    this.#unlisten()
    for (const queue of [...this.#queues]) queue.end()
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #open(): Promise<void> {
    // first the ear, so that nothing falls between
    this.#unlisten = await this.#source.listen(this.#wanted, (name, text) => this.#serverOf(name).hear(name, text))
    const found = this.#wanted ?? [...new Set((await this.#source.names()).map((name) => name.split('.')[0] ?? ''))]
    for (const name of found) this.#misses(this.#serverOf(name))
    let left: readonly LiveServer[] = [...this.#missing.keys()]
    for (let tries = 0; tries < OPEN_TRIES && left.length > 0; tries++) left = await this.#read(left)
    void this.#watch()
    this.#timer = setInterval(() => this.#look(), LOOK)
  }

  #serverOf(name: string): LiveServer {
    const [server = ''] = name.split('.')
    const found = this.#servers.get(server)
    if (found !== undefined) return found
    const made: LiveServer = new LiveServer(server, {
      changed: (change) => {
        for (const queue of this.#queues) queue.push(change)
      },
      missing: () => this.#misses(made),
      now: () => performance.now(),
    })
    this.#servers.set(server, made)
    this.#misses(made)
    return made
  }

  #misses(server: LiveServer): void {
    this.#missing.set(server, 2)
  }

  /** Reads what the store has of servers; returns those of which something is still missing. */
  async #read(servers: readonly LiveServer[]): Promise<LiveServer[]> {
    const fences = await Promise.all(servers.map((server) => this.#fence(server)))
    const again: LiveServer[] = []
    for (const [at, server] of servers.entries()) if (await this.#readOne(server, fences[at])) again.push(server)
    return again
  }

  async #readOne(server: LiveServer, fence: string | undefined): Promise<boolean> {
    const left = (this.#missing.get(server) ?? 1) - 1
    // what is found to be missing from here on is a matter of the next time
    this.#missing.delete(server)
    try {
      if (server.waitsForStore(fence)) {
        if (!this.#missing.has(server)) this.#missing.set(server, left + 1)
        return true
      }
      const names = await this.#source.names(server.name)
      const isMissing = server.read(names, await this.#source.records(names), fence)
      if (!this.#missing.has(server) && (isMissing || left > 0)) this.#missing.set(server, Math.max(1, left))
      return isMissing
    } catch (error) {
      this.#misses(server)
      throw error
    }
  }

  /** Begins to read: asks for the record that was written last until it is stored, and gives what the store has of it. */
  async #fence(server: LiveServer): Promise<string | undefined> {
    const name = server.reading()
    if (name === undefined) return undefined
    for (let tries = 1; ; tries++) {
      const stored = (await this.#source.records([name])).get(name)
      if (!server.isBehind(stored) || tries === FENCE_TRIES || this.#closed) return stored
      await pause(FENCE_EVERY)
    }
  }

  #look(): void {
    for (const server of this.#servers.values()) if (server.isSilent()) this.#misses(server)
    if (this.#isReading || this.#closed || this.#missing.size === 0) return
    this.#isReading = true
    // what cannot be read now is asked for again in a second
    void this.#read([...this.#missing.keys()])
      .catch(() => {})
      .finally(() => {
        this.#isReading = false
      })
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (this.#closed) return
      for (const server of this.#servers.values()) {
        if (type === 'disconnect') server.gone()
        else if (type === 'reconnect') this.#misses(server)
      }
      if (type === 'reconnect') this.#look()
    }
    for (const server of this.#servers.values()) server.gone()
  }
}

/**
 * Reads the live state of the Asterisks and keeps it up to date until it is closed.
 * @throws {GatewayError} if there is none, or none that this user may read
 */
export async function state(connection: NatsConnection, options: LiveStateOptions = {}): Promise<LiveState> {
  const fault = faultOf(options, OPTIONS)
  if (fault !== undefined) throw new GatewayError(fault, { code: 'AMI_ARGUMENT', delivered: 'no', retryable: false })
  return await LiveState.open(connection, options)
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}
