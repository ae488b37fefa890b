import { publish, watched } from '../diagnostics.ts'
import { type AmiError, ClosedError, ConnectError, type LimitError, type ProtocolError } from '../errors.ts'
import { Link, type LinkSink } from '../link/link.ts'
import type { CloseReason, Status, StatusUnheard } from '../link/status.ts'
import { type Deferred, deferred } from '../util/deferred.ts'
import { nodeTooOld } from '../util/node-version.ts'
import { PatientClock } from '../util/patient-clock.ts'
import { StoppableClock } from '../util/stoppable-clock.ts'
import type { Intake } from '../wire/intake.ts'
import { kindOf, type Message, titleOf } from '../wire/message.ts'
import type { Audience } from '../wire/scanner.ts'
import { type Called, withCaller } from './caller-frames.ts'
import { type CallHost, speaks } from './calls/call.ts'
import { Calls } from './calls/calls.ts'
import { drain } from './drain.ts'
import { type Listener, Subscriptions, type SubscriptionsHost } from './events/subscriptions.ts'
import { UnheardListeners, warnOfUnheard } from './events/unheard-listeners.ts'
import { guarded } from './guarded-clock.ts'
import type { ResolvedOptions } from './options.ts'
import { Originates } from './originate/originate.ts'
import { originateHost } from './originate/originate-host.ts'
import { publishStatus } from './publish-status.ts'
import { shutdownReasonOf } from './shutdown-reason.ts'
import type { Stats } from './stats.ts'
import { StatusHub } from './status-hub.ts'

/** Takes the end of an attempt to connect: with the error if it failed. */
export type AttemptOver = (error?: AmiError) => void

/** Under which a client offers its attempts to the fleet that it is of. */
export const ATTEMPT: unique symbol = Symbol('attempt')

// of clients without a listener
const NOBODY = {}

/** What is inside a client: its link, its calls and its listeners, and what each of them reports to the others. */
export class Core implements LinkSink, CallHost, SubscriptionsHost, Audience {
  readonly options: ResolvedOptions
  readonly intake: Intake
  readonly link: Link
  readonly calls: Calls
  readonly statuses = new StatusHub<Status>()
  #callClock: StoppableClock
  #originates: Originates | undefined
  #subscriptions: Subscriptions | undefined
  #unheard: UnheardListeners | undefined
  #hasEnded = false
  #connecting: Promise<void> | undefined
  #attempts: readonly AttemptOver[] | undefined
  #closed: Deferred<CloseReason> | undefined
  #reason: CloseReason | undefined
  #closeTimeout = 0
  #events = 0
  #faults = 0

  constructor(given: ResolvedOptions) {
    this.intake = given.intake
    // nothing is late before what lies in the socket has been read
    const own = guarded(given.clock, (error) => this.link.destroy(error))
    const clock = new PatientClock(own, () => this.link.bytesRead)
    // one object for all that read them: a copy for each takes more than most of what a client holds
    const options: { -readonly [K in keyof ResolvedOptions]: ResolvedOptions[K] } = given
    options.clock = clock
    this.options = options
    // a call's time stands still while its server boots
    this.#callClock = new StoppableClock(clock)
    this.calls = new Calls(this, options, this.#callClock)
    this.link = new Link(options, this)
  }

  /** Its listeners; many a client has none. */
  get subscriptions(): Subscriptions {
    if (this.#subscriptions === undefined) {
      this.#subscriptions = new Subscriptions(this)
      if (this.#hasEnded) this.#subscriptions.end()
    }
    return this.#subscriptions
  }

  /** How many listeners there are. */
  get listeners(): number {
    return this.#subscriptions?.size ?? 0
  }

  /** The calls that it dials; most clients never do. */
  get originates(): Originates {
    this.#originates ??= new Originates(
      this.calls.modules,
      originateHost(this.options, this.#callClock, this.calls, this.link),
    )
    return this.#originates
  }

  /** Resolves with the reason when the client has ended. */
  get closed(): Promise<CloseReason> {
    this.#closed ??= deferred()
    if (this.#reason) this.#closed.resolve(this.#reason)
    return this.#closed.promise
  }

  get stats(): Stats {
    const { answers } = this.calls
    return {
      inFlight: this.calls.inFlight,
      queued: this.calls.queued,
      backlog: this.#subscriptions?.waiting ?? 0,
      held: this.intake.held.bytes,
      bytesRead: this.link.bytesRead,
      bytesWritten: this.link.bytesWritten,
      events: this.#events,
      delivered: this.#subscriptions?.delivered ?? 0,
      dropped: this.#subscriptions?.dropped ?? 0,
      lateReplies: answers.late,
      unclaimedReplies: answers.unclaimed,
      faults: this.#faults,
      reconnects: Math.max(0, this.link.epoch - 1),
      roundTrip: this.calls.roundTrip,
    }
  }

  /** Begins an attempt; all who call during it get one promise. Its error shows who called `from`. */
  connect(from: Called): Promise<void> {
    if (this.link.state === 'ready') return Promise.resolve()
    // no status reports this one: where nobody looks at the promise, an unhandled rejection does
    const refusal = this.#refusal()
    if (refusal !== undefined) return Promise.reject(refusal)
    if (this.#connecting !== undefined) return this.#connecting
    const { promise, resolve, reject } = withCaller(deferred<void>(), from)
    // if nobody awaits it, status() reports the failure, and no unhandled rejection does
    promise.catch(() => {})
    this.#connecting = promise
    this.attempt((error) => (error === undefined ? resolve() : reject(error)))
    return promise
  }

  /** Begins an attempt, and calls back when it is over. */
  attempt(over: AttemptOver): void {
    const refusal = this.#refusal()
    if (this.link.state === 'ready' || refusal !== undefined) {
      over(refusal)
      return
    }
    this.#attempts = this.#attempts === undefined ? [over] : [...this.#attempts, over]
    this.link.connect()
  }

  /** Returns why there can be no attempt, where none can be. */
  #refusal(): AmiError | undefined {
    const { state } = this.link
    if (state === 'closed' || state === 'closing') return this.closedError()
    const tooOld = nodeTooOld()
    if (state === 'ready' || tooOld === undefined) return undefined
    const { source } = this.options
    return new ConnectError(`${source}: ${tooOld}`, { source })
  }

  #attempted(error: AmiError | undefined): void {
    const attempts = this.#attempts
    this.#attempts = undefined
    this.#connecting = undefined
    if (attempts !== undefined) for (const over of attempts) over(error)
  }

  /** Ends it once the calls in flight are settled, for which they have so many milliseconds. */
  async close(timeout: number): Promise<void> {
    this.#closeTimeout = timeout
    if (this.link.state !== 'closed') this.calls.refuse(() => this.closedError())
    this.link.close()
    if (timeout === 0) this.link.drained()
    await this.closed
  }

  closedError(cause?: unknown): ClosedError {
    const { source } = this.options
    return new ClosedError(`${source}: the client is closed`, { source, cause })
  }

  /** Reports the listeners that can never get their event; with an `id`, of that listener. */
  reportUnheard(id?: string): void {
    if (this.#subscriptions === undefined) return
    this.#unheard ??= new UnheardListeners(this.#subscriptions, this.options.events)
    const tell = (status: StatusUnheard) => {
      if (!this.statuses.watched) warnOfUnheard(this.options.source, status)
      this.statuses.tell(status)
    }
    this.#unheard.report(tell, !speaks(this.link.version, 2, 0), id)
  }

  /** Whether what happens to calls or modules is to be heard. */
  get #originatesListen(): boolean {
    return this.#originates?.listens ?? this.calls.modules.anyAway
  }

  // what its link reports and asks

  get audience(): Audience | undefined {
    // what answers a call is known by its ActionID alone
    const isOthers = this.calls.answers.awaitsEvents || this.#originatesListen || watched('ami:event')
    return isOthers ? undefined : this
  }

  get members(): object {
    return this.#subscriptions?.members ?? NOBODY
  }

  reads(title: string): boolean {
    return title === 'Shutdown' || this.#subscriptions?.hears(title) === true
  }

  passed(count: number): void {
    this.#events += count
  }

  message(message: Message): boolean {
    const { progress } = this.calls.answers
    const claimed = this.calls.take(message)
    const answered = this.calls.answers.progress !== progress
    if (kindOf(message) !== 'event') return answered
    if (!claimed) {
      this.#events++
      if (titleOf(message) === 'FullyBooted') {
        if (this.link.boot.fullyBooted()) this.statuses.tell({ type: 'booted', epoch: message.epoch })
      } else if (titleOf(message) === 'Shutdown') this.link.shutdownReason = shutdownReasonOf(message)
      if (watched('ami:event')) {
        publish('ami:event', () => ({
          source: this.options.source,
          event: titleOf(message),
          epoch: message.epoch,
        }))
      }
    }
    if (this.#originatesListen) this.originates.take(message)
    this.#subscriptions?.take(message, claimed)
    return answered
  }

  expectsRaw(actionId: string | undefined): boolean {
    return this.calls.expectsRaw(actionId)
  }

  fault(error: ProtocolError | LimitError, head: Message | undefined): void {
    this.countFault(() => error)
    if (error.code === 'AMI_LIMIT') this.calls.oversized(error, head)
  }

  hold(): void {
    this.#callClock.stop()
  }

  ready(): void {
    this.#callClock.start()
    this.#attempted(undefined)
    this.reportUnheard()
    this.calls.ready()
  }

  lost(error: AmiError): number {
    this.#callClock.start()
    return this.calls.lost(error) + (this.#originates?.lost(error) ?? 0)
  }

  drain(): void {
    drain(this.calls, this.originates, this.options.clock, this.#closeTimeout, () => this.link.drained())
  }

  finished(reason: CloseReason): void {
    this.calls.end(() => this.closedError(reason.error))
    if (this.#attempts !== undefined) this.#attempted(this.closedError(reason.error))
    this.#reason = reason
    this.#closed?.resolve(reason)
  }

  status(status: Status): void {
    publishStatus(this.options.source, status)
    if (status.type === 'lost') {
      this.#attempted(status.error)
    } else if (status.type === 'closed') {
      // what the client reports of its end, such as a last loss, comes before the last word
      this.#hasEnded = true
      this.#subscriptions?.end(status.reason.error)
    }
    this.statuses.tell(status)
    if (status.type === 'closed') this.statuses.end()
  }

  blockedUntil(): number {
    return this.#callClock.beneath(this.calls.answers.blockedUntil)
  }

  ping(): () => boolean {
    return this.calls.ping()
  }

  // what its calls and its listeners report and ask

  countFault(make: () => AmiError): void {
    const { source } = this.options
    this.#faults++
    publish('ami:drop', () => ({ source, dropped: 1, error: make() }))
    this.statuses.tellFault(() => ({ type: 'fault', error: make() }))
  }

  slow(dropped: number): void {
    publish('ami:drop', () => ({ source: this.options.source, dropped }))
    this.statuses.tell({ type: 'slow', dropped })
  }

  blocked(listener: Listener | undefined, blocked: number): void {
    this.statuses.tell({ type: 'slow', dropped: 0, blocked, ...(listener && { listener: listener.id }) })
  }
}
