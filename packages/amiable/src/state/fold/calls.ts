import type { Call, CallParty, CallQueue, Cdr, Channel, Leg, Transfer } from '../records.ts'
import { isSame, renewed } from '../same.ts'
import { count, perhaps, type Told, text } from '../told.ts'
import { alter } from './channels.ts'
import type { Pen } from './fold.ts'

const NONE: readonly never[] = Object.freeze([])
// how many calls that became one are remembered
const MOST_MERGED = 64

/** The events beside those of channels and bridges that say something of calls. */
export const CALL_EVENTS = ['Hangup', 'AttendedTransfer', 'BlindTransfer', 'AgentConnect', 'Cdr'] as const

/** How many ended calls are kept, and for how long. */
export interface Keep {
  readonly calls: number
  readonly milliseconds: number
}

/** Calls are no objects of Asterisk: they are made from the channels of one Linkedid. */
export class CallBook {
  #ended: Call[] = []
  /** Calls that are another one now, by the id under which channels may still come. */
  #merged = new Map<string, string>()
  /** The rooms that channels are in. */
  #rooms = new Map<string, number>()
  /** The key of the caller that a channel is, where it waits in a queue. */
  #waiting = new Map<string, string>()
  /** The call that a channel was in, for a Cdr that comes behind its Hangup. */
  #past = new Map<string, string>()
  #keep: Keep

  constructor(keep: Keep) {
    this.#keep = keep
  }

  /** Returns the last calls that ended, the oldest first. */
  ended(now: number): readonly Call[] {
    const since = now - this.#keep.milliseconds
    return this.#ended.slice(-this.#keep.calls).filter(({ endedAt }) => (endedAt?.getTime() ?? 0) > since)
  }

  /** Returns the newest call of this id that has ended: an id can come again. */
  lastEnded(id: string): Call | undefined {
    return this.#ended.findLast((one) => one.id === id)
  }

  /** Returns the id of the call that channels of this Linkedid belong to. */
  idOf(linkedid: string): string {
    return this.#merged.get(linkedid) ?? linkedid
  }

  /** Returns the call that a channel is in, or was in. */
  callOf(pen: Pen, channel: string): string | undefined {
    const call = pen.get('channel', channel)?.call ?? this.#past.get(channel)
    return call === undefined ? undefined : this.idOf(call)
  }

  /** Notes that a channel begins a call of its own: the call that had its id before is over. */
  begins(id: string): void {
    if (this.#merged.size > 0) this.#merged.delete(id)
  }

  event(pen: Pen, told: Told): void {
    switch (told.Event) {
      case 'Hangup': {
        const id = text(told, 'Uniqueid')
        const channel = pen.get('channel', id)
        if (channel === undefined) return
        this.#remember(id, channel.call)
        this.#with(pen, channel.call, {
          cause: count(told, 'Cause'),
          causeText: perhaps(told, 'Cause-txt', pen.get('call', channel.call)?.causeText),
        })
        return
      }
      case 'AttendedTransfer':
        this.#transfer(
          pen,
          told,
          'attended',
          told.get('OrigTransfererUniqueid'),
          perhaps(told, 'TransferTargetChannel'),
        )
        return
      case 'BlindTransfer':
        this.#transfer(pen, told, 'blind', told.get('TransfererUniqueid'), perhaps(told, 'Extension'))
        return
      case 'AgentConnect': {
        const call = this.#callOf(pen, told.get('Uniqueid'))
        const queue = call?.queue
        if (call === undefined || queue === undefined) return
        const member = perhaps(told, 'Interface')
        this.#with(pen, call.id, { queue: Object.freeze({ ...queue, member, connectedAt: new Date(pen.now) }) })
        return
      }
      case 'Cdr':
        this.#cdr(pen, told)
    }
  }

  /** Notes that events were missed: no call that lives is complete any more. */
  gap(pen: Pen): void {
    for (const id of [...pen.tables.call.records.keys()]) this.#with(pen, id, { complete: false })
  }

  /**
   * Makes the calls again whose channels, callers, parked calls or conferences were touched.
   * @param isList whether a list says it: what it finds has a past that nobody knows
   */
  derive(pen: Pen, isList: boolean): void {
    const { channel, caller, parked, room } = pen.tables
    if (channel.touched.size + caller.touched.size + parked.touched.size + room.touched.size === 0) return
    const dirty = new Set<string>()
    for (const [id, { before }] of [...channel.touched]) {
      const after = channel.get(id)
      if (before !== undefined && after !== undefined && isSameLeg(before, after)) continue
      if (before !== undefined) dirty.add(before.call)
      if (after !== undefined) dirty.add(after.call)
      if (before !== undefined && after !== undefined && before.call !== after.call) this.#merge(pen, before, after)
    }
    const ofChannel = (id: string) => {
      const call = channel.get(id)?.call
      if (call !== undefined) dirty.add(call)
    }
    for (const [key, { before }] of caller.touched) {
      const after = caller.get(key)
      if (after !== undefined) this.#waiting.set(after.id, key)
      else if (before !== undefined && this.#waiting.get(before.id) === key) this.#waiting.delete(before.id)
      ofChannel((after ?? before)?.id ?? '')
    }
    for (const [key, { before }] of parked.touched) {
      ofChannel(parked.get(key)?.id ?? '')
      ofChannel(before?.id ?? '')
    }
    for (const [key, { before }] of room.touched) this.#roomTouched(before?.parties, room.get(key)?.parties, ofChannel)
    for (const id of dirty) this.#make(pen, id, isList)
  }

  #roomTouched(
    before: readonly { readonly id: string }[] = NONE,
    after: readonly { readonly id: string }[] = NONE,
    dirty: (channel: string) => void,
  ): void {
    const move = (id: string, by: number) => {
      const rooms = (this.#rooms.get(id) ?? 0) + by
      if (rooms > 0) this.#rooms.set(id, rooms)
      else this.#rooms.delete(id)
      dirty(id)
    }
    const was = new Set(before.map(({ id }) => id))
    const is = new Set(after.map(({ id }) => id))
    for (const id of is) if (!was.has(id)) move(id, 1)
    for (const id of was) if (!is.has(id)) move(id, -1)
  }

  // the older Linkedid wins for all channels of a bridge, and each of them says so with its next event only
  #merge(pen: Pen, before: Channel, after: Channel): void {
    const from = before.call
    const into = after.call
    const call = pen.get('call', from)
    this.#merged.set(from, into)
    for (const other of [...pen.tables.channel.group(from).keys()]) alter(pen, other, { call: into })
    const all = new Set([...(pen.get('call', into)?.merged ?? NONE), from, ...(call?.merged ?? NONE)])
    for (const one of call?.merged ?? NONE) this.#merged.set(one, into)
    const merged = [...all].slice(-MOST_MERGED)
    for (const one of [...all].slice(0, -MOST_MERGED)) this.#merged.delete(one)
    this.#make(pen, into, false)
    this.#with(pen, into, {
      merged: Object.freeze(merged),
      queue: pen.get('call', into)?.queue ?? call?.queue,
    })
    pen.remove('call', from)
  }

  #make(pen: Pen, id: string, isList: boolean): void {
    const legs = [...pen.tables.channel.group(id).values()]
    const before = pen.get('call', id)
    if (legs.length === 0) {
      if (before !== undefined) this.#end(pen, before, isList)
      return
    }
    const queue = this.#queueOf(pen, legs, before?.queue)
    const phase = this.#phaseOf(pen, legs)
    const talks = phase === 'up' || phase === 'held' || phase === 'conference'
    let started = before?.startedAt.getTime() ?? pen.now
    for (const { createdAt } of legs) started = Math.min(started, createdAt.getTime())
    pen.put(
      'call',
      id,
      renewed<Call>(before, {
        id,
        phase,
        legs: legsOf(legs, before?.legs),
        parties: partiesOf(legs, before?.parties),
        startedAt: before?.startedAt.getTime() === started ? before.startedAt : new Date(started),
        answeredAt: before?.answeredAt ?? (talks && !isList ? new Date(pen.now) : undefined),
        endedAt: undefined,
        cause: before?.cause,
        causeText: before?.causeText,
        queue,
        merged: before?.merged ?? NONE,
        transfers: before?.transfers ?? NONE,
        cdrs: before?.cdrs ?? NONE,
        complete: before?.complete ?? !isList,
      }),
    )
  }

  #phaseOf(pen: Pen, legs: readonly Channel[]): Call['phase'] {
    const some = (test: (leg: Channel) => boolean) => legs.some(test)
    if (pen.tables.parked.records.size > 0 && some(({ id }) => pen.tables.parked.group(id).size > 0)) return 'parked'
    if (this.#rooms.size > 0 && some(({ id }) => this.#rooms.has(id))) return 'conference'
    if (this.#waiting.size > 0 && some(({ id }) => this.#waiting.has(id))) return 'queued'
    const held = () => (some(({ held }) => held === true) ? 'held' : 'up')
    if (some(({ bridge }) => bridge !== undefined)) return held()
    if (some(({ state }) => state === 'Ringing')) return 'ringing'
    if (some(({ dialing }) => dialing.length > 0)) return 'dialing'
    return some(({ state }) => state === 'Up') ? held() : 'dialing'
  }

  #queueOf(pen: Pen, legs: readonly Channel[], before: CallQueue | undefined): CallQueue | undefined {
    const waits = this.#waiting.size === 0 ? undefined : legs.find(({ id }) => this.#waiting.has(id))
    const caller = waits && pen.get('caller', this.#waiting.get(waits.id) ?? '')
    if (caller !== undefined) {
      const { queue: name, position, joinedAt } = caller
      return renewed(before, { name, position, joinedAt, member: undefined, connectedAt: undefined })
    }
    return before?.position === undefined ? before : Object.freeze({ ...before, position: undefined })
  }

  #end(pen: Pen, call: Call, unseen: boolean): void {
    const last = ended(call, pen.now)
    pen.tables.call.remove(call.id, unseen, last)
    for (const one of call.merged) this.#merged.delete(one)
    this.#ended.push(last)
    if (this.#ended.length > this.#keep.calls * 2) this.#ended = this.#ended.slice(-this.#keep.calls)
  }

  #with(pen: Pen, id: string, fields: Partial<Call>): void {
    const before = pen.get('call', id)
    if (before !== undefined) pen.put('call', id, renewed(before, { ...before, ...fields }))
  }

  #callOf(pen: Pen, channel: string | undefined): Call | undefined {
    const call = channel === undefined ? undefined : pen.get('channel', channel)?.call
    return call === undefined ? undefined : pen.get('call', call)
  }

  #transfer(pen: Pen, told: Told, kind: Transfer['kind'], by: string | undefined, to: string | undefined): void {
    const call = this.#callOf(pen, by)
    if (call === undefined) return
    const transfer: Transfer = { kind, result: text(told, 'Result'), to, at: new Date(pen.now) }
    this.#with(pen, call.id, { transfers: Object.freeze([...call.transfers, Object.freeze(transfer)].slice(-32)) })
  }

  #cdr(pen: Pen, told: Told): void {
    const channel = told.get('UniqueID') ?? ''
    const id = pen.get('channel', channel)?.call ?? this.#past.get(channel)
    if (id === undefined) return
    const cdr: Cdr = Object.freeze({
      channel: text(told, 'Channel'),
      destination: text(told, 'Destination'),
      disposition: text(told, 'Disposition'),
      duration: count(told, 'Duration'),
      billable: count(told, 'BillableSeconds'),
    })
    const call = pen.get('call', id)
    if (call !== undefined) this.#with(pen, id, { cdrs: withCdr(call, cdr) })
    else {
      const at = this.#ended.findLastIndex((one) => one.id === id)
      const last = this.#ended[at]
      if (last !== undefined) this.#ended[at] = Object.freeze({ ...last, cdrs: withCdr(last, cdr) })
    }
  }

  #remember(channel: string, call: string): void {
    this.#past.delete(channel)
    this.#past.set(channel, call)
    if (this.#past.size <= this.#keep.calls * 4) return
    const [oldest] = this.#past.keys()
    if (oldest !== undefined) this.#past.delete(oldest)
  }
}

/** Whether nothing of a channel has changed that a call is made from. */
function isSameLeg(one: Channel, other: Channel): boolean {
  return (
    one.state === other.state &&
    one.bridge === other.bridge &&
    one.held === other.held &&
    one.dialing === other.dialing &&
    one.caller === other.caller &&
    one.call === other.call &&
    one.name === other.name &&
    one.createdAt === other.createdAt
  )
}

/** Returns a call as it is when it is over. */
export function ended(call: Call, at: number): Call {
  return Object.freeze({ ...call, phase: 'ended', endedAt: new Date(at), legs: NONE })
}

function withCdr(call: Call, cdr: Cdr): readonly Cdr[] {
  return Object.freeze([...call.cdrs, cdr].slice(-64))
}

function legsOf(channels: readonly Channel[], before: readonly Leg[] = NONE): readonly Leg[] {
  const legs = channels.map(({ id, name, state, bridge }, at) =>
    renewed(before[at], { channel: id, name, state, bridge }),
  )
  return isSame(legs, before) ? before : Object.freeze(legs)
}

// the two halves of a Local channel are a hop between others: they are parties only where nobody else is
function partiesOf(channels: readonly Channel[], before: readonly CallParty[] = NONE): readonly CallParty[] {
  const others = channels.filter(({ technology }) => technology !== 'Local')
  const parties = (others.length > 0 ? others : channels.filter(({ name }) => !name.endsWith(';2'))).map(
    ({ id, caller }, at) => renewed<CallParty>(before[at], { channel: id, number: caller.number, name: caller.name }),
  )
  return isSame(parties, before) ? before : Object.freeze(parties)
}
