// The connection to NATS. The library keeps without a limit what is published while there is no connection, so whoever
// publishes asks first whether there is one.
import { setTimeout as delay } from 'node:timers/promises'
import {
  type ConnectionOptions,
  connect,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type Status,
} from '@nats-io/transport-node'

export interface BusListener {
  /** The connection is gone: nobody knows what became of what was under way. */
  lost?(why: string): void
  /** There is a connection again. */
  back?(): void
}

const CONNECT_TIMEOUT = 5_000
const RECONNECT_WAIT = 250
const MOST_WAIT = 2_000
// a node that was stopped, or a network that is gone, says nothing
const PING_INTERVAL = 1_500
const PINGS = 2
const REQUEST_TIMEOUT = 1_000
/** So many requests without an answer, and another node is tried. */
const SILENT_REQUESTS = 3

/** A connection to NATS that knows whether it is there. */
export class Bus {
  readonly connection: NatsConnection
  #listeners = new Set<BusListener>()
  #connected = true
  #silent = 0

  constructor(connection: NatsConnection) {
    this.connection = connection
    void this.#watch(connection.status())
  }

  get connected(): boolean {
    return this.#connected
  }

  listen(listener: BusListener): void {
    this.#listeners.add(listener)
  }

  unlisten(listener: BusListener): void {
    this.#listeners.delete(listener)
  }

  /** Publishes, or returns false without a connection. */
  publish(...args: Parameters<NatsConnection['publish']>): boolean {
    if (!this.#connected || this.connection.isClosed()) return false
    this.connection.publish(...args)
    return true
  }

  /** Asks whoever listens; rejects without a connection, without an answer in time, and where nobody listens. */
  async ask(subject: string, payload: string, timeout: number, headers?: MsgHdrs): Promise<Msg> {
    if (!this.#connected) throw new Error('there is no connection to NATS')
    return this.connection.request(subject, payload, { timeout, ...(headers && { headers }) })
  }

  /** Asks NATS itself: where it does not answer several times, another node is tried. */
  async request(subject: string, payload = '', timeout = REQUEST_TIMEOUT, headers?: MsgHdrs): Promise<Msg> {
    try {
      const answer = await this.ask(subject, payload, timeout, headers)
      this.#silent = 0
      return answer
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') this.#silent++
      else this.#silent = 0
      if (this.#silent >= SILENT_REQUESTS && this.#connected) {
        this.#silent = 0
        // rejects where the connection is being closed
        this.connection.reconnect().catch(() => {})
      }
      throw error
    }
  }

  async close(): Promise<void> {
    await this.connection.close()
  }

  async #watch(statuses: AsyncIterable<Status>): Promise<void> {
    for await (const status of statuses) {
      if (status.type === 'disconnect') this.#lose('the connection to NATS is gone')
      else if (status.type === 'reconnect') this.#return()
    }
    this.#lose('the connection to NATS is closed')
  }

  #lose(why: string): void {
    if (!this.#connected) return
    this.#connected = false
    for (const listener of this.#listeners) listener.lost?.(why)
  }

  #return(): void {
    this.#connected = true
    this.#silent = 0
    for (const listener of this.#listeners) listener.back?.()
  }
}

/** What a connection needs. */
export type BusOptions = Pick<
  ConnectionOptions,
  'servers' | 'name' | 'authenticator' | 'inboxPrefix' | 'user' | 'pass' | 'token' | 'tls'
>

/** How a connection is waited for. */
export interface Waiting {
  /** Learns why there is no connection yet, each reason once in a row. */
  readonly onWait?: (why: string) => void
  /** Ends the waiting. */
  readonly signal?: AbortSignal
}

/** Connects, and waits for as long as that takes. The connection comes back by itself for ever. */
export async function connectBus(options: BusOptions, { onWait, signal }: Waiting = {}): Promise<Bus> {
  let said = ''
  for (let wait = RECONNECT_WAIT; ; wait = Math.min(wait * 2, MOST_WAIT)) {
    signal?.throwIfAborted()
    try {
      return await connectOnce(options)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (why !== said) onWait?.(why)
      said = why
    }
    await delay(wait, undefined, { ...(signal && { signal }) }).catch(() => {})
  }
}

/** Connects, or rejects where no server takes this user now. Afterwards the connection comes back by itself. */
export async function connectOnce(options: BusOptions): Promise<Bus> {
  const connection = await connect({
    ...options,
    timeout: CONNECT_TIMEOUT,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT,
    pingInterval: PING_INTERVAL,
    maxPingOut: PINGS,
    // what this gateway says is for the others
    noEcho: true,
    ignoreAuthErrorAbort: true,
    noAsyncTraces: true,
  })
  return new Bus(connection)
}
