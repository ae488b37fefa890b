import { checkChoice, checkOptions, checkSignal, checkText, got } from '../check.ts'
import { invalid, OverflowError } from '../errors.ts'
import { onAbort } from '../util/abort.ts'
import { AsyncQueue } from '../util/async-queue.ts'
import type { Clock, Timer } from '../util/clock.ts'

import { ended, targetOf } from './fold/call-parts.ts'
import { given } from './given.ts'
import type { EventTap, Model } from './model.ts'
import type { Call, Cdr, Channel } from './records.ts'
import { count, perhaps, type Told, text } from './told.ts'

/** What happens to a call, without its time. */
type What =
  | { readonly type: 'channel'; readonly channel: Channel }
  | { readonly type: 'dial'; readonly from: string | undefined; readonly to: string; readonly string: string }
  | { readonly type: 'ringing' | 'answered' | 'held' | 'resumed'; readonly channel: string }
  | { readonly type: 'dial-end'; readonly to: string; readonly status: string; readonly forward: string | undefined }
  /** `with` names the channels that were in the bridge already. */
  | {
      readonly type: 'bridged'
      readonly channel: string
      readonly bridge: string
      readonly with: readonly string[]
    }
  | { readonly type: 'unbridged'; readonly channel: string; readonly bridge: string }
  | {
      readonly type: 'queued' | 'connected' | 'abandoned' | 'left-queue'
      readonly queue: string
      readonly position: number | undefined
      readonly member: string | undefined
    }
  | { readonly type: 'parked' | 'unparked'; readonly channel: string; readonly space: string }
  | { readonly type: 'room'; readonly channel: string; readonly room: string; readonly joined: boolean }
  | {
      readonly type: 'transfer'
      readonly kind: 'blind' | 'attended'
      readonly result: string
      readonly to: string | undefined
    }
  /** The call is another one from here on. */
  | { readonly type: 'merged'; readonly into: string }
  | { readonly type: 'hangup'; readonly channel: string; readonly cause: number; readonly text: string | undefined }
  | { readonly type: 'cdr'; readonly cdr: Cdr }
  /** Events were missed for so long. */
  | { readonly type: 'gap'; readonly milliseconds: number }
  /** Nothing follows. */
  | { readonly type: 'end'; readonly call: Call }

/** One step of a call; match on `type`. */
export type Step = What & { readonly at: Date }

/** Which call is followed. */
export type Followed = { readonly channel: string } | { readonly call: string }

/** How a call is followed. */
export interface FollowOptions {
  /** Ends the loop by throwing the signal's reason. */
  signal?: AbortSignal | undefined
  /** Where it ends: with the last channel, or when its call detail records have come. @default 'hangup' */
  until?: 'hangup' | 'cdr' | undefined
}

const CAPACITY = 1_000
// the records come from a thread of their own, which may take any time (main/cdr.c)
const CDRS_WITHIN = 5_000
const NO_MORE_CDRS = 500

/** What follows a call. */
export interface Following {
  readonly model: Model
  readonly clock: Clock
  readonly source: string
  /** Does something with the model between two things that it reads. */
  inTurn(act: () => void): void
}

/** Follows one call from what is known of it to its end. */
export function follow(
  { model, clock, source, inTurn }: Following,
  what: Followed,
  options: FollowOptions,
): AsyncIterableIterator<Step> {
  checkOptions('what', what, { channel: true, call: true }, '{ channel } or { call }')
  const set = checkOptions<FollowOptions>('', options, { signal: true, until: true })
  const { signal, until = 'hangup' } = set
  checkSignal('signal', signal)
  checkChoice('until', until, ['hangup', 'cdr'])
  const follower = new Follower(model, clock, source, idsOf(what), until)
  follower.start(signal, inTurn)
  return follower.queue
}

function idsOf(what: Followed): { channel?: string; call?: string } {
  const { channel, call } = what as { channel?: unknown; call?: unknown }
  if ((channel === undefined) === (call === undefined))
    throw invalid('what', `must name a channel or a call, ${got(what)}`)
  return channel === undefined
    ? { call: checkText('what.call', call) }
    : { channel: checkText('what.channel', channel) }
}

class Follower implements EventTap {
  readonly queue: AsyncQueue<Step>
  #model: Model
  #clock: Clock
  #source: string
  #channel: string | undefined
  #id: string | undefined
  #until: 'hangup' | 'cdr'
  #unlisten: () => void = () => {}
  #missedAt: number | undefined
  /** The last that was seen of it alive. */
  #alive: Call | undefined
  #over: Call | undefined
  #timer: Timer | undefined

  constructor(
    model: Model,
    clock: Clock,
    source: string,
    { channel, call }: { channel?: string; call?: string },
    until: 'hangup' | 'cdr',
  ) {
    this.#model = model
    this.#clock = clock
    this.#source = source
    this.#channel = channel
    this.#id = call
    this.#until = until
    this.queue = new AsyncQueue(() => {
      model.taps.delete(this)
      clock.clearTimeout(this.#timer)
      this.#unlisten()
    })
  }

  start(signal: AbortSignal | undefined, inTurn: Following['inTurn']): void {
    this.#unlisten = onAbort(signal, () => this.queue.end(signal?.reason))
    if (signal?.aborted) {
      this.queue.end(signal.reason)
      return
    }
    inTurn(() => {
      this.#model.look()
      if (this.queue.ended) return
      this.#model.taps.add(this)
      this.#begin(this.#clock.now())
    })
  }

  /** Takes each event that the model reads, after it; `before` is its channel as it was. */
  heard(told: Told, before: Channel | undefined): void {
    if (this.#id === undefined) {
      this.#begin(told.receivedAt)
      return
    }
    this.#merged(told.receivedAt)
    const channel = before ?? this.#model.get('channel', told.get('Uniqueid') ?? '')
    this.#read(told, channel)
    this.#checkEnd(told.receivedAt)
  }

  missed(at: number): void {
    this.#missedAt ??= at
  }

  /** Takes each complete list. */
  listed(at: number): void {
    if (this.#id === undefined) {
      this.#begin(at)
      return
    }
    this.#merged(at)
    if (this.#missedAt !== undefined) this.#step({ type: 'gap', milliseconds: at - this.#missedAt }, at)
    this.#missedAt = undefined
    this.#checkEnd(at)
  }

  closed(): void {
    this.queue.end()
  }

  #begin(at: number): void {
    const { calls } = this.#model
    const id = this.#id ?? calls.callOf(this.#model, this.#channel ?? '')
    if (id === undefined) return
    const call = this.#model.get('call', id)
    const last = call ?? calls.lastEnded(id)
    // one that is not known yet is waited for
    if (last === undefined) return
    this.#id = id
    this.#alive = call
    for (const { channel, bridge } of call?.legs ?? []) {
      const leg = this.#model.get('channel', channel)
      if (leg !== undefined) this.#step({ type: 'channel', channel: given(leg) }, at)
      if (bridge !== undefined) this.#bridged(channel, bridge, at)
    }
    this.#checkEnd(at)
  }

  #merged(at: number): void {
    const into = this.#model.calls.idOf(this.#id ?? '')
    if (into === this.#id || this.#model.get('call', into) === undefined) return
    this.#id = into
    this.#step({ type: 'merged', into }, at)
  }

  #bridged(channel: string, bridge: string, at: number): void {
    const others = this.#model.get('bridge', bridge)?.channels.filter((one) => one !== channel) ?? []
    this.#step({ type: 'bridged', channel, bridge, with: Object.freeze(others) }, at)
  }

  #read(told: Told, before: Channel | undefined): void {
    const at = told.receivedAt
    const id = before?.id ?? ''
    switch (told.Event) {
      case 'DialBegin': {
        const to = text(told, 'DestUniqueid')
        if (!this.#isOurs(to)) return
        this.#step({ type: 'dial', from: perhaps(told, 'Uniqueid'), to, string: text(told, 'DialString') }, at)
        return
      }
      case 'DialEnd': {
        const to = text(told, 'DestUniqueid')
        const status = text(told, 'DialStatus')
        if (this.#isOurs(to)) this.#step({ type: 'dial-end', to, status, forward: perhaps(told, 'Forward') }, at)
        return
      }
      case 'ParkedCall':
      case 'UnParkedCall':
      case 'ParkedCallTimeOut':
      case 'ParkedCallGiveUp': {
        const channel = text(told, 'ParkeeUniqueid')
        const type = told.Event === 'ParkedCall' ? 'parked' : 'unparked'
        if (this.#isOurs(channel)) this.#step({ type, channel, space: text(told, 'ParkingSpace') }, at)
        return
      }
      case 'BlindTransfer':
      case 'AttendedTransfer':
        this.#transferred(told)
        return
      case 'Cdr': {
        const cdr = this.#lastCall()?.cdrs.at(-1)
        if (cdr === undefined || !this.#isOurs(told.get('UniqueID') ?? '')) return
        this.#step({ type: 'cdr', cdr }, at)
        if (this.#over !== undefined) this.#wait(NO_MORE_CDRS)
        return
      }
    }
    if (before !== undefined && this.#isOurs(id)) this.#ownEvent(told, before)
  }

  /** Takes an event of a channel that belongs to the call. */
  #ownEvent(told: Told, before: Channel): void {
    const at = told.receivedAt
    const channel = before.id
    const now = this.#model.get('channel', channel)
    const queue = text(told, 'Queue')
    const nothing = { position: undefined, member: undefined }
    switch (told.Event) {
      case 'Newchannel':
        if (now !== undefined) this.#step({ type: 'channel', channel: given(now) }, at)
        return
      case 'Newstate':
        if (now?.state === 'Ringing') this.#step({ type: 'ringing', channel }, at)
        else if (now?.state === 'Up') this.#step({ type: 'answered', channel }, at)
        return
      case 'BridgeEnter':
        this.#bridged(channel, text(told, 'BridgeUniqueid'), at)
        return
      case 'BridgeLeave':
        this.#step({ type: 'unbridged', channel, bridge: text(told, 'BridgeUniqueid') }, at)
        return
      case 'Hold':
      case 'Unhold':
        this.#step({ type: told.Event === 'Hold' ? 'held' : 'resumed', channel }, at)
        return
      case 'QueueCallerJoin':
        this.#step({ type: 'queued', queue, ...nothing, position: count(told, 'Position') }, at)
        return
      case 'QueueCallerLeave':
        this.#step({ type: 'left-queue', queue, ...nothing }, at)
        return
      case 'QueueCallerAbandon':
        this.#step({ type: 'abandoned', queue, ...nothing, position: count(told, 'Position') }, at)
        return
      case 'AgentConnect':
        this.#step({ type: 'connected', queue, ...nothing, member: perhaps(told, 'Interface') }, at)
        return
      case 'ConfbridgeJoin':
      case 'ConfbridgeLeave': {
        const room = text(told, 'Conference')
        this.#step({ type: 'room', channel, room, joined: told.Event === 'ConfbridgeJoin' }, at)
        return
      }
      case 'Hangup':
        this.#step({ type: 'hangup', channel, cause: count(told, 'Cause'), text: perhaps(told, 'Cause-txt') }, at)
    }
  }

  #transferred(told: Told): void {
    const isBlind = told.Event === 'BlindTransfer'
    const by = told.get(isBlind ? 'TransfererUniqueid' : 'OrigTransfererUniqueid') ?? ''
    if (!this.#isOurs(by)) return
    const kind = isBlind ? 'blind' : 'attended'
    this.#step(
      { type: 'transfer', kind, result: text(told, 'Result'), to: targetOf(this.#model, told) },
      told.receivedAt,
    )
  }

  #isOurs(channel: string): boolean {
    return this.#model.calls.callOf(this.#model, channel) === this.#id
  }

  #lastCall(): Call | undefined {
    const id = this.#id ?? ''
    return this.#model.get('call', id) ?? this.#model.calls.lastEnded(id)
  }

  #checkEnd(at: number): void {
    if (this.#id === undefined || this.#over !== undefined) return
    const alive = this.#model.get('call', this.#id)
    if (alive !== undefined) {
      this.#alive = alive
      return
    }
    // so many can end at once that this one is kept no more
    const call = this.#lastCall() ?? (this.#alive && ended(this.#alive, at))
    if (call === undefined) return
    this.#over = call
    if (this.#until === 'hangup') this.#end(at)
    else this.#wait(call.cdrs.length > 0 ? NO_MORE_CDRS : CDRS_WITHIN)
  }

  #wait(milliseconds: number): void {
    this.#clock.clearTimeout(this.#timer)
    this.#timer = this.#clock.setTimeout(() => this.#end(this.#clock.now()), milliseconds)
  }

  #end(at: number): void {
    const call = this.#lastCall() ?? this.#over
    if (call !== undefined) this.#step({ type: 'end', call: given(call) }, at)
    this.queue.end()
  }

  #step(what: What, at: number): void {
    if (this.queue.size < CAPACITY) {
      this.queue.push(Object.freeze({ ...what, at: new Date(at) }))
      return
    }
    const text = `${this.#source}: the loop over follow() is more than ${CAPACITY} steps behind`
    this.queue.end(new OverflowError(text, { source: this.#source, dropped: 1 }))
  }
}
