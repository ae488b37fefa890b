import { type AmiError, invalid, TimeoutError } from '../../errors.ts'
import { onAbort } from '../../util/abort.ts'
import { unguessableId } from '../../util/action-id.ts'
import { deferred } from '../../util/deferred.ts'
import { LateMap } from '../../util/late.ts'
import { detached } from '../../util/text.ts'
import { hold, letGo, linesOf, type Message, originOf, titleOf } from '../../wire/message.ts'
import { type Called, withCaller } from '../caller-frames.ts'
import { ORIGINATE_TIMEOUT } from '../calls/action-behaviour.ts'
import type { Modules, Needed } from '../calls/modules.ts'
import type { AmiEvent } from '../types.ts'
import { type AttemptOf, isLocal, numberOf, withIds } from './attempt.ts'
import { neededBy } from './channel-driver.ts'
import { checkOriginate } from './check-originate.ts'
import { lostAttempt, timedOutAttempt, withChannel } from './originate-errors.ts'
import type { OriginateHost } from './originate-host.ts'
import type { OriginateOptions, OriginateParams, OriginateResult } from './originate-options.ts'
import { byCause, byReason, noDriver, shutDown, type Verdict } from './outcome.ts'

type Attempt = AttemptOf<OriginateResult>

// how long the Hangup that says more may come after the OriginateResponse: the one goes through stasis and its router
// (main/manager_channels.c), the other does not. Seen within 2 ms in either order, and after 300 ms on a busy server
const HANGUP_GRACE = 3_000
// the same where no channel has shown itself: most likely there is none (an unknown technology or peer)
const CHANNEL_GRACE = 500
// how much of a Hangup's text is kept; Asterisk's own are shorter (main/channel.c:causes)
const TEXT = 100
// an aborted call's channel may not be there yet: when to try again to hang it up
const HANGUP_RETRIES = [50, 100, 200, 500, 1_000, 2_000]

/** The calls whose outcome is awaited. */
export class Originates {
  #modules: Modules
  #host: OriginateHost
  #byAction = new LateMap<string, Attempt>()
  #byChannel = new LateMap<string, Attempt>()
  #onIdle: (() => void) | undefined

  constructor(modules: Modules, host: OriginateHost) {
    this.#modules = modules
    this.#host = host
  }

  /** How many are under way. */
  get size(): number {
    return this.#byAction.size
  }

  /** Whether events matter. */
  get listens(): boolean {
    return this.#byAction.size > 0 || this.#modules.anyAway
  }

  /**
   * Dials.
   * @param called what its caller called: errors show the caller
   * @throws {ArgumentError} for what must not be sent
   */
  start(
    params: OriginateParams,
    options: OriginateOptions = {},
    called: Called = this.start,
  ): Promise<OriginateResult> {
    checkOriginate(params, options)
    const { signal } = options
    const given = new Map(Object.entries(params).map(([name, value]) => [name.toLowerCase(), value]))
    const { actionId = unguessableId() } = options
    if (this.#byAction.has(actionId)) throw invalid('actionId', 'must be its own: another call is being set up with it')
    // an id of its own: everybody who gets events of calls sees it as soon as the channel is there
    const channelId = String(given.get('channelid') ?? unguessableId())
    const channel = String(given.get('channel') ?? '')
    const ringing = Number(given.get('timeout') ?? ORIGINATE_TIMEOUT)
    const limit = options.timeout ?? (ringing > 0 ? ringing : ORIGINATE_TIMEOUT) + this.#host.actionTimeout
    const attempt: Attempt = {
      ringing,
      actionId,
      channelId,
      channel,
      limit,
      deadline: this.#host.clock.elapsed() + limit,
      answer: withCaller(deferred<OriginateResult>(), called),
      accepted: false,
      created: false,
      given: given.has('channelid'),
      call: undefined,
      hangup: undefined,
      event: undefined,
      early: undefined,
      held: undefined,
      timer: undefined,
      booting: false,
      asking: false,
      verdict: undefined,
      aborted: false,
      unlisten: () => {},
    }
    this.#byAction.set(actionId, attempt)
    this.#byChannel.set(channelId, attempt)
    attempt.timer = this.#host.clock.setTimeout(() => this.#expired(attempt), limit)
    try {
      attempt.call = this.#host.send(
        withIds(params, given, channel, channelId),
        // a later abort is answered with a Hangup, and ends here
        {
          ...options,
          signal: signal?.aborted ? signal : undefined,
          timeout: options.timeout ?? this.#host.actionTimeout,
          actionId,
        },
        { resolve: () => this.#accepted(attempt), reject: (error) => this.#refused(attempt, error) },
      )
      if (signal && this.#byAction.has(actionId)) {
        attempt.unlisten = onAbort(signal, () => this.#abort(attempt, signal.reason))
      }
    } catch (error) {
      this.#end(attempt)
      throw error
    }
    return attempt.answer.promise
  }

  /** Looks at an event that matters, before any listener gets it. */
  take(event: Message): void {
    switch (titleOf(event)) {
      case 'OriginateResponse': {
        const attempt = this.#byAction.get(event.actionId ?? '')
        if (attempt && this.#names(event, attempt)) this.#answered(attempt, event)
        break
      }
      case 'Newchannel': {
        const attempt = this.#byChannel.get(event.get('Uniqueid') ?? '')
        // an id can be used again: what came before the action left, or after its own channel's end, is somebody else's
        if (!attempt?.call?.hasLeft() || attempt.hangup) break
        attempt.created = true
        if (attempt.aborted) this.#hangUp(attempt, [])
        break
      }
      case 'Load':
        if (event.get('Status') === 'Success') this.#modules.loaded(event.get('Module') ?? '')
        break
      case 'Hangup': {
        const attempt = this.#byChannel.get(event.get('Uniqueid') ?? '')
        if (!attempt || (attempt.given && !attempt.created)) break
        const text = detached((event.get('Cause-txt') ?? '').slice(0, TEXT))
        attempt.hangup = { cause: numberOf(event.get('Cause')), text }
        if (attempt.event && attempt.hangup.cause) this.#resolve(attempt, attempt.event)
        else if (attempt.event) this.#failed(attempt, attempt.event)
        else if (attempt.aborted) this.#end(attempt)
        break
      }
    }
  }

  /**
   * Rejects the calls that the server had accepted when the connection was lost: nobody will report their outcome.
   * Returns how many those are.
   */
  lost(cause: AmiError): number {
    let rejected = 0
    for (const attempt of [...this.#byAction.values()]) {
      // one that has not been accepted is a call in flight, and gets an error of its own
      if (!attempt.accepted && !attempt.aborted) continue
      const settled = attempt.aborted
      this.#end(attempt)
      if (settled) continue
      rejected++
      attempt.answer.reject(lostAttempt(this.#host.source, attempt, cause))
    }
    return rejected
  }

  /** Calls back once none is under way. */
  whenIdle(callback: () => void): void {
    if (this.size === 0) callback()
    else this.#onIdle = callback
  }

  #accepted(attempt: Attempt): void {
    attempt.accepted = true
    attempt.booting = this.#host.mayBoot()
    if (attempt.early) this.#answered(attempt, attempt.early)
    if (this.#host.hearsCalls || attempt.aborted || attempt.event) return
    this.#end(attempt)
    attempt.answer.resolve({
      outcome: 'unknown',
      reason: undefined,
      cause: undefined,
      meaning: "accepted; 'call' events report the outcome, and this client's events option leaves them out",
      Channel: attempt.channel,
      Uniqueid: attempt.channelId,
      actionId: attempt.actionId,
      event: undefined,
    })
  }

  #refused(attempt: Attempt, error: unknown): void {
    if (!this.#byAction.has(attempt.actionId)) return
    // the server may dial late what was given up
    if (attempt.aborted && error instanceof TimeoutError) return
    this.#end(attempt)
    if (attempt.aborted) return
    attempt.answer.reject(withChannel(error, attempt))
  }

  #answered(attempt: Attempt, event: Message): void {
    if (attempt.event) return
    if (!attempt.accepted && !attempt.aborted) {
      // the answer to the action decides, and comes first (main/manager.c:process_message); a relay may mix them up
      if (event.get('Uniqueid') === attempt.channelId && !attempt.early && this.#keeps(attempt, event)) {
        attempt.early = event
      }
      return
    }
    linesOf(event)
    attempt.event = event
    if (attempt.aborted) {
      // it may have been answered before its hangup came
      const answered = event.get('Response') === 'Success' && event.get('Uniqueid') === attempt.channelId
      if (answered) this.#hangUp(attempt, [])
      this.#end(attempt)
      return
    }
    // reason 0 stands for whatever else went wrong: the channel's own Hangup knows more
    if (event.get('Reason') !== '0' || attempt.hangup?.cause) {
      this.#resolve(attempt, event)
      return
    }
    if (attempt.early !== event && !this.#keeps(attempt, event)) return
    if (attempt.hangup) this.#failed(attempt, event)
    else if (attempt.created || isLocal(attempt.channel)) this.#resolveIn(HANGUP_GRACE, attempt, event)
    else this.#failed(attempt, event)
  }

  // without a cause: the number may not be to blame
  #failed(attempt: Attempt, event: Message): void {
    if (attempt.booting) {
      this.#awaitHangup(attempt, event)
      return
    }
    if (attempt.asking) return
    attempt.asking = true
    this.#resolveIn(HANGUP_GRACE, attempt, event)
    const needed = moduleFor(attempt)
    void this.#modules.presence(needed, sentAt(attempt)).then((presence) => {
      attempt.asking = false
      if (this.#byAction.get(attempt.actionId) !== attempt) return
      if (presence === 'ending') attempt.verdict = shutDown
      else if (needed && presence === 'away') attempt.verdict = noDriver(needed.module)
      if (attempt.verdict) this.#resolve(attempt, event)
      // main/loader.c:load_resource lets the question be answered while its event is on the way
      else if (needed && attempt.hangup && this.#host.hearsLoads()) this.#resolveIn(CHANNEL_GRACE, attempt, event)
      else this.#awaitHangup(attempt, event)
    })
  }

  #awaitHangup(attempt: Attempt, event: Message): void {
    if (attempt.hangup) this.#resolve(attempt, event)
    else this.#resolveIn(attempt.created || isLocal(attempt.channel) ? HANGUP_GRACE : CHANNEL_GRACE, attempt, event)
  }

  // what is still missing may come until then
  #resolveIn(grace: number, attempt: Attempt, event: Message): void {
    const { clock } = this.#host
    clock.clearTimeout(attempt.timer)
    const left = Math.max(0, attempt.deadline - clock.elapsed())
    attempt.timer = clock.setTimeout(() => this.#resolve(attempt, event), Math.min(grace, left))
  }

  #resolve(attempt: Attempt, event: Message): void {
    if (attempt.aborted || !this.#byAction.has(attempt.actionId)) return
    this.#end(attempt)
    const reason = numberOf(event.get('Reason'))
    // next to another reason it is no news, and whether it has come by then is chance
    const cause = reason === 0 ? attempt.hangup?.cause : undefined
    const text = attempt.hangup?.text
    const success = event.get('Response') === 'Success'
    const needed = neededBy(attempt.channel)
    if (success && needed) this.#modules.works(needed)
    const { outcome, meaning } =
      success || reason !== 0
        ? byReason(success, reason, attempt.ringing)
        : (attempt.verdict ?? this.#wasAway(attempt, cause) ?? byCause(cause, text, attempt.created, attempt.booting))
    const Uniqueid = event.get('Uniqueid')
    attempt.answer.resolve({
      outcome,
      reason,
      cause: cause || undefined,
      meaning,
      Channel: event.get('Channel') ?? attempt.channel,
      // where there was no channel and no ChannelId (main/manager.c:fast_originate)
      Uniqueid: Uniqueid === undefined || Uniqueid === '<unknown>' ? attempt.channelId : Uniqueid,
      actionId: attempt.actionId,
      event: event as unknown as AmiEvent<'OriginateResponse'>,
    })
  }

  /** Returns what a failure without a cause means where the module was loaded only after the dialling. */
  #wasAway(attempt: Attempt, cause: number | undefined): Verdict | undefined {
    const needed = cause ? undefined : moduleFor(attempt)
    const wasAway = needed !== undefined && this.#modules.cameBack(needed.module, sentAt(attempt))
    return wasAway ? noDriver(needed.module) : undefined
  }

  #expired(attempt: Attempt): void {
    // the action itself is out of time as well then, and says so
    if (!this.#byAction.has(attempt.actionId) || !(attempt.accepted || attempt.aborted)) return
    this.#end(attempt)
    if (attempt.aborted) return
    attempt.answer.reject(timedOutAttempt(this.#host.source, attempt, attempt.limit))
  }

  #abort(attempt: Attempt, reason: unknown): void {
    if (attempt.aborted || !this.#byAction.has(attempt.actionId)) return
    attempt.aborted = true
    attempt.answer.reject(reason)
    const { call, given, created, hangup } = attempt
    if (!given || created || !call?.hasLeft()) call?.giveUp()
    // asked after that: what had not left never will; and a Hangup event may be of another channel
    if (!call?.hasLeft() || (hangup && given)) this.#end(attempt)
    else if (created) this.#hangUp(attempt, [])
    else if (!given) this.#hangUp(attempt, HANGUP_RETRIES)
    // the id alone may be another channel's, which a server that refuses this call for it keeps: Newchannel decides
    else if (!this.#host.hearsCalls) this.#end(attempt)
  }

  // main/manager.c:action_hangup finds a channel by its Uniqueid as well
  #hangUp(attempt: Attempt, retries: readonly number[]): void {
    const { clock } = this.#host
    const [delay, ...later] = retries
    const again = () => {
      if (!this.#byAction.has(attempt.actionId)) return
      if (delay === undefined) this.#end(attempt)
      else clock.setTimeout(() => this.#byAction.has(attempt.actionId) && this.#hangUp(attempt, later), delay)
    }
    this.#host.hangUp(attempt.channelId).then(() => this.#end(attempt), again)
  }

  /**
   * Whether an OriginateResponse names the channel too, where the server gives channels the ids that an action asks
   * for.
   */
  #names(event: Message, { channelId }: Attempt): boolean {
    const id = event.get('Uniqueid')
    return id === channelId || id === undefined || id === '<unknown>' || !this.#host.takesIds()
  }

  // until the rest is known it counts as held
  #keeps(attempt: Attempt, event: Message): boolean {
    if (hold(event)) {
      attempt.held = event
      return true
    }
    this.#end(attempt)
    attempt.answer.reject(originOf(event).intake.pastHeld('the OriginateResponse of a call'))
    return false
  }

  #end(attempt: Attempt): void {
    if (this.#byAction.get(attempt.actionId) !== attempt) return
    if (attempt.held) letGo(attempt.held)
    this.#byAction.delete(attempt.actionId)
    if (this.#byChannel.get(attempt.channelId) === attempt) this.#byChannel.delete(attempt.channelId)
    this.#host.clock.clearTimeout(attempt.timer)
    attempt.unlisten()
    if (this.size > 0 || !this.#onIdle) return
    const idle = this.#onIdle
    this.#onIdle = undefined
    idle()
  }
}

/** Returns the module that a call may have failed for: none where it had its channel, save in the dialplan. */
function moduleFor({ created, channel }: Attempt): Needed | undefined {
  return created && !isLocal(channel) ? undefined : neededBy(channel)
}

function sentAt({ call }: Attempt): number {
  return call?.sentAt() ?? 0
}
