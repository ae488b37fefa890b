import { atOnce, type Slice, type Work } from '../lane.ts'
import type { Call, CallQueue, Channel, Leg, Transfer } from '../records.ts'
import { renewed } from '../same.ts'
import { count, perhaps, read, type Told, text } from '../told.ts'
import { weightOf } from '../weight.ts'
import {
  cdrFrom,
  channelsOf,
  Dirty,
  ended,
  isAnswerSeen,
  isSameLeg,
  isSameParty,
  type Keep,
  legOf,
  legsOf,
  movesOf,
  type Parts,
  partiesOf,
  partyOf,
  phaseOf,
  placeOf,
  queueFrom,
  replacedAt,
  rewrite,
  startOf,
  targetOf,
  undoOf,
  withCdr,
} from './call-parts.ts'
import { alter } from './channel-record.ts'
import type { Pen } from './fold.ts'
import { LateCalls, talks } from './late-calls.ts'

const NONE: readonly never[] = Object.freeze([])
// how many calls that became one are remembered
const MOST_MERGED = 64

/** The events beside those of channels and bridges that say something of calls. */
export const CALL_EVENTS = ['Hangup', 'AttendedTransfer', 'BlindTransfer', 'AgentConnect', 'Cdr'] as const

/** Calls are no objects of Asterisk: they are made from the channels of one Linkedid. */
export class CallBook {
  readonly late = new LateCalls()
  #ended: Call[] = []
  /** Those that what is read now has ended. */
  #ending: Call[] = []
  /** Calls that are another one now, by the id under which channels may still come. */
  #merged = new Map<string, string>()
  /** The rooms that channels are in. */
  #rooms = new Map<string, number>()
  /** Channels that are on hold or dial others. */
  #heldOrDialing = new Set<string>()
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

  /** How many bytes the ended calls take. */
  get weight(): number {
    return this.#ended.reduce((sum, call) => sum + weightOf('call', call), 0)
  }

  /** Forgets the ended calls. */
  forget(): void {
    this.#ended = []
    this.#past.clear()
  }

  /** Returns the newest call of this id that has ended: an id can come again. */
  lastEnded(id: string): Call | undefined {
    return this.#ended.findLast((one) => one.id === id)
  }

  /** Returns the id of the call that channels of this Linkedid belong to. */
  idOf(linkedid: string): string {
    return this.#merged.size === 0 ? linkedid : (this.#merged.get(linkedid) ?? linkedid)
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
        const channel = pen.get('channel', read(told, 'Uniqueid') ?? '')
        if (channel === undefined) return
        this.#remember(channel.id, channel.call)
        // of a call that ends, its parties stay
        this.makeNow(pen, channel.call)
        const causeText = pen.get('call', channel.call)?.causeText
        this.#with(pen, channel.call, { cause: count(told, 'Cause'), causeText: perhaps(told, 'Cause-txt', causeText) })
        return
      }
      case 'AttendedTransfer':
        this.#transfer(pen, told, 'attended', told.get('OrigTransfererUniqueid'))
        return
      case 'BlindTransfer':
        this.#transfer(pen, told, 'blind', told.get('TransfererUniqueid'))
        return
      case 'AgentConnect': {
        const call = this.#callOf(pen, told.get('Uniqueid'))
        if (call?.queue === undefined) return
        const member = perhaps(told, 'Interface')
        this.#with(pen, call.id, { queue: Object.freeze({ ...call.queue, member, connectedAt: new Date(pen.now) }) })
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

  /** Makes the calls again whose channels, callers, parked calls or conferences were touched. */
  derive(pen: Pen): void {
    if (this.#isSimple(pen, false)) return
    atOnce((slice) => this.#all(pen, false, slice))
  }

  /** Makes a call that waits for somebody to look: what it is made from is another thing from now on. */
  makeNow(pen: Pen, id: string): void {
    if (this.late.has(id)) this.#make(pen, id, NONE, false)
  }

  /** Makes those that wait for somebody to look. */
  makeLate(pen: Pen): void {
    for (const id of this.late.ids()) this.#make(pen, id, NONE, false)
  }

  /** Does the same where a list says it: what it finds has a past that nobody knows. */
  *deriveList(pen: Pen, slice: Slice): Work {
    if (!this.#isSimple(pen, true)) yield* this.#all(pen, true, slice)
  }

  *#all(pen: Pen, isList: boolean, slice: Slice): Work {
    const { channel, caller, parked, room } = pen.tables
    const dirty = new Dirty()
    const merges: { readonly from: string; readonly into: string }[] = []
    for (const { key, before, after, undo } of channel.touched) {
      if (slice.over) yield
      this.#note(key, after)
      if (before && after && isSameLeg(before, after, undo) && isSameParty(before, after, undo)) continue
      if (before !== undefined) dirty.add(before.call)
      if (after === undefined || before?.call === after.call) continue
      dirty.joins(after.call, key)
      if (before !== undefined) merges.push({ from: before.call, into: after.call })
    }
    const ofChannel = (id: string) => {
      const call = channel.get(id)?.call
      if (call !== undefined) dirty.add(call)
    }
    for (const { key, before, after } of caller.touched) {
      const id = (after ?? before)?.id ?? ''
      if (after !== undefined) this.#waiting.set(id, key)
      else if (this.#waiting.get(id) === key) {
        this.#waiting.delete(id)
        // a list can show it in the next queue before the event says that it left this one
        for (const [other, one] of caller.records) if (one.id === id) this.#waiting.set(id, other)
      }
      ofChannel(id)
    }
    for (const { before, after } of parked.touched) {
      ofChannel(after?.id ?? '')
      ofChannel(before?.id ?? '')
    }
    for (const { before, after } of room.touched) {
      for (const [id, by] of movesOf(before?.parties, after?.parties)) {
        const rooms = (this.#rooms.get(id) ?? 0) + by
        if (rooms > 0) this.#rooms.set(id, rooms)
        else this.#rooms.delete(id)
        ofChannel(id)
      }
    }
    for (const { from, into } of merges) this.#merge(pen, from, into, dirty, isList)
    // those that may end go first: there are never more calls than channels
    const ends = ([, joined]: readonly [string, readonly string[]]) => joined.length === 0
    const again = [...dirty.calls]
    for (const [id, joined] of [...again.filter(ends), ...again.filter((one) => !ends(one))]) {
      if (slice.over) yield
      this.#make(pen, id, joined, isList)
    }
    this.#ended.push(...this.#ending.splice(0))
    if (this.#ended.length > this.#keep.calls * 2) this.#ended = this.#ended.slice(-this.#keep.calls)
  }

  /**
   * Writes the call of one channel that changed, where its legs say all that its other channels say, as for most events.
   * @returns false where there is more to do
   */
  #isSimple(pen: Pen, isList: boolean): boolean {
    const { channel, caller, parked, room } = pen.tables
    const touched = channel.touched.length + caller.touched.length + parked.touched.length + room.touched.length
    if (touched === 0) return true
    const { key, before, after, undo } = channel.touched[0] ?? {}
    if (touched > 1 || key === undefined || before === undefined || after === undefined) return false
    this.#note(key, after)
    const isSame = isSameLeg(before, after, undo)
    const speaksFor = isSameParty(before, after, undo)
    if (isSame && speaksFor) return true
    if (before.call !== after.call || before.name !== after.name || before.createdAt !== after.createdAt) return false
    // its other legs can be older than its channels
    if (this.late.has(after.call)) return false
    const call = pen.tables.call.get(after.call)
    if (call === undefined || call.legs.length !== call.parties.length) return false
    if (call.queue?.position !== undefined || !this.#arePlain(pen, call.legs)) return false
    // what has not changed is not looked at: the calls do not fit into the caches of a processor
    const at = placeOf(isSame ? call.parties : call.legs, key)
    if (at === -1) return false
    const legs = isSame ? call.legs : replacedAt(call.legs, at, legOf(after, call.legs[at]))
    const parties = speaksFor ? call.parties : replacedAt(call.parties, at, partyOf(after, call.parties[at]))
    const phase = isSame ? call.phase : phaseOf(legs, false, false)
    const { startedAt, queue } = call
    this.#write(pen, after.call, call, { phase, legs, parties, startedAt, queue }, isList)
    return true
  }

  #note(id: string, channel: Channel | undefined): void {
    if (channel !== undefined && (channel.held === true || channel.dialing.length > 0)) this.#heldOrDialing.add(id)
    else if (this.#heldOrDialing.size > 0) this.#heldOrDialing.delete(id)
  }

  /** Whether channels are nothing that their legs do not say. */
  #arePlain({ tables: { parked } }: Pen, legs: readonly Leg[]): boolean {
    if (this.#heldOrDialing.size + this.#waiting.size + this.#rooms.size + parked.records.size === 0) return true
    for (const { channel: id } of legs) {
      if (this.#heldOrDialing.has(id) || this.#waiting.has(id)) return false
      if (this.#rooms.has(id) || parked.group(id).size > 0) return false
    }
    return true
  }

  // the older Linkedid wins for all channels of a bridge, and each of them says so with its next event only
  #merge(pen: Pen, from: string, into: string, dirty: Dirty, isList: boolean): void {
    const call = pen.get('call', from)
    this.#merged.set(from, into)
    const others = [...(call?.legs ?? NONE).map(({ channel }) => channel), ...dirty.take(from)]
    for (const other of others) {
      if (pen.get('channel', other)?.call !== from) continue
      alter(pen, other, { call: into })
      dirty.joins(into, other)
    }
    const all = new Set([...(pen.get('call', into)?.merged ?? NONE), from, ...(call?.merged ?? NONE)])
    for (const one of call?.merged ?? NONE) this.#merged.set(one, into)
    const merged = [...all].slice(-MOST_MERGED)
    for (const one of [...all].slice(0, -MOST_MERGED)) this.#merged.delete(one)
    pen.remove('call', from)
    this.#make(pen, into, dirty.take(into), isList)
    this.#with(pen, into, {
      merged: Object.freeze(merged),
      queue: pen.get('call', into)?.queue ?? call?.queue,
    })
  }

  /** @param joined the channels that are in it and may not have been */
  #make(pen: Pen, id: string, joined: readonly string[], isList: boolean): void {
    this.late.delete(id)
    const before = pen.get('call', id)
    const channels = channelsOf(pen, id, before, joined)
    if (channels.length === 0) {
      if (before !== undefined) this.#end(pen, before, isList)
      return
    }
    const parts = {
      phase: this.#phaseOf(pen, channels),
      legs: legsOf(channels, before?.legs),
      parties: partiesOf(channels, before?.parties),
      startedAt: startOf(channels, before?.startedAt),
      queue: this.#queueOf(pen, channels, before?.queue),
    }
    this.#write(pen, id, before, parts, isList)
  }

  #write(pen: Pen, id: string, before: Call | undefined, parts: Parts, isList: boolean): void {
    const { phase, legs, parties, startedAt, queue } = parts
    const answers = !isList && talks(phase) && !talks(before?.phase)
    const answeredAt = before?.answeredAt ?? (answers && isAnswerSeen(pen, legs) ? new Date(pen.now) : undefined)
    if (before !== undefined) {
      const undo = undoOf(before, parts, answeredAt)
      if (undo === undefined) return
      const own = pen.own('call', before)
      if (own !== undefined) {
        rewrite(own, parts, answeredAt)
        pen.tables.call.changed(id, own, undo)
        return
      }
    }
    const call: Call = {
      id,
      phase,
      legs,
      parties,
      startedAt,
      answeredAt,
      endedAt: undefined,
      cause: before?.cause,
      causeText: before?.causeText,
      queue,
      merged: before?.merged ?? NONE,
      transfers: before?.transfers ?? NONE,
      cdrs: before?.cdrs ?? NONE,
      complete: before?.complete ?? !isList,
    }
    pen.put('call', id, call, before)
  }

  #phaseOf(pen: Pen, channels: readonly Channel[]): Call['phase'] {
    const { parked } = pen.tables
    if (parked.records.size > 0 && channels.some(({ id }) => parked.group(id).size > 0)) return 'parked'
    if (this.#rooms.size > 0 && channels.some(({ id }) => this.#rooms.has(id))) return 'conference'
    if (this.#waiting.size > 0 && channels.some(({ id }) => this.#waiting.has(id))) return 'queued'
    const isHeld = channels.some(({ held }) => held === true)
    const dials = channels.some(({ dialing }) => dialing.length > 0)
    return phaseOf(channels, isHeld, dials)
  }

  #queueOf(pen: Pen, legs: readonly Channel[], before: CallQueue | undefined): CallQueue | undefined {
    const waits = this.#waiting.size === 0 ? undefined : legs.find(({ id }) => this.#waiting.has(id))
    return queueFrom(waits && pen.get('caller', this.#waiting.get(waits.id) ?? ''), before)
  }

  #end(pen: Pen, call: Call, unseen: boolean): void {
    const last = ended(call, pen.now)
    pen.tables.call.remove(call.id, unseen, last)
    for (const one of call.merged) this.#merged.delete(one)
    this.#ending.push(last)
  }

  #with(pen: Pen, id: string, fields: Partial<Call>): void {
    const before = pen.get('call', id)
    if (before !== undefined) pen.put('call', id, renewed(before, { ...before, ...fields }))
  }

  #callOf(pen: Pen, channel: string | undefined): Call | undefined {
    const call = channel === undefined ? undefined : pen.get('channel', channel)?.call
    return call === undefined ? undefined : pen.get('call', call)
  }

  #transfer(pen: Pen, told: Told, kind: Transfer['kind'], by: string | undefined): void {
    const transfer: Transfer = { kind, result: text(told, 'Result'), to: targetOf(pen, told), at: new Date(pen.now) }
    this.#add(pen, by, ({ transfers }) => ({
      transfers: Object.freeze([...transfers, Object.freeze(transfer)].slice(-32)),
    }))
  }

  #cdr(pen: Pen, told: Told): void {
    const cdr = cdrFrom(told)
    this.#add(pen, told.get('UniqueID'), (call) => ({ cdrs: withCdr(call, cdr) }))
  }

  /** Adds what is reported of a channel, which may be gone, to its call, which may have ended. */
  #add(pen: Pen, channel: string | undefined, change: (call: Call) => Partial<Call>): void {
    const id = this.callOf(pen, channel ?? '')
    const call = id === undefined ? undefined : pen.get('call', id)
    if (call !== undefined) {
      this.#with(pen, call.id, change(call))
      return
    }
    const at = this.#ended.findLastIndex((one) => one.id === id)
    const last = this.#ended[at]
    if (last !== undefined) this.#ended[at] = Object.freeze({ ...last, ...change(last) })
  }

  #remember(channel: string, call: string): void {
    this.#past.delete(channel)
    this.#past.set(channel, call)
    if (this.#past.size <= this.#keep.calls * 4) return
    const [oldest] = this.#past.keys()
    if (oldest !== undefined) this.#past.delete(oldest)
  }
}
