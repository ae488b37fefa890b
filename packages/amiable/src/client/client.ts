import { graceOf, signalOf } from '../check.ts'
import type { State } from '../link/machine.ts'
import type { CloseReason, Status } from '../link/status.ts'
import { ANSWERED } from '../util/peek.ts'
import { TAP, type TapListener } from '../util/tap.ts'
import type { Params } from '../wire/encoder.ts'
import type { Message } from '../wire/message.ts'
import { AwaitedCall, awaited } from './caller-frames.ts'
import { type CallOptions, type Outcome, resolvingRefusals } from './calls/call.ts'
import { checkCommand, NO_OPTIONS } from './calls/check-call.ts'
import { EventList, type WithAnswered } from './calls/event-list.ts'
import type { Response as PlainResponse } from './calls/response.ts'
import { ATTEMPT, type AttemptOver, Core } from './core.ts'
import type { CloseOptions } from './drain.ts'
import type { EventsOptions } from './events/event-stream.ts'
import type { Filter } from './events/filter.ts'
import type { Handler, Listener, ListenOptions } from './events/subscriptions.ts'
import { clientText, INSPECT } from './inspect.ts'
import { type ClientOptions, resolveOptions } from './options.ts'
import type { OriginateOptions, OriginateParams, OriginateResult } from './originate/originate-options.ts'
import type { Stats } from './stats.ts'
import { STATUSES, type StatusHub } from './status-hub.ts'
import type {
  ActionArguments,
  ActionName,
  AmiEvent,
  EventName,
  ListName,
  RawResponse,
  Response,
  Row,
  SendOptions,
} from './types.ts'

/** Holds one connection to an Asterisk and reconnects by itself. {@link createClient} and {@link connect} make one. */
export class Client implements AsyncDisposable {
  /** The `source` of its events, responses and errors. */
  readonly name: string
  #core: Core

  /** @throws {ArgumentError} naming the option that is wrong */
  constructor(options: ClientOptions) {
    this.#core = new Core(resolveOptions(options))
    this.name = this.#core.options.source
  }

  /** Resolves with the reason when the client has ended. Never rejects. */
  get closed(): Promise<CloseReason> {
    return this.#core.closed
  }

  /** The state of the connection, such as `'ready'`. */
  get state(): State {
    return this.#core.link.state
  }

  /** Counts the logins of this client. Every event carries the number of its login. */
  get epoch(): number {
    return this.#core.link.epoch
  }

  /** The AMI version of the server's banner, such as `11.0.0` for Asterisk 22; empty before the first one and behind a proxy. */
  get version(): string {
    return this.#core.link.version
  }

  /**
   * Connects and logs in. Resolves when the client is ready. Every caller of one attempt gets the same promise.
   * Rejects with `AMI_CONNECT` or `AMI_AUTH` if the attempt fails. The option `reconnect` decides whether another
   * attempt follows. Call this again to await that one.
   */
  connect(): Promise<void> {
    return this.#core.connect(this.connect)
  }

  /**
   * Sends an action of the catalog. Resolves with its answer when that is complete, with all rows of a list.
   * Rejects with `AMI_REFUSED` for `Response: Error`, or with `AMI_TIMEOUT`, `AMI_LOST`, `AMI_LIMIT` or `AMI_CLOSED`.
   * @throws {ArgumentError} at once, for a value that cannot be sent
   */
  send<A extends ActionName>(action: A, ...[params, options]: ActionArguments<A, SendOptions>): Promise<Response<A>> {
    return this.sendRaw(action, params as Params, options) as unknown as Promise<Response<A>>
  }

  /** Sends any action with any parameters, also one that the catalog does not know. Otherwise works as {@link send}. */
  sendRaw(action: string, params?: Params, options: SendOptions = NO_OPTIONS): Promise<RawResponse> {
    const answer = new AwaitedCall<PlainResponse>()
    const outcome = options?.check === false ? resolvingRefusals(answer) : answer
    this.#core.calls.start(action, params, options, outcome)
    return answer.promise as unknown as Promise<RawResponse>
  }

  /**
   * Sends an action of the catalog that answers with a list, and yields the rows as they arrive. The loop throws if the
   * call fails.
   * @throws {ArgumentError} at once, for a value that cannot be sent
   */
  list<A extends ListName>(
    action: A,
    ...[params, options]: ActionArguments<A>
  ): EventList<Row<A>, NonNullable<Response<A>['completion']>> {
    return this.listRaw(action, params as Params, options) as never
  }

  /**
   * Sends any action with any parameters, and yields the rows of its list as they arrive. Otherwise works as {@link
   * list}.
   */
  listRaw(action: string, params?: Params, options: CallOptions = {}): EventList<AmiEvent, AmiEvent> {
    const { options: resolved, calls } = this.#core
    const begin = (outcome: Outcome) => calls.start(action, params, options, outcome)
    return new EventList(this.name, resolved.limits.rows, begin, (options as WithAnswered)?.[ANSWERED])
  }

  /**
   * Runs a CLI command. Resolves with the lines that it printed, on every version of Asterisk.
   * Rejects with `AMI_REFUSED` if the command fails. Its lines are then the `Output` headers of the error's `response`.
   */
  command(command: string, options: CallOptions = {}): Promise<string[]> {
    const output = async () => {
      checkCommand(command, options)
      return [...(await this.sendRaw('Command', { Command: command }, options)).lines]
    }
    return awaited(output())
  }

  /**
   * Dials. Resolves with the outcome of the call when that is known, whether somebody answered or not. The account
   * needs the write right `originate` and the read right `call`. To hang up on abort it needs the write right `call`.
   * Rejects with `AMI_REFUSED` if the server does not try the call, with `AMI_TIMEOUT` if no outcome arrives, or with
   * the signal's reason. Rejects with `AMI_LOST` after a lost connection: the server goes on with a call that it has
   * accepted.
   * @throws {ArgumentError} at once, for a value that cannot be sent
   */
  originate(params: OriginateParams, options?: OriginateOptions): Promise<OriginateResult> {
    return this.#core.originates.start(params, options, this.originate)
  }

  /** Calls `handler` with every event, or with every event for which the predicate returns true. */
  on<E extends AmiEvent>(
    filter: '*' | ((event: AmiEvent) => event is E) | ((event: AmiEvent) => boolean),
    handler: Handler<E>,
    options?: ListenOptions,
  ): Listener
  /**
   * Calls `handler` with every event of these names. TypeScript does not know the names, so the headers are untyped.
   */
  on<N extends string>(
    names: string extends N ? N | readonly N[] : never,
    handler: Handler<AmiEvent>,
    options?: ListenOptions,
  ): Listener
  /** Calls `handler` with every event of this name or these names. The events of the catalog are typed. */
  on<N extends EventName>(names: N | readonly N[], handler: Handler<AmiEvent<N>>, options?: ListenOptions): Listener
  on(filter: unknown, handler: unknown, options?: ListenOptions): Listener {
    const listener = this.#core.subscriptions.add(filter as Filter<Message>, handler as Handler<Message>, options)
    if (this.state === 'ready') this.#core.reportUnheard(listener.id)
    return listener
  }

  /** Removes a listener by its `id`. Returns whether it was there. */
  removeListener(id: string): boolean {
    return this.#core.subscriptions.remove(id)
  }

  /** Yields every event from this call on, or every event for which the predicate returns true. */
  events<E extends AmiEvent>(
    filter?: '*' | ((event: AmiEvent) => event is E) | ((event: AmiEvent) => boolean),
    options?: EventsOptions,
  ): AsyncIterableIterator<E>
  /**
   * Yields every event of these names from this call on. TypeScript does not know the names, so the headers are
   * untyped.
   */
  events<N extends string>(
    names: string extends N ? N | readonly N[] : never,
    options?: EventsOptions,
  ): AsyncIterableIterator<AmiEvent>
  /** Yields every event of this name or these names, from this call on. The events of the catalog are typed. */
  events<N extends EventName>(names: N | readonly N[], options?: EventsOptions): AsyncIterableIterator<AmiEvent<N>>
  events(filter: unknown = '*', options?: EventsOptions): AsyncIterableIterator<never> {
    return this.#core.subscriptions.iterate(
      filter as Filter<Message>,
      options,
    ) as unknown as AsyncIterableIterator<never>
  }

  /** Yields what happens to the connection, from this call on. Ends after `closed`. */
  status(options: { signal?: AbortSignal | undefined } = {}): AsyncIterableIterator<Status> {
    return this.#core.statuses.iterate(signalOf(options))
  }

  /** Returns what the client has counted since it was made, and what is under way. */
  stats(): Stats {
    return this.#core.stats
  }

  /**
   * Ends the client: refuses new calls, waits for the calls in flight, and logs off. Resolves when all is done.
   * Rejects with `AMI_ARGUMENT` for a wrong timeout. The client then goes on.
   * @param options.timeout milliseconds that the calls in flight may take; 0 waits for none. @default 5_000
   */
  async close(options: CloseOptions = {}): Promise<void> {
    await this.#core.close(graceOf(options))
  }

  /**
   * Ends the client and its connection at once. Calls that were sent reject with `AMI_LOST`, and those that wait with
   * `AMI_CLOSED`.
   */
  destroy(error?: Error): void {
    this.#core.link.destroy(error)
  }

  /** @internal For `record` of amiable/testing. */
  [TAP](listener: TapListener): () => void {
    return this.#core.link.tap(listener)
  }

  /** @internal For its fleet. */
  get [STATUSES](): StatusHub<Status> {
    return this.#core.statuses
  }

  /** @internal For its fleet, which needs no promise for each member. */
  [ATTEMPT](over: AttemptOver): void {
    this.#core.attempt(over)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [INSPECT](): string {
    return clientText(this, this.#core.listeners, this.#core.calls.inFlight)
  }
}
