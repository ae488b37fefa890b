import { Admission } from './admission.ts'
import { ChangeLog } from './change-log.ts'
import type { Cause, Change } from './changes.ts'
import { Ended } from './ended.ts'
import { agents } from './fold/agents.ts'
import { bridges } from './fold/bridges.ts'
import { CALL_EVENTS, CallBook } from './fold/calls.ts'
import { channels } from './fold/channels.ts'
import { contacts } from './fold/contacts.ts'
import { endpoints } from './fold/endpoints.ts'
import type { Draft, Fold, Mutable, Pen } from './fold/fold.ts'
import { mailboxes } from './fold/mailboxes.ts'
import { parking } from './fold/parking.ts'
import { Places } from './fold/places.ts'
import { QueueWindows } from './fold/queue-window.ts'
import { queues, stateOf } from './fold/queues.ts'
import { rooms } from './fold/rooms.ts'
import { devices, hints, presence } from './fold/states.ts'
import { trunks } from './fold/trunks.ts'
import { type Kind, kindFacts, LISTED_KINDS, type ListedKind } from './kinds.ts'
import type { Slice, Work } from './lane.ts'
import { LookAhead } from './look-ahead.ts'
import type { ResolvedOptions } from './options.ts'
import type { ChangeKind, Channel, Records } from './records.ts'
import { Room } from './room.ts'
import { renewed } from './same.ts'
import { Store } from './store.ts'
import type { Tables } from './table.ts'
import type { Told } from './told.ts'

/** What a {@link Model} reports, and asks. */
export interface ModelHost {
  readonly source: string
  /** Whether somebody hears of any changes. */
  hears(): boolean
  /** Whether somebody hears of such changes. */
  wants(kind: ChangeKind, type: Change['type']): boolean
  /** Takes the changes of one event or list that are wanted, in their order. */
  changed(changes: readonly Change[]): void
  /** Asks for a kind, or one record of it, to be listed again: what an event said does not fit. */
  again(kind: ListedKind, key: string | undefined): void
  /** Reports that more came than a limit allows, and was left out. */
  limited(kind: ChangeKind, limit: number): void
  /** Reports that a member rests after a call, and until when. */
  rests(until: number): void
}

/** Gets what a model reads, after the model has read it. */
export interface EventTap {
  /** @param before the channel of the event as it was */
  heard(told: Told, before: Channel | undefined): void
  listed(at: number): void
  missed(at: number): void
  closed(): void
}

/** Reads events and lists into records. It has no clock, no socket and no opinion about what to list when. */
export class Model implements Pen {
  now = 0
  /** Milliseconds by which the server's clock is ahead of this machine's. */
  offset = 0
  readonly ended: Ended
  readonly hungUp: Ended
  readonly admission: Admission
  readonly room: Room
  readonly store: Store
  readonly lookAhead: LookAhead
  readonly calls: CallBook
  readonly windows = new QueueWindows()
  /** Those that follow calls. */
  readonly taps = new Set<EventTap>()
  /** The kinds that are read, but for calls. */
  readonly listed: readonly ListedKind[]
  #host: ModelHost
  #folds: ReadonlyMap<ListedKind, Fold>
  #hearing = new Map<string, { readonly reads: Fold['event'][]; readonly cause: Cause }>()
  #isList = false
  #isReading = false
  /** Whether nobody hears of what is read now, nor can ask for it later. */
  #isQuiet = false
  #wantsCalls: boolean
  #clockKnown = false
  /** Until when members rest after a call, by their keys. */
  #resting = new Map<string, number>()
  #restsUntil = Number.POSITIVE_INFINITY

  constructor(host: ModelHost, options: ResolvedOptions, mark: string) {
    this.#host = host
    this.admission = new Admission(options, (kind, limit) => host.limited(kind, limit))
    this.room = new Room(
      { weigh: () => this.#weigh(), shed: () => this.#shed(), hasRoom: () => this.admission.hasBytes() },
      options.limits.bytes,
    )
    this.ended = new Ended(options.keep.milliseconds)
    this.hungUp = new Ended(options.keep.milliseconds)
    this.calls = new CallBook(options.keep)
    const { calls } = this
    const places = new Places()
    const wantsCalls = options.kinds.has('calls')
    this.#wantsCalls = wantsCalls
    const derive = () => {
      // a list does it by itself, in slices
      if (wantsCalls && !this.#isList) calls.derive(this)
    }
    const changed = (changes: readonly Change[]) => host.changed(changes)
    const wants = (kind: ChangeKind, type: Change['type']) => host.wants(kind, type)
    const hears = () => host.hears()
    this.store = new Store({ derive, hears, wants, changed }, new ChangeLog(host.source, mark, options.limits.changes))
    this.lookAhead = new LookAhead(this.store.tables)
    // a Hangup is read by all before the channel itself goes
    const folds: readonly [ListedKind, Fold][] = [
      ['parking', parking],
      ['queues', queues],
      ['rooms', rooms],
      ['bridges', bridges(places)],
      ['channels', channels({ wanted: options.variables, places, calls })],
      ['devices', devices],
      ['hints', hints],
      ['agents', agents],
      ['presence', presence],
      ['endpoints', endpoints],
      ['contacts', contacts],
      ['trunks', trunks],
      ['mailboxes', mailboxes],
    ]
    this.#folds = new Map(folds.filter(([kind]) => options.kinds.has(kind)))
    this.listed = LISTED_KINDS.filter((kind) => this.#folds.has(kind))
    if (wantsCalls) for (const name of CALL_EVENTS) this.#hear(name, (pen, told) => calls.event(pen, told))
    if (options.kinds.has('queues')) {
      for (const name of WINDOW_EVENTS) this.#hear(name, (pen, told) => this.windows.event(pen, told))
    }
    for (const [kind, fold] of this.#folds) {
      for (const name of kindFacts(kind).events) {
        // every second event of a busy server is one
        if (name !== 'VarSet' || options.variables.size > 0) this.#hear(name, fold.event)
      }
    }
  }

  get tables(): Tables {
    return this.store.tables
  }

  /** The names of the events that it reads. */
  get names(): string[] {
    return [...this.#hearing.keys()]
  }

  /**
   * Takes a measure of the server's clock, if there is one. A difference that the measuring alone can make changes no
   * time that is known.
   */
  clockIs(offset: number | undefined): void {
    if (offset === undefined) return
    if (!this.#clockKnown || Math.abs(offset - this.offset) > CLOCK_ERROR) this.offset = offset
    this.#clockKnown = true
  }

  /** Reads an event. */
  event(told: Told): void {
    const hearing = this.#hearing.get(told.Event)
    if (hearing === undefined) return
    this.now = told.receivedAt
    const before = this.taps.size > 0 ? this.get('channel', told.get('Uniqueid') ?? '') : undefined
    this.#isReading = true
    this.#isQuiet = this.taps.size === 0 && !this.room.isFull && !this.store.isWatched
    try {
      const { reads } = hearing
      for (let at = 0; at < reads.length; at++) reads[at]?.(this, told)
      this.room.take(this.store.isTouched)
      this.store.commit(hearing.cause, this.now)
    } finally {
      this.#isQuiet = false
      this.#isReading = false
    }
    if (this.taps.size > 0) for (const tap of this.taps) tap.heard(told, before)
  }

  /** Makes what has waited for somebody to look. */
  look(): void {
    // a filter may look in the middle of an event; while a list is written none waits
    if (this.#isReading || this.calls.late.isEmpty) return
    this.calls.makeLate(this)
    this.store.commit(LOOK, this.now)
  }

  /** Holds the changes of some kinds back until they are released. */
  holdAll(kinds: readonly ChangeKind[]): void {
    this.look()
    this.store.holdAll(kinds)
  }

  /** Begins a list of a kind, or of one record of it. */
  draft(kind: ListedKind, gap: boolean, key: string | undefined, action: string): Draft {
    return (this.#folds.get(kind) as Fold).list(this, gap, key, action)
  }

  /** Takes a row of a list that has begun. */
  row(draft: Draft, told: Told): void {
    this.room.take(true)
    this.now = told.receivedAt
    draft.row(told)
  }

  /** Writes a list that is complete, beside what readers have; nothing else may be read meanwhile. */
  *done(draft: Draft, cause: Cause, at: number, slice: Slice): Work {
    this.now = at
    this.#isList = true
    this.room.drafted()
    yield* this.store.aside(this.#write(draft, slice))
    this.store.commit(cause, at)
    this.#isList = false
    if ('list' in cause && cause.list === 'QueueStatus') {
      this.windows.hears(at)
      this.windows.keep(this.tables.queue.records)
    }
    for (const tap of this.taps) tap.listed(at)
  }

  *#write(draft: Draft, slice: Slice): Work {
    yield* draft.done(slice) ?? []
    if (this.#wantsCalls) yield* this.calls.deriveList(this, slice)
  }

  /** Notes that events were missed. */
  gap(at: number): void {
    this.look()
    this.now = at
    this.ended.clear()
    this.hungUp.clear()
    this.windows.gap()
    this.calls.gap(this)
    this.store.commit(GAP, at)
    for (const tap of this.taps) tap.missed(at)
  }

  /** Notes that time has passed: members that have rested are ready. */
  rested(at: number): void {
    this.now = at
    this.#restsUntil = Number.POSITIVE_INFINITY
    for (const [key, until] of [...this.#resting]) {
      if (until > at) {
        this.#wakeAt(until)
        continue
      }
      this.#resting.delete(key)
      const member = this.get('member', key)
      if (member !== undefined) this.put('member', key, renewed(member, { ...member, state: stateOf(member, at) }))
    }
    this.store.commit(WRAP_UP, at)
  }

  get<K extends ChangeKind>(kind: K, key: string): Records[K] | undefined {
    return this.store.get(kind, key)
  }

  put<K extends ChangeKind>(kind: K, key: string, record: Records[K], compared?: Records[K]): void {
    const { records } = this.tables[kind]
    const isNew = compared === undefined && !records.has(key)
    if (isNew && !this.admission.takes(kind, key, record, records.size)) return
    if (this.room.isFull && !this.room.takes(kind, records.get(key), record)) {
      this.admission.tooMuch(kind)
      return
    }
    this.store.put(kind, key, record, compared)
    if (kind === 'member') this.#rests(key, record as Records['member'])
  }

  own<K extends ChangeKind>(kind: K, record: Records[K]): Mutable<Records[K]> | undefined {
    const isOurs = !this.#isList && !this.room.isFull && this.taps.size === 0 && this.store.isUnheard(kind)
    return isOurs && !Object.isFrozen(record) ? record : undefined
  }

  quiet<K extends ChangeKind>(_kind: K, record: Records[K]): Mutable<Records[K]> | undefined {
    return this.#isQuiet && !Object.isFrozen(record) ? record : undefined
  }

  wrote(): void {
    this.store.log.pass()
  }

  makeLate(channel: Channel, answers: boolean, isBridged = false): boolean {
    return !this.#wantsCalls || this.calls.late.add(this.tables, channel, answers, isBridged)
  }

  remove(kind: ChangeKind, key: string, unseen = false): void {
    if (kind === 'member') this.#resting.delete(key)
    this.room.gone(kind, this.get(kind, key))
    this.store.remove(kind, key, unseen)
  }

  ours(seconds: number, before?: Date): Date {
    const moment = seconds * 1_000 - this.offset
    return before?.getTime() === moment ? before : new Date(moment)
  }

  again(kind: ListedKind, key?: string): void {
    this.#host.again(kind, key)
  }

  #weigh(): number {
    return this.store.weigh() + this.calls.weight + this.windows.weight
  }

  #shed(): void {
    this.store.log.forget()
    this.calls.forget()
    this.windows.forget(this.now)
  }

  #rests(key: string, { state, lastCallAt, wrapUpTime }: Records['member']): void {
    if (state !== 'wrap-up' || lastCallAt === undefined) {
      if (this.#resting.size > 0) this.#resting.delete(key)
      return
    }
    const until = lastCallAt.getTime() + wrapUpTime * 1_000
    this.#resting.set(key, until)
    this.#wakeAt(until)
  }

  #wakeAt(moment: number): void {
    if (moment >= this.#restsUntil) return
    this.#restsUntil = moment
    this.#host.rests(moment)
  }

  #hear(name: string, event: Fold['event']): void {
    const hearing = this.#hearing.get(name)
    if (hearing === undefined) this.#hearing.set(name, { reads: [event], cause: Object.freeze({ event: name }) })
    else hearing.reads.push(event)
  }
}

const LOOK: Cause = Object.freeze({ derived: 'look' })
const GAP: Cause = Object.freeze({ derived: 'gap' })
const WRAP_UP: Cause = Object.freeze({ derived: 'wrap-up' })
// a server's times are in seconds, without a fraction
const CLOCK_ERROR = 1_000
const WINDOW_EVENTS = ['QueueCallerJoin', 'QueueCallerLeave', 'QueueCallerAbandon', 'AgentConnect', 'AgentComplete']

/** Returns the lists that a kind is made from. */
export function listsOf(kind: Kind): readonly ListedKind[] {
  return kind === 'calls' ? ['channels', 'bridges'] : [kind]
}
