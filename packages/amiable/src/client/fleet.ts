import { checkFunction, checkText, got, graceOf, signalOf } from '../check.ts'
import { ArgumentError, ClosedError, invalid } from '../errors.ts'
import type { Status } from '../link/status.ts'
import { onAbort } from '../util/abort.ts'
import { deferred } from '../util/deferred.ts'
import type { Params } from '../wire/encoder.ts'
import type { Message } from '../wire/message.ts'
import { callerOf, showCaller } from './caller-frames.ts'
import { checkSendable } from './calls/check-call.ts'
import type { Client } from './client.ts'
import { createClient } from './connect.ts'
import { ATTEMPT } from './core.ts'
import type { CloseOptions } from './drain.ts'
import { EventStream, type EventsOptions } from './events/event-stream.ts'
import { type Filter, parseFilter } from './events/filter.ts'
import {
  checkListenerId,
  checkListenOptions,
  type Handler,
  type Listener,
  type ListenOptions,
} from './events/subscriptions.ts'
import { fleetText, INSPECT, listenerText } from './inspect.ts'
import type { ClientOptions } from './options.ts'
import { OF_FLEET, refuseOtherNames } from './other-names.ts'
import type { Stats } from './stats.ts'
import { STATUSES, StatusHub } from './status-hub.ts'
import type { ActionArguments, ActionName, RawResponse, Response, SendOptions } from './types.ts'

/** Something that happened to the connection of a member. */
export type FleetStatus = Status & {
  /** The member's name. */
  readonly source: string
}

/** The answer of a member, or its error. */
export type BroadcastResult<R> =
  | { readonly response: R; readonly error?: undefined }
  | { readonly error: unknown; readonly response?: undefined }

interface FleetListener extends Listener {
  attach(client: Client): void
  detach(name: string): void
  [INSPECT](): string
}

/** Holds a client for each of several servers. {@link createFleet} makes one. */
export class Fleet implements AsyncDisposable {
  #members = new Map<string, Client>()
  #listeners = new Map<string, FleetListener>()
  #streams = new Set<EventStream>()
  #statuses = new StatusHub<FleetStatus>()
  // lost by the fleet's own streams, by member
  #dropped = new Map<string, number>()
  #burst = new Map<string, number>()
  #ending: Promise<unknown>[] = []
  #connecting = false
  #over = false
  #closed = deferred<void>()
  #count = 0

  /** @throws {ArgumentError} naming the member and the option that is wrong; nothing has been opened then */
  constructor(options: Iterable<ClientOptions>) {
    if (typeof options !== 'object' || options === null || !(Symbol.iterator in options)) {
      throw invalid('options', `must be a list of the members' options, ${got(options)}`)
    }
    for (const one of options) this.add(one)
  }

  /** Resolves when the fleet has been closed or destroyed and every member has ended; never rejects. */
  get closed(): Promise<void> {
    return this.#closed.promise
  }

  /** The number of members. */
  get size(): number {
    return this.#members.size
  }

  /** The members' names, in the order in which they were added. */
  get names(): string[] {
    return [...this.#members.keys()]
  }

  /**
   * Returns the member of this name.
   * @throws {ArgumentError} if there is none
   */
  get(name: string): Client {
    const client = this.#members.get(name)
    if (client) return client
    throw invalid('name', `is unknown: the fleet has no such member, ${got(name)}`)
  }

  /** Whether there is a member of this name. */
  has(name: string): boolean {
    return this.#members.has(name)
  }

  /** Iterates the members. */
  [Symbol.iterator](): IterableIterator<Client> {
    return this.#members.values()
  }

  /**
   * Adds a member and returns its client. The fleet's listeners and loops receive its events. It connects at once if
   * the fleet's `connect()` was called.
   * @throws {ArgumentError} for an option that is wrong, or a name that is taken; the other members are not touched
   */
  add(options: ClientOptions): Client {
    if (this.#over) throw new ClosedError('the fleet is closed')
    const client = memberFrom(options)
    const { name } = client
    if (this.#members.has(name)) {
      throw invalid('name', 'must be of one member only: the fleet has one of that name', name)
    }
    this.#members.set(name, client)
    for (const listener of this.#listeners.values()) listener.attach(client)
    client[STATUSES].passTo(this.#statuses, name)
    if (this.#connecting) client[ATTEMPT](() => {})
    return client
  }

  /**
   * Removes a member and closes its connection. Resolves with whether there was a member of this name.
   * Rejects with `AMI_ARGUMENT` for a wrong timeout. The member then stays.
   * @param options.timeout milliseconds that its calls in flight may take; 0 waits for none. @default 5_000
   */
  async remove(name: string, options: CloseOptions = {}): Promise<boolean> {
    checkText('name', name, "a member's name")
    graceOf(options)
    const client = this.#members.get(name)
    if (!client) return false
    await this.#parted(client, client.close(options))
    return true
  }

  /**
   * Connects every member. Resolves when each is ready or has failed once, with the errors of the failed members by
   * name. A failed member goes on trying, as its `reconnect` says. Never rejects.
   */
  connect(): Promise<Map<string, unknown>> {
    this.#connecting = true
    const caller = callerOf(this.connect)
    const failed = new Map<string, unknown>()
    const { promise, resolve } = deferred<Map<string, unknown>>()
    // those of now: a callback of one member, such as its `socket`, may add and remove others
    const members = [...this]
    let open = members.length
    if (open === 0) resolve(failed)
    for (const client of members) {
      client[ATTEMPT]((error) => {
        showCaller(error, caller)
        if (error !== undefined) failed.set(client.name, error)
        if (--open === 0) resolve(failed)
      })
    }
    return promise
  }

  /**
   * Calls `handler` with the events of every member, also of members that you add later. Otherwise works as a client's
   * `on`.
   */
  readonly on: Client['on'] = (filter: unknown, handler: unknown, options?: ListenOptions) =>
    this.#listen(filter as Filter<Message>, handler as Handler<Message>, options)

  /** Removes a listener by its `id`; says whether it was there. */
  removeListener(id: string): boolean {
    checkListenerId(id)
    const listener = this.#listeners.get(id)
    listener?.remove()
    return listener !== undefined
  }

  /**
   * Yields the events of every member from this call on, in the order in which they arrive. One queue with a limit
   * holds them all. Ends with the fleet, not with a member. Otherwise works as a client's `events`.
   */
  readonly events: Client['events'] = (filter: unknown = '*', options: EventsOptions = {}) => {
    const host = {
      listen: (handler: Handler<Message>) => this.#listen(filter as Filter<Message>, handler, { all: options.all }),
      dropped: ({ source }: Message) => {
        if (this.#burst.size === 0) queueMicrotask(this.#reportBurst)
        this.#burst.set(source, (this.#burst.get(source) ?? 0) + 1)
      },
    }
    const stream = new EventStream(host, options, (ended) => this.#streams.delete(ended))
    if (this.#over) stream.end()
    else if (!stream.ended) this.#streams.add(stream)
    return stream as AsyncIterableIterator<never>
  }

  /**
   * Yields what happens to each member's connection, from this call on. `source` is the member's name. Ends with the
   * fleet.
   */
  status(options: { signal?: AbortSignal | undefined } = {}): AsyncIterableIterator<FleetStatus> {
    return this.#statuses.iterate(signalOf(options))
  }

  /** Returns the counts of every member by name. An event that a loop of the fleet dropped counts for its member. */
  stats(): Map<string, Stats> {
    const all = [...this.#members].map(([name, client]): [string, Stats] => {
      const stats = client.stats()
      return [name, { ...stats, dropped: stats.dropped + (this.#dropped.get(name) ?? 0) }]
    })
    return new Map(all)
  }

  /**
   * Sends an action of the catalog to every member. Resolves with the answer or the error of each, by name. Never
   * rejects.
   * @throws {ArgumentError} at once, for a value that cannot be sent
   */
  broadcast<A extends ActionName>(
    action: A,
    ...[params, options]: ActionArguments<A, SendOptions>
  ): Promise<Map<string, BroadcastResult<Response<A>>>> {
    return this.broadcastRaw(action, params as Params, options) as never
  }

  /** Sends any action with any parameters to every member. Otherwise works as {@link broadcast}. */
  broadcastRaw(
    action: string,
    params?: Params,
    options: SendOptions = {},
  ): Promise<Map<string, BroadcastResult<RawResponse>>> {
    checkSendable(action, params, options)
    return this.#broadcast(action, params, options)
  }

  async #broadcast(
    action: string,
    params: Params | undefined,
    options: SendOptions,
  ): Promise<Map<string, BroadcastResult<RawResponse>>> {
    const answers = [...this.#members].map(async ([name, client]): Promise<[string, BroadcastResult<RawResponse>]> => {
      try {
        return [name, { response: await client.sendRaw(action, params, options) }]
      } catch (error) {
        return [name, { error }]
      }
    })
    return new Map(await Promise.all(answers))
  }

  /**
   * Closes every member, as a client's `close` does. Resolves when all have ended.
   * Rejects with `AMI_ARGUMENT` for a wrong timeout. The fleet then goes on.
   * @param options.timeout milliseconds that calls in flight may take; 0 waits for none. @default 5_000
   */
  async close(options: CloseOptions = {}): Promise<void> {
    graceOf(options)
    this.#end((client) => client.close(options))
    await this.closed
  }

  /** Ends every member at once. Calls that were sent reject with `AMI_LOST`, and those that wait with `AMI_CLOSED`. */
  destroy(error?: Error): void {
    this.#end((client) => {
      client.destroy(error)
      return client.closed
    }, error)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [INSPECT](): string {
    const members = [...this]
    const calls = members.reduce((sum, member) => sum + member.stats().inFlight, 0)
    return fleetText(members, this.#listeners.size, calls)
  }

  #end(end: (client: Client) => Promise<unknown>, error?: Error): void {
    const first = !this.#over
    this.#over = true
    const ended = [...this].map((client) => this.#parted(client, end(client)))
    if (!first) return
    void Promise.all([...ended, ...this.#ending]).then(() => {
      for (const stream of [...this.#streams]) stream.end(error)
      for (const listener of [...this.#listeners.values()]) listener.remove()
      this.#statuses.end()
      this.#closed.resolve()
    })
  }

  // a member stays one until it has ended, so that its last events are delivered and its name is not taken twice
  async #parted(client: Client, ended: Promise<unknown>): Promise<void> {
    this.#ending.push(ended)
    await ended
    this.#ending = this.#ending.filter((one) => one !== ended)
    if (this.#members.get(client.name) !== client) return
    this.#members.delete(client.name)
    this.#dropped.delete(client.name)
    for (const listener of this.#listeners.values()) listener.detach(client.name)
  }

  #reportBurst = (): void => {
    for (const [source, dropped] of this.#burst) {
      this.#dropped.set(source, (this.#dropped.get(source) ?? 0) + dropped)
      this.#statuses.tell({ type: 'slow', dropped, source })
    }
    this.#burst.clear()
  }

  #listen(filter: Filter<Message>, handler: Handler<Message>, options: ListenOptions = {}): Listener {
    const { names, predicate } = parseFilter(filter)
    checkFunction('handler', handler)
    const { once = false, all, signal } = checkListenOptions(options)
    const id = `fleet-listener-${++this.#count}`
    const attached = new Map<string, Listener>()
    let removed = signal?.aborted === true || this.#over
    const remove = () => {
      removed = true
      this.#listeners.delete(id)
      unlisten()
      for (const one of attached.values()) one.remove()
      attached.clear()
    }
    const hear = (event: Message) => {
      if (removed) return undefined
      if (once) remove()
      return handler(event, listener)
    }
    const attach = (client: Client) => {
      attached.set(client.name, client.on(filter as never, hear as never, { all }))
    }
    const detach = (name: string) => {
      attached.delete(name)
    }
    const shown = () => listenerText(id, names, predicate)
    const listener: FleetListener = { id, remove, attach, detach, [Symbol.dispose]: remove, [INSPECT]: shown }
    const unlisten = removed ? () => {} : onAbort(signal, remove)
    if (removed) return listener
    for (const client of this) attach(client)
    this.#listeners.set(id, listener)
    return listener
  }
}

refuseOtherNames(Fleet.prototype, OF_FLEET)

/**
 * Returns a fleet that is not connected, so that you can add listeners before {@link Fleet.connect}.
 * @throws {ArgumentError} naming the member and the option that is wrong
 */
export function createFleet(options: Iterable<ClientOptions>): Fleet {
  return new Fleet(options)
}

function memberFrom(options: ClientOptions): Client {
  try {
    return createClient(options)
  } catch (error) {
    const name = options?.name
    if (!(error instanceof ArgumentError) || typeof name !== 'string') throw error
    throw new ArgumentError(`${name}: ${error.message}`, { argument: error.argument, source: name })
  }
}
