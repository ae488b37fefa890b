import { type Peek, PLACES } from '../util/peek.ts'
import { hashOf, numberAtEnd } from '../util/slots.ts'
import type { ChangeKind, Member, Records } from './records.ts'
import { read, type Told } from './told.ts'
import { joined, revert, type Undo } from './undo.ts'

/** A record that was written since the last commit. */
export interface Touched<T> {
  readonly key: string
  /** What was there at the last commit. */
  before: T | undefined
  /** What is there now. */
  after: T | undefined
  /** What is reported as the last that was known, in place of `before`. */
  last: T | undefined
  unseen: boolean
  /** Whether it is known to differ: it was written once, by somebody who compared it. */
  differs: boolean
  /** How it was at the last commit, where it was changed in place and `before` is what is there now. */
  undo: Undo | undefined
}

const NOTHING: readonly never[] = Object.freeze([])
// an event touches few records, and a list many
const FEW = 16

/** Whether anything was written since the last commit. */
export interface Tally {
  touched: boolean
}

/** The records of one kind by their keys, and by a group where they have one. */
export class Table<T> {
  records = new Map<string, T>()
  /** What readers have: the records, or those of the last commit while a list is written in slices. */
  shown: ReadonlyMap<string, T> = this.records
  /** What was written since the last commit, in its order. */
  touched: readonly Touched<T>[] = NOTHING
  #touchedBy: Map<string, Touched<T>> | undefined
  #groups = new Map<string, Map<string, T>>()
  #groupOf: ((record: T) => string) | undefined
  #tally: Tally

  /** @param groupOf the group of a record, such as the queue of a member */
  constructor(tally: Tally, groupOf?: (record: T) => string) {
    this.#tally = tally
    this.#groupOf = groupOf
  }

  get(key: string): T | undefined {
    return this.records.get(key)
  }

  /** Returns the records of a group by their keys. */
  group(name: string): ReadonlyMap<string, T> {
    return this.#groups.get(name) ?? NONE
  }

  /** @param compared what is there, given by those who know that the record differs */
  put(key: string, record: T, compared?: T): void {
    const before = compared ?? this.get(key)
    if (before === record) return
    const differs = compared !== undefined
    this.#touch({ key, before, after: record, last: undefined, unseen: false, differs, undo: undefined })
    this.records.set(key, record)
    this.wrote(key, record, before)
    if (this.#groupOf === undefined) return
    const group = this.#groupOf(record)
    if (before !== undefined) {
      const old = this.#groupOf(before)
      if (old !== group) this.#leave(old, key)
    }
    const members = this.#groups.get(group)
    if (members === undefined) this.#groups.set(group, new Map([[key, record]]))
    else members.set(key, record)
  }

  /**
   * @param unseen whether it ended while nobody looked
   * @param last what is reported as the last that was known
   */
  remove(key: string, unseen: boolean, last?: T): void {
    const before = this.get(key)
    if (before === undefined) return
    this.#touch({ key, before, after: undefined, last, unseen, differs: true, undo: undefined })
    this.records.delete(key)
    this.wrote(key, undefined, before)
    if (this.#groupOf !== undefined) this.#leave(this.#groupOf(before), key)
  }

  /** Notes that a record was changed where it is. */
  changed(key: string, record: T, undo: Undo): void {
    const known = this.#find(key)
    if (known === undefined) {
      this.#add({ key, before: record, after: record, last: undefined, unseen: false, differs: true, undo })
      return
    }
    known.differs = false
    if (known.before === record) known.undo = joined(undo, known.undo)
  }

  /** Puts an equal record back, so that what has not changed is still the same object. */
  restore(key: string, before: T): void {
    const after = this.get(key)
    this.records.set(key, before)
    this.wrote(key, before, after)
    if (this.#groupOf !== undefined) this.#groups.get(this.#groupOf(before))?.set(key, before)
  }

  /** Notes what stands under a key from now on, and what stood there. */
  protected wrote(_key: string, _record: T | undefined, _before: T | undefined): void {}

  /** Leaves readers what was there at the last commit. */
  part(): void {
    const shown = new Map(this.records)
    for (const { key, before } of this.touched) {
      if (before === undefined) shown.delete(key)
      else shown.set(key, before)
    }
    this.shown = shown
  }

  /** Gives readers what has been written. */
  join(): void {
    this.shown = this.records
  }

  /** Forgets what was touched: all of it has been reported. */
  settle(): void {
    this.touched = NOTHING
    this.#touchedBy = undefined
  }

  #touch(touched: Touched<T>): void {
    const known = this.#find(touched.key)
    if (known !== undefined) {
      // another one takes its place, and it is what was there before
      if (known.undo !== undefined) revert(known.before as T & object, known.undo)
      known.undo = undefined
      known.after = touched.after
      known.last = touched.last
      known.unseen = touched.unseen
      known.differs = false
      return
    }
    this.#add(touched)
  }

  #add(touched: Touched<T>): void {
    this.#tally.touched = true
    // an array of its own length: one that begins empty takes room for many
    if (this.touched.length === 0) this.touched = [touched]
    else (this.touched as Touched<T>[]).push(touched)
    this.#touchedBy?.set(touched.key, touched)
  }

  #find(key: string): Touched<T> | undefined {
    const { touched } = this
    if (touched.length > FEW) {
      this.#touchedBy ??= new Map(touched.map((one) => [one.key, one]))
      return this.#touchedBy.get(key)
    }
    for (let at = 0; at < touched.length; at++) if (touched[at]?.key === key) return touched[at]
    return undefined
  }

  #leave(group: string, key: string): void {
    const members = this.#groups.get(group)
    members?.delete(key)
    if (members?.size === 0) this.#groups.delete(group)
  }
}

const LEAST_SLOTS = 64
const MOST_SLOTS = 65_536

/**
 * A table of records that have their key as `id`. With ten thousand records a map's chains and keys lie all over the
 * memory, and to wait for that takes longer than all else that an event costs. So a record is looked for in a slot first.
 * Each id has one slot, and shares it with few others: whoever makes ids up gains nothing but that the map is asked.
 */
export class IdTable<T extends { readonly id: string }> extends Table<T> {
  /**
   * Two places for each slot: a key and its record. They lie beside each other, and a processor waits for the key and the
   * record that they point to at once, and not for one behind the other.
   */
  #slots: (string | T | undefined)[] = slots(LEAST_SLOTS * 2)
  #notes = new Float64Array(LEAST_SLOTS)
  /** The slot of the id that an event had last. */
  #last = 0
  #base: number

  /** @param base of the number at the end of an id */
  constructor(tally: Tally, base: 10 | 16) {
    super(tally)
    this.#base = base
  }

  override get(key: string): T | undefined {
    const at = this.#at(numberAtEnd(key, this.#base))
    if (this.#slots[at] === key) return this.#slots[at + 1] as T
    const found = this.records.get(key)
    if (found !== undefined) this.#fill(at, found)
    return found
  }

  /** Returns the record whose id a header has. No string is made of what lies in its slot. */
  named(told: Told, header: string): T | undefined {
    const places = told[PLACES]
    const at = places === undefined ? 0 : this.slotOf(places, header)
    this.#last = at
    const key = this.#slots[at] as string | undefined
    const id = read(told, header, key)
    if (id === undefined) return undefined
    return id === key ? (this.#slots[at + 1] as T) : this.get(id)
  }

  /** Returns the slot of the id that a header has, whoever is in it. */
  slotOf(places: Peek, header: string): number {
    return this.#at(places.numberAtEnd(header, this.#base))
  }

  idIn(slot: number): string | undefined {
    return this.#slots[slot] as string | undefined
  }

  recordIn(slot: number): T | undefined {
    return this.#slots[slot + 1] as T | undefined
  }

  noteIn(slot: number): number {
    return this.#notes[slot / 2] as number
  }

  /** Returns what was noted of a record; 0 where nothing was, or where it was replaced since, or pushed out of its slot. */
  noteOf(record: T): number {
    const at = this.#placeOf(record)
    return at === -1 ? 0 : (this.#notes[at / 2] as number)
  }

  note(record: T, note: number): void {
    const at = this.#placeOf(record)
    if (at !== -1) this.#notes[at / 2] = note
  }

  /** Returns the slot that a record is in; -1 where it is in none. */
  #placeOf(record: T): number {
    // most often it is the one that was asked for last
    if (this.#slots[this.#last + 1] === record) return this.#last
    const at = this.#at(numberAtEnd(record.id, this.#base))
    return this.#slots[at] === record.id ? at : -1
  }

  protected override wrote(key: string, record: T | undefined): void {
    const { length } = this.#slots
    if (this.records.size * 4 > length && length < MOST_SLOTS * 2) {
      this.#slots = slots(length * 2)
      this.#notes = new Float64Array(length)
    }
    this.#fill(this.#at(numberAtEnd(key, this.#base)), record)
  }

  #at(number: number): number {
    return (number * 2) & (this.#slots.length - 1)
  }

  #fill(at: number, record: T | undefined): void {
    this.#slots[at] = record?.id
    this.#slots[at + 1] = record
    this.#notes[at / 2] = 0
  }
}

/**
 * Returns the key of a member. Asterisk takes queues and interfaces in any case of letters (app_queue.c:queue_hash_cb).
 */
export function memberKey(queue: string, one: string): string {
  return `${queue}/${one}`.toLowerCase()
}

// with a quarter as many, each fifth member would be looked for by a key that is made of its names
const SLOTS_OF_ONE = 16

/**
 * The members of queues. Their keys are in small letters, and an event has the names as somebody wrote them. Whoever is
 * in a slot with those very names is the member: no key is made. The names of a record never change.
 */
export class MemberTable extends Table<Member> {
  #slots: (Member | undefined)[] = slots(LEAST_SLOTS)

  constructor(tally: Tally) {
    super(tally, (member) => member.queue.toLowerCase())
  }

  /** Returns the slot of the names that an event has, whoever is in it. */
  slotOf(places: Peek): number {
    return this.#slot(places.hash('Queue'), places.hash('Interface'))
  }

  recordIn(slot: number): Member | undefined {
    return this.#slots[slot]
  }

  /** Returns the member that an event is about. */
  named(told: Told): Member | undefined {
    const places = told[PLACES]
    const slot = places === undefined ? 0 : this.slotOf(places)
    const one = this.#slots[slot]
    const queue = read(told, 'Queue', one?.queue) ?? ''
    const name = read(told, 'Interface', one?.interface) ?? ''
    if (one !== undefined && one.queue === queue && one.interface === name) return one
    const found = this.get(memberKey(queue, name))
    if (found !== undefined) this.#slots[this.#slotOf(found)] = found
    return found
  }

  protected override wrote(_key: string, record: Member | undefined, before: Member | undefined): void {
    const { length } = this.#slots
    if (this.records.size * SLOTS_OF_ONE > length && length < MOST_SLOTS) this.#slots = slots(length * 2)
    if (before !== undefined) {
      const slot = this.#slotOf(before)
      if (this.#slots[slot] === before) this.#slots[slot] = undefined
    }
    if (record !== undefined) this.#slots[this.#slotOf(record)] = record
  }

  #slotOf(one: Member): number {
    return this.#slot(hashOf(one.queue), hashOf(one.interface))
  }

  #slot(queue: number, one: number): number {
    return (queue * 31 + one) & (this.#slots.length - 1)
  }
}

function slots<T>(length: number): (T | undefined)[] {
  return new Array<T | undefined>(length).fill(undefined)
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>()

/** A table for each kind. */
export type Tables = { readonly [K in ChangeKind]: Table<Records[K]> } & {
  readonly [K in 'channel' | 'bridge' | 'call']: IdTable<Records[K]>
} & { readonly member: MemberTable }

/** Makes the tables; their order is that in which the changes of one event are reported. */
export function makeTables(tally: Tally = { touched: false }): Tables {
  return {
    channel: new IdTable<Records['channel']>(tally, 10),
    // a UUID
    bridge: new IdTable<Records['bridge']>(tally, 16),
    call: new IdTable<Records['call']>(tally, 10),
    queue: new Table<Records['queue']>(tally),
    member: new MemberTable(tally),
    caller: new Table<Records['caller']>(tally, (caller) => caller.queue.toLowerCase()),
    room: new Table<Records['room']>(tally),
    parked: new Table<Records['parked']>(tally, (call) => call.id),
    device: new Table<Records['device']>(tally),
    hint: new Table<Records['hint']>(tally),
    agent: new Table<Records['agent']>(tally, (agent) => agent.channel ?? ''),
    presence: new Table<Records['presence']>(tally),
    endpoint: new Table<Records['endpoint']>(tally),
    contact: new Table<Records['contact']>(tally),
    trunk: new Table<Records['trunk']>(tally),
    mailbox: new Table<Records['mailbox']>(tally),
  }
}
