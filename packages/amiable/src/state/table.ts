import type { ChangeKind, Records } from './records.ts'
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
    this.wrote(key, record)
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
    this.wrote(key, undefined)
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
    this.records.set(key, before)
    this.wrote(key, before)
    if (this.#groupOf !== undefined) this.#groups.get(this.#groupOf(before))?.set(key, before)
  }

  /** Notes what stands under a key from now on. */
  protected wrote(_key: string, _record: T | undefined): void {}

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
// the end of an id is what differs: a number that counts, or digits that are random
const MOST_WORTH = 100_000
const ZERO = 48
const SMALL_A = 97

/**
 * A table of records that have their key as `id`. With ten thousand records a map's chains and keys lie all over the
 * memory, and to wait for that takes longer than all else that an event costs. So a record is looked for in a slot first.
 * Each id has one slot, and shares it with few others: whoever makes ids up gains nothing but that the map is asked.
 */
export class IdTable<T extends { readonly id: string }> extends Table<T> {
  #slots: (T | undefined)[] = slots(LEAST_SLOTS, undefined)
  /** The keys of what lies in the slots: a processor waits for a key and its record at once, and not for one behind the other. */
  #keys: string[] = slots(LEAST_SLOTS, '')
  #notes = new Float64Array(LEAST_SLOTS)
  #base: number

  /** @param base of the number at the end of an id */
  constructor(tally: Tally, base: 10 | 16) {
    super(tally)
    this.#base = base
  }

  override get(key: string): T | undefined {
    const slot = slotOf(key, this.#base) & (this.#slots.length - 1)
    const one = this.#slots[slot]
    if (this.#keys[slot] === key && one !== undefined) return one
    const found = this.records.get(key)
    if (found !== undefined) this.#fill(slot, found)
    return found
  }

  /** Returns what was noted of a record; 0 where nothing was, or where it was replaced since, or pushed out of its slot. */
  noteOf({ id }: T): number {
    const slot = slotOf(id, this.#base) & (this.#slots.length - 1)
    return this.#keys[slot] === id ? (this.#notes[slot] as number) : 0
  }

  note({ id }: T, note: number): void {
    const slot = slotOf(id, this.#base) & (this.#slots.length - 1)
    if (this.#keys[slot] === id) this.#notes[slot] = note
  }

  protected override wrote(key: string, record: T | undefined): void {
    const { length } = this.#slots
    if (this.records.size * 2 > length && length < MOST_SLOTS) {
      this.#slots = slots(length * 2, undefined)
      this.#keys = slots(length * 2, '')
      this.#notes = new Float64Array(length * 2)
    }
    this.#fill(slotOf(key, this.#base) & (this.#slots.length - 1), record)
  }

  #fill(slot: number, record: T | undefined): void {
    this.#slots[slot] = record
    this.#keys[slot] = record?.id ?? ''
    this.#notes[slot] = 0
  }
}

function slots<T>(length: number, empty: T): T[] {
  return new Array<T>(length).fill(empty)
}

function slotOf(key: string, base: number): number {
  let slot = 0
  let worth = 1
  // what stands in front of the number is the same in many ids, and ends with a dot or a dash
  for (let at = key.length - 1; at >= 0 && worth <= MOST_WORTH; at--) {
    const code = key.charCodeAt(at)
    if (code < ZERO) break
    slot += (code < SMALL_A ? code - ZERO : code - SMALL_A + 10) * worth
    worth *= base
  }
  return slot
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>()

/** A table for each kind. */
export type Tables = { readonly [K in ChangeKind]: Table<Records[K]> } & {
  readonly [K in 'channel' | 'bridge' | 'call']: IdTable<Records[K]>
}

/** Makes the tables; their order is that in which the changes of one event are reported. */
export function makeTables(tally: Tally = { touched: false }): Tables {
  return {
    channel: new IdTable<Records['channel']>(tally, 10),
    // a UUID
    bridge: new IdTable<Records['bridge']>(tally, 16),
    call: new IdTable<Records['call']>(tally, 10),
    queue: new Table<Records['queue']>(tally),
    member: new Table<Records['member']>(tally, (member) => member.queue.toLowerCase()),
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
