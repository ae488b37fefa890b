import { publish } from '../../diagnostics.ts'
import { type AmiError, type ClosedError, invalid, type LimitError } from '../../errors.ts'
import { onAbort } from '../../util/abort.ts'
import { unguessableId } from '../../util/action-id.ts'
import type { Clock } from '../../util/clock.ts'
import { encodeAction, type Params } from '../../wire/encoder.ts'
import { kindOf, type Message } from '../../wire/message.ts'
import type { ResolvedOptions } from '../options.ts'
import { blockingTime, goesStale } from './action-behaviour.ts'
import {
  type Begun,
  begunOf,
  Call,
  type CallHost,
  type CallNature,
  type CallOptions,
  circumstance,
  cutShortOutput,
  dialectOf,
  lostCall,
  noLogin,
  noRoom,
  type Outcome,
  silentAnswer,
  takesRaw,
  timedOutCall,
  tooManyRows,
  unansweredCall,
} from './call.ts'
import { checkCall, checkRetry } from './check-call.ts'
import { Correlation, type CorrelationHost } from './correlation.ts'
import { Deadlines, type DeadlinesHost } from './deadlines.ts'
import { Fences, NOBODY } from './fences.ts'
import { readInPieces } from './list-instead.ts'
import { Modules } from './modules.ts'
import { Refusals } from './refusals.ts'
import { Assembly, unmarkedEnding } from './reply-assembly.ts'
import { Response } from './response.ts'
import { WaitingCalls, type WaitingHost } from './waiting-calls.ts'

// calls that were given up and whose answer may still come; more than these are forgotten
const REMEMBERED = 1_024

/** Knows which answer belongs to whom. */
export class Calls implements CorrelationHost, DeadlinesHost<Call>, WaitingHost {
  /** How many milliseconds the last Ping took, from its writing to its answer. */
  roundTrip: number | undefined
  /** The server's modules, as far as it says. */
  readonly modules: Modules
  #host: CallHost
  #options: ResolvedOptions
  #clock: Clock
  #sent: Correlation
  #waiting: WaitingCalls
  #refusals: Refusals
  #fences: Fences | undefined
  #inFlight = 0
  #abandoned = 0
  #ready = false
  /** How the server answers, as its version says; known with the first login. */
  #dialect = dialectOf('')
  #refusing: (() => ClosedError) | undefined
  #onIdle: (() => void) | undefined
  #deadlines: Deadlines<Call>

  constructor(host: CallHost, options: ResolvedOptions, clock: Clock) {
    this.#host = host
    this.#options = options
    this.#clock = clock
    this.modules = new Modules(this.#clock, this)
    this.#deadlines = new Deadlines(this.#clock, this)
    this.#refusals = new Refusals(options.source, host, this.modules)
    this.#waiting = new WaitingCalls(this.#clock, this)
    this.#sent = new Correlation(this, clock)
  }

  /** What the server has answered. */
  get answers(): Pick<Correlation, 'late' | 'unclaimed' | 'progress' | 'blockedUntil' | 'awaitsEvents'> {
    return this.#sent
  }

  /** How many are written and await their answer. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** How many wait for a login or their turn. */
  get queued(): number {
    return this.#waiting.size
  }

  /** Sends a Ping; returns what says whether it, or a call behind it, has been answered. */
  ping(): () => boolean {
    const isAnswered = this.#sent.proofOfNext()
    this.start('Ping', undefined, {}, NOBODY, { internal: true })
    return isAnswered
  }

  /**
   * Starts a call.
   * @throws {ArgumentError} for what must not be sent
   */
  start(
    action: string,
    params: Params | undefined,
    options: CallOptions,
    outcome: Outcome,
    nature: CallNature = {},
  ): Begun {
    checkCall(action, params, options)
    if (!this.#ready && !nature.internal && this.#host.link.state === 'idle') {
      throw invalid('connect()', `was not called: call it before you send ${action}`)
    }
    const { encoding, actionTimeout } = this.#options
    const { signal, variables, actionId, timeout = actionTimeout, retry = false, queue = true, fence = false } = options
    const id = actionId ?? unguessableId()
    if (retry) checkRetry(action)
    const text = encodeAction({ name: action, actionId: id, params, variables, encoding })
    if (actionId !== undefined && (this.#sent.get(id) || this.#waiting.has(id))) {
      throw invalid('actionId', 'must be its own: another call is under way with it')
    }
    const call = new Call({
      id,
      action,
      text,
      started: this.#clock.elapsed(),
      timeout,
      blocking: blockingTime(action, params),
      retry,
      fence,
      perishable: goesStale(action) && options.queue !== true,
      outcome,
      nature,
    })
    const begun = begunOf(call, () => this.#abandon(call, () => {}))
    const hasTurn = this.#ready && this.#inFlight < this.#options.maxInFlight && this.#waiting.length === 0
    const over = this.#host.link.state === 'closed' ? this.#refusing?.() : undefined
    const refusal = nature.internal ? over : this.#refusalOf(call, queue, hasTurn)
    if (signal?.aborted || refusal) {
      call.settled = true
      call.dropText()
      outcome.reject(signal?.aborted ? signal.reason : refusal)
      return begun
    }
    if (signal) call.unlisten = onAbort(signal, () => this.#abandon(call, () => outcome.reject(signal.reason)))
    if (hasTurn || (this.#ready && nature.internal)) this.#send(call, call.started)
    else this.#waiting.add(call)
    if (!call.settled) this.#deadlines.add(call)
    return begun
  }

  /** Sends what waits, now that there is a login. */
  ready(): void {
    this.#ready = true
    this.#dialect = dialectOf(this.#host.link.version)
    this.#refusals.loggedIn()
    this.pump()
  }

  /** Settles what was in flight when the connection was lost, and returns how many calls that were. */
  lost(error: AmiError): number {
    this.#ready = false
    this.#fences?.clear()
    const calls = this.#sent.clear()
    this.#inFlight = 0
    this.#abandoned = 0
    const again: Call[] = []
    const gone: Call[] = []
    for (const call of calls) if (!call.settled) (this.#mayGoAgain(call) ? again : gone).push(call)
    for (const call of again) this.#reset(call)
    gone.push(...this.#waiting.linkLost(again))
    for (const call of gone) this.#reject(call, lostCall(this.#options.source, call, error))
    return gone.filter(({ nature }) => !nature.internal).length
  }

  // rows that a loop has had cannot be taken back
  #mayGoAgain(call: Call): boolean {
    return call.retry && !this.#refusing && (call.rowCount === 0 || call.outcome.row === undefined)
  }

  /** Ends every call and lets go of the clock: nothing follows. */
  end(error: () => ClosedError): void {
    this.refuse(error)
    this.#deadlines.stop()
  }

  /** Refuses new calls, and those that still wait. */
  refuse(error: () => ClosedError): void {
    this.#refusing = error
    for (const call of this.#waiting.takeAll()) this.#reject(call, error())
  }

  /** Calls back once nothing is in flight. */
  whenIdle(callback: () => void): void {
    if (this.#inFlight === 0) callback()
    else this.#onIdle = callback
  }

  /** Whether `Response: Follows` with this ActionID can be the raw answer to a call. */
  expectsRaw(actionId: string | undefined): boolean {
    return this.#sent.expectsRaw(actionId)
  }

  /** Whether a message was somebody's answer. */
  take(message: Message): boolean {
    return this.#sent.take(message)
  }

  /** Ends the call that waits for a message which went past a limit. */
  oversized(error: LimitError, head: Message | undefined): void {
    const call = head && this.#sent.get(head.actionId ?? '')
    if (!call || call.settled) return
    // after a row the others still come, and belong to nobody else
    if (head === undefined || kindOf(head) !== 'event') this.#done(call)
    else if (!call.assembly.owns(head)) return
    const own = readInPieces(error, call.action, call.text)
    this.#abandon(call, () => call.outcome.reject(own), own)
  }

  fence(call: Call): void {
    this.#fences ??= new Fences(this.#clock, this)
    this.#fences.send(call)
  }

  fault(make: () => AmiError): void {
    this.#host.countFault(make)
  }

  cutShort(message: Message, call: Call | undefined): void {
    const error = cutShortOutput(this.#options.source, message)
    this.#host.countFault(() => error)
    if (call === undefined) return
    this.#done(call)
    this.#abandon(call, () => call.outcome.reject(error), error)
  }

  whole(call: Call): void {
    this.#done(call)
    const { provesEndOf } = call.nature
    const proven = provesEndOf && this.#sent.get(provesEndOf.id) === provesEndOf && this.#fences?.ends(provesEndOf)
    if (proven) this.whole(provesEndOf)
    if (call.action === 'Ping' && !provesEndOf && call.sent !== undefined)
      this.roundTrip = this.#clock.elapsed() - call.sent
    if (call.settled) return
    const { reply, failure, completion, lacking } = call.assembly
    if (lacking) {
      this.#reject(call, unansweredCall(this.#options.source, call))
      return
    }
    const said = failure ?? reply ?? silentAnswer(this.#host, this.#clock)
    const response = new Response(said, call.rows, completion, call.assembly.succeeded(said))
    if (response.success) {
      this.#refusals.serves(call)
      this.#settle(call, () => call.outcome.resolve(response), undefined)
    } else this.#refused(call, response)
  }

  #refused(call: Call, response: Response): void {
    this.#refusals.judge(call, response, (error) => {
      if (call.settled) return
      const again = error.retryable && this.#mayGoAgain(call)
      if (again) this.#reset(call)
      if (!again || !call.hold(response)) return this.#reject(call, error)
      call.refusal = error
      this.#waiting.rest(call)
      this.#afterOne()
    })
  }

  #assemblyFor(call: Call): Assembly {
    const ending = unmarkedEnding(call.action, call.fence, this.#dialect.listsMarked)
    const raw = takesRaw(call.action, ending, this.#dialect)
    return new Assembly(call.action, ending, raw, (part) => {
      if (call.settled) return
      if (kindOf(part) === 'event') {
        call.rowCount++
        if (call.outcome.row) return call.outcome.row(part)
      }
      const { source, limits } = this.#options
      if (call.rows.length < limits.rows) {
        call.rows.push(part)
        this.keeps(call, part)
        return
      }
      const error = tooManyRows(source, call, limits.rows)
      this.#abandon(call, () => call.outcome.reject(error), error)
    })
  }

  keeps(call: Call, part: Message): void {
    if (call.settled || call.hold(part)) return
    const error = readInPieces(this.#host.intake.pastHeld(`the answer to ${call.action}`), call.action, call.text)
    this.#abandon(call, () => call.outcome.reject(error), error)
  }

  #refusalOf(call: Call, queue: boolean, hasTurn: boolean): AmiError | undefined {
    const { action, perishable } = call
    const { source, maxQueued, maxInFlight } = this.#options
    if (this.#refusing) return this.#refusing()
    if (!hasTurn && !this.#ready && (perishable || !queue)) return noLogin(source, action, perishable)
    if (!hasTurn && !queue) return noRoom(source, action, 'maxInFlight', maxInFlight)
    if (!hasTurn && this.#waiting.length >= maxQueued) return noRoom(source, action, 'maxQueued', maxQueued)
    const { intake } = this.#host
    return call.holdText(intake.held) ? undefined : intake.pastHeld(`the call of ${action}`)
  }

  #send(call: Call, now: number): void {
    // a clock of the caller's may have ended the client when it was asked
    const over = this.#host.link.state === 'closed' ? this.#refusing?.() : undefined
    const write = over ? undefined : this.#host.link.write(call.text)
    if (write === undefined) {
      if (over) this.#reject(call, over)
      else this.#waiting.add(call)
      return
    }
    call.write = write
    call.assembly = this.#assemblyFor(call)
    call.refusal = undefined
    call.letGo()
    call.sent = now
    this.#inFlight++
    this.#sent.add(call)
    const waited = now - call.started
    publish('ami:send', () => ({ source: this.#options.source, action: call.action, actionId: call.id, waited }))
    if (call.assembly.ending) this.fence(call)
  }

  pump(): void {
    while (this.#ready && this.#waiting.length > 0 && this.#inFlight < this.#options.maxInFlight) {
      this.#send(this.#waiting.next() as Call, this.#clock.elapsed())
    }
  }

  expired(call: Call): void {
    const waitedFor = circumstance(call, this.#ready, this.#sent.values(), this.#clock.elapsed())
    const error = call.refusal ?? timedOutCall(this.#options.source, call, waitedFor)
    this.#abandon(call, () => call.outcome.reject(error), error)
  }

  // the call ends now; if it was sent, its place is kept so that a late answer is known for what it is
  #abandon(call: Call, settle: () => void, error?: AmiError): void {
    if (call.settled) return
    if (call.sent === undefined || !this.#sent.get(call.id)) {
      this.#waiting.delete(call)
    } else {
      this.#inFlight--
      // what is taken back before it leaves is never run, and has no answer to come
      if (call.write?.withdraw()) this.#sent.delete(call)
      else this.#abandoned++
    }
    call.assembly?.forget()
    this.#settle(call, settle, error)
    if (this.#abandoned > REMEMBERED && this.#sent.forgetOldest()) this.#abandoned--
  }

  #done(call: Call): void {
    this.#fences?.delete(call)
    if (!this.#sent.delete(call)) return
    if (call.settled) this.#abandoned--
    else this.#inFlight--
  }

  #reject(call: Call, error: AmiError): void {
    this.#settle(call, () => call.outcome.reject(error), error)
  }

  #settle(call: Call, settle: () => void, error: unknown): void {
    if (call.settled) return
    call.settled = true
    this.#deadlines.delete(call)
    call.unlisten?.()
    settle()
    call.dropText()
    call.letGo()
    publish('ami:reply', () => {
      const { code } = (error ?? {}) as { code?: string }
      const { id: actionId, action } = call
      const elapsed = this.#clock.elapsed() - call.started
      return { source: this.#options.source, action, actionId, duration: elapsed, ...(code && { code }) }
    })
    this.#afterOne()
  }

  #afterOne(): void {
    if (this.#waiting.length > 0) this.pump()
    if (this.#inFlight === 0 && this.#onIdle) {
      const idle = this.#onIdle
      this.#onIdle = undefined
      idle()
    }
  }

  #reset(call: Call): void {
    call.letGo()
    call.rowCount = 0
    call.sent = undefined
    call.write = undefined
  }
}
