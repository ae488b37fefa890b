import { graceOf, signalOf } from '../check.ts'
import { publish, watched } from '../diagnostics.ts'
import { type AmiError, ClosedError, ConnectError } from '../errors.ts'
import { Link, type LinkOptions } from '../link/link.ts'
import type { State } from '../link/machine.ts'
import type { CloseReason, Status, StatusUnheard } from '../link/status.ts'
import { type Deferred, deferred } from '../util/deferred.ts'
import { nodeTooOld } from '../util/node-version.ts'
import { PatientClock } from '../util/patient-clock.ts'
import { StoppableClock } from '../util/stoppable-clock.ts'
import { TAP, type TapListener } from '../util/tap.ts'
import type { Params } from '../wire/encoder.ts'
import { Intake } from '../wire/intake.ts'
import { kindOf, type Message, titleOf } from '../wire/message.ts'
import { AwaitedCall, awaited, withCaller } from './caller-frames.ts'
import { type CallOptions, resolvingRefusals, speaks } from './calls/call.ts'
import { Calls } from './calls/calls.ts'
import { checkCommand } from './calls/check-call.ts'
import { EventList } from './calls/event-list.ts'
import type { Response as PlainResponse } from './calls/response.ts'
import { type CloseOptions, drain } from './drain.ts'
import type { EventsOptions } from './events/event-stream.ts'
import { type Filter, type Handler, type Listener, type ListenOptions, Subscriptions } from './events/subscriptions.ts'
import { UnheardListeners, warnOfUnheard } from './events/unheard-listeners.ts'
import { guarded } from './guarded-clock.ts'
import { clientText, INSPECT } from './inspect.ts'
import { type ClientOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { Originates } from './originate/originate.ts'
import { originateHost } from './originate/originate-host.ts'
import type { OriginateOptions, OriginateParams, OriginateResult } from './originate/originate-options.ts'
import { publishStatus, slownessReports } from './publish-status.ts'
import { shutdownReasonOf } from './shutdown-reason.ts'
import type { Stats } from './stats.ts'
import { STATUSES, StatusHub } from './status-hub.ts'
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
  #options: ResolvedOptions
  #intake: Intake
  #link: Link
  #calls: Calls
  #callClock: StoppableClock
  #originates: Originates
  #subscriptions: Subscriptions
  #statuses = new StatusHub<Status>()
  #closed = deferred<CloseReason>()
  #connecting: Deferred<void> | undefined
  #closeTimeout = 0
  #unheard: UnheardListeners
  #events = 0
  #faults = 0

  /** @throws {ArgumentError} naming the option that is wrong */
  constructor(options: ClientOptions) {
    const given = resolveOptions(options)
    const { source } = given
    const link = (): Link => this.#link
    const intake = new Intake(source, given.encoding, given.limits.held)
    // nothing is late before what lies in the socket has been read
    const own = guarded(given.clock, (error) => this.destroy(error))
    // one object for all that read them: a copy for each takes more than most of what a client holds
    const resolved = Object.assign(given, { intake, clock: new PatientClock(own, () => link().bytesRead) })
    // a call's time stands still while its server boots
    const clock = new StoppableClock(resolved.clock)
    this.#intake = intake
    this.#options = resolved
    this.#callClock = clock
    this.name = source
    this.#calls = new Calls(
      {
        write: (text) => this.#link.write(text),
        fault: (make) => this.#fault(make),
        intake,
        epoch: () => this.#link.epoch,
        idle: () => this.#link.state === 'idle',
        server: link,
      },
      resolved,
      clock,
    )
    this.#subscriptions = new Subscriptions({
      source,
      maxBacklog: resolved.maxBacklog,
      onListenerError: resolved.onListenerError,
      ...slownessReports(source, (status) => this.#statuses.tell(status)),
    })
    this.#unheard = new UnheardListeners(this.#subscriptions, resolved.events)
    this.#originates = new Originates(this.#calls.modules, () => originateHost(resolved, clock, this.#calls, link))
    this.#link = this.#makeLink(resolved)
  }

  /** Resolves with the reason when the client has ended. Never rejects. */
  get closed(): Promise<CloseReason> {
    return this.#closed.promise
  }

  /** The state of the connection, such as `'ready'`. */
  get state(): State {
    return this.#link.state
  }

  /** Counts the logins of this client. Every event carries the number of its login. */
  get epoch(): number {
    return this.#link.epoch
  }

  /** The AMI version of the server's banner, such as `11.0.0` for Asterisk 22; empty before the first one and behind a proxy. */
  get version(): string {
    return this.#link.version
  }

  /**
   * Connects and logs in. Resolves when the client is ready. Every caller of one attempt gets the same promise.
   * Rejects with `AMI_CONNECT` or `AMI_AUTH` if the attempt fails. The option `reconnect` decides whether another
   * attempt follows. Call this again to await that one.
   */
  connect(): Promise<void> {
    if (this.state === 'ready') return Promise.resolve()
    if (this.state === 'closed' || this.state === 'closing') return Promise.reject(this.#closedError())
    const tooOld = nodeTooOld()
    if (tooOld !== undefined) return Promise.reject(new ConnectError(`${this.name}: ${tooOld}`, { source: this.name }))
    this.#connecting ??= withCaller(deferred<void>(), this.connect)
    const { promise } = this.#connecting
    // if nobody awaits it, status() reports the failure, and no unhandled rejection does
    promise.catch(() => {})
    this.#link.connect()
    return promise
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
  sendRaw(action: string, params?: Params, options: SendOptions = {}): Promise<RawResponse> {
    const answer = new AwaitedCall<PlainResponse>()
    const outcome = options?.check === false ? resolvingRefusals(answer) : answer
    this.#calls.start(action, params, options, outcome)
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
    return new EventList(this.name, this.#options.limits.rows, (outcome) =>
      this.#calls.start(action, params, options, outcome),
    )
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
    return this.#originates.start(params, options, this.originate)
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
    const listener = this.#subscriptions.add(filter as Filter<Message>, handler as Handler<Message>, options)
    if (this.state === 'ready') this.#reportUnheard(listener.id)
    return listener
  }

  /** Removes a listener by its `id`. Returns whether it was there. */
  removeListener(id: string): boolean {
    return this.#subscriptions.remove(id)
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
    return this.#subscriptions.iterate(filter as Filter<Message>, options) as unknown as AsyncIterableIterator<never>
  }

  /** Yields what happens to the connection, from this call on. Ends after `closed`. */
  status(options: { signal?: AbortSignal | undefined } = {}): AsyncIterableIterator<Status> {
    return this.#statuses.iterate(signalOf(options))
  }

  /** Returns what the client has counted since it was made, and what is under way. */
  stats(): Stats {
    return {
      inFlight: this.#calls.inFlight,
      queued: this.#calls.queued,
      backlog: this.#subscriptions.waiting,
      held: this.#intake.held.bytes,
      bytesRead: this.#link.bytesRead,
      bytesWritten: this.#link.bytesWritten,
      events: this.#events,
      delivered: this.#subscriptions.delivered,
      dropped: this.#subscriptions.dropped,
      lateReplies: this.#calls.answers.late,
      unclaimedReplies: this.#calls.answers.unclaimed,
      faults: this.#faults,
      reconnects: Math.max(0, this.#link.epoch - 1),
      roundTrip: this.#calls.roundTrip,
    }
  }

  /**
   * Ends the client: refuses new calls, waits for the calls in flight, and logs off. Resolves when all is done.
   * Rejects with `AMI_ARGUMENT` for a wrong timeout. The client then goes on.
   * @param options.timeout milliseconds that the calls in flight may take; 0 waits for none. @default 5_000
   */
  async close(options: CloseOptions = {}): Promise<void> {
    this.#closeTimeout = graceOf(options)
    if (this.state !== 'closed') this.#calls.refuse(() => this.#closedError())
    this.#link.close()
    if (this.#closeTimeout === 0) this.#link.drained()
    await this.closed
  }

  /** Ends the client and its connection at once. Calls in flight reject with `AMI_CLOSED`. */
  destroy(error?: Error): void {
    this.#link.destroy(error)
  }

  /** @internal For `record` of amiable/testing. */
  [TAP](listener: TapListener): () => void {
    return this.#link.tap(listener)
  }

  /** @internal For its fleet. */
  get [STATUSES](): StatusHub<Status> {
    return this.#statuses
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [INSPECT](): string {
    return clientText(this, this.#subscriptions.size, this.#calls.inFlight)
  }

  #makeLink(options: LinkOptions): Link {
    return new Link(options, {
      message: (message) => this.#received(message),
      expectsRaw: (actionId) => this.#calls.expectsRaw(actionId),
      fault: (error, head) => {
        this.#fault(() => error)
        if (error.code === 'AMI_LIMIT') this.#calls.oversized(error, head)
      },
      hold: () => this.#callClock.stop(),
      ready: () => {
        this.#callClock.start()
        this.#connecting?.resolve()
        this.#connecting = undefined
        this.#reportUnheard()
        this.#calls.ready()
      },
      lost: (error) => {
        this.#callClock.start()
        return this.#calls.lost(error) + this.#originates.lost(error)
      },
      drain: () => drain(this.#calls, this.#originates, options.clock, this.#closeTimeout, () => this.#link.drained()),
      finished: (reason) => this.#finished(reason),
      status: (status) => this.#tell(status),
      blockedUntil: () => this.#callClock.beneath(this.#calls.answers.blockedUntil),
      ping: () => this.#calls.ping(),
    })
  }

  #received(message: Message): boolean {
    const { progress } = this.#calls.answers
    const claimed = this.#calls.take(message)
    const answered = this.#calls.answers.progress !== progress
    if (kindOf(message) !== 'event') return answered
    if (!claimed) {
      this.#events++
      if (titleOf(message) === 'FullyBooted') {
        if (this.#link.boot.fullyBooted()) this.#statuses.tell({ type: 'booted', epoch: message.epoch })
      } else if (titleOf(message) === 'Shutdown') this.#link.shutdownReason = shutdownReasonOf(message)
      if (watched('ami:event')) {
        publish('ami:event', () => ({ source: this.name, event: titleOf(message), epoch: message.epoch }))
      }
    }
    if (this.#originates.listens) this.#originates.take(message)
    this.#subscriptions.take(message, claimed)
    return answered
  }

  #fault(make: () => AmiError): void {
    this.#faults++
    publish('ami:drop', () => ({ source: this.name, dropped: 1, error: make() }))
    this.#statuses.tellFault(() => ({ type: 'fault', error: make() }))
  }

  #tell(status: Status): void {
    publishStatus(this.name, status)
    if (status.type === 'lost') {
      this.#connecting?.reject(status.error)
      this.#connecting = undefined
    } else if (status.type === 'closed') {
      // what the client reports of its end, such as a last loss, comes before the last word
      this.#subscriptions.end(status.reason.error)
    }
    this.#statuses.tell(status)
    if (status.type === 'closed') this.#statuses.end()
  }

  #reportUnheard(id?: string): void {
    const tell = (status: StatusUnheard) => {
      if (!this.#statuses.watched) warnOfUnheard(this.name, status)
      this.#statuses.tell(status)
    }
    this.#unheard.report(tell, !speaks(this.#link.version, 2, 0), id)
  }

  #finished(reason: CloseReason): void {
    this.#calls.end(() => this.#closedError(reason.error))
    this.#connecting?.reject(this.#closedError(reason.error))
    this.#connecting = undefined
    this.#closed.resolve(reason)
  }

  #closedError(cause?: unknown): ClosedError {
    return new ClosedError(`${this.name}: the client is closed`, { source: this.name, cause })
  }
}
