import { type ChangeLog, PARTS } from './change-log.ts'
import type { Cause, Change } from './changes.ts'
import { given } from './given.ts'
import type { Slice, Work } from './lane.ts'
import type { ChangeKind, Queue, Records } from './records.ts'
import { differs } from './same.ts'
import { makeTables, type Table, type Tables, type Touched } from './table.ts'
import { undone } from './undo.ts'
import { weightOf } from './weight.ts'

/** What a {@link Store} reports. */
export interface StoreHost {
  /** Works out what follows from what was touched, before it is reported. */
  derive(): void
  /** Whether somebody hears of any changes. */
  hears(): boolean
  /** Whether somebody hears of such changes. */
  wants(kind: ChangeKind, type: Change['type']): boolean
  /** Takes the changes of one commit that are wanted, in their order. */
  changed(changes: readonly Change[]): void
}

/** A record that was held back and differs. */
export interface HeldChange {
  readonly kind: ChangeKind
  readonly key: string
  readonly before: object | undefined
  readonly after: object | undefined
  /** The last event or list that said it. */
  readonly cause: Cause
}

/** The records of a kind that are held back, by their keys: what touched each first, and what said it last. */
type Held = Map<string, { readonly touched: Touched<object>; cause: Cause }>

// what a place in a map takes
const SLOT = 100
// so many changes are reported at a time
const MANY = 100

/** A kind and its records. */
interface Shelf {
  readonly kind: ChangeKind
  readonly table: Table<object>
}

/** The records, and what happens to them: whatever is written between two commits is one step for those who read. */
export class Store {
  #tally = { touched: false }
  readonly tables: Tables = makeTables(this.#tally)
  readonly log: ChangeLog
  #host: StoreHost
  #shelves: readonly Shelf[] = Object.entries(this.tables).map(([kind, table]) => ({ kind, table }) as unknown as Shelf)
  #held = new Map<ChangeKind, Held>()
  #stale = new Set<string>()

  constructor(host: StoreHost, log: ChangeLog) {
    this.#host = host
    this.log = log
  }

  get<K extends ChangeKind>(kind: K, key: string): Records[K] | undefined {
    return this.tables[kind].get(key) as Records[K] | undefined
  }

  put<K extends ChangeKind>(kind: K, key: string, record: Records[K], compared?: Records[K]): void {
    this.tables[kind].put(key, record as never, compared as never)
  }

  /** Whether somebody hears of any change, or can ask for it later. */
  get isWatched(): boolean {
    return this.#held.size > 0 || this.log.isAsked || this.#host.hears()
  }

  /** Whether records of a kind may be changed where they are: nobody is to hear how they were. */
  isUnheard(kind: ChangeKind): boolean {
    return this.#held.size === 0 && !this.#host.wants(kind, 'changed')
  }

  remove(kind: ChangeKind, key: string, unseen = false): void {
    this.tables[kind].remove(key, unseen)
  }

  /** Writes in slices. Readers have what was there before until all is written. */
  *aside(work: Work): Work {
    const stale = [...this.#stale]
    this.assemble()
    let isParted = false
    while (work.next().done !== true) {
      if (!isParted) for (const { table } of this.#shelves) table.part()
      isParted = true
      yield
    }
    if (isParted) for (const { table } of this.#shelves) table.join()
    // its rows were made of queues as they were before they were put together
    for (const key of stale) this.#stale.add(key)
  }

  /** Reports what was written since the last commit. */
  commit(cause: Cause, at: number): void {
    if (!this.#tally.touched) return
    this.#host.derive()
    this.#parts('member')
    this.#parts('caller')
    const changes: Change[] = []
    // by numbers: whoever iterates over entries makes an array of each
    for (let place = 0; place < this.#shelves.length; place++) {
      const { kind, table } = this.#shelves[place] as Shelf
      const { touched } = table
      if (touched.length === 0) continue
      table.settle()
      const held = this.#held.size === 0 ? undefined : this.#held.get(kind)
      for (const one of touched) {
        if (held !== undefined) hold(held, one, cause)
        else this.#report(changes, kind, one, cause, at)
      }
    }
    this.#tally.touched = false
    if (changes.length > 0) this.#host.changed(changes)
  }

  /** Whether anything was written since the last commit. */
  get isTouched(): boolean {
    return this.#tally.touched
  }

  /** The kinds whose changes are held back. */
  get held(): readonly ChangeKind[] {
    return [...this.#held.keys()]
  }

  /** Returns how many bytes the records take, and those that are still to be reported or are in the log. */
  weigh(): number {
    let weight = 0
    for (const { kind, table } of this.#shelves) {
      for (const record of table.records.values()) weight += SLOT + weightOf(kind, record)
    }
    for (const [kind, held] of this.#held) {
      for (const { touched } of held.values()) weight += SLOT + (touched.before ? weightOf(kind, touched.before) : 0)
    }
    return weight + this.log.weigh()
  }

  /** Holds the changes of some kinds back until they are released. */
  holdAll(kinds: readonly ChangeKind[]): void {
    for (const kind of kinds) if (!this.#held.has(kind)) this.#held.set(kind, new Map())
  }

  /** Reports what was held back, each record as one change; returns what differs. */
  *release(kinds: Iterable<ChangeKind>, at: number, slice: Slice): Work<readonly HeldChange[]> {
    const found: HeldChange[] = []
    let changes: Change[] = []
    for (const kind of kinds) {
      const held = this.#held.get(kind)
      if (held === undefined) continue
      this.#held.delete(kind)
      for (const { touched, cause } of held.values()) {
        if (changes.length >= MANY || slice.over) {
          this.#host.changed(changes)
          changes = []
        }
        if (slice.over) yield
        const { key, before } = touched
        touched.after = this.tables[kind].get(key)
        touched.differs = false
        // it is there again
        if (touched.after !== undefined) touched.last = undefined
        if (this.#report(changes, kind, touched, cause, at))
          found.push({ kind, key, before, after: touched.after, cause })
      }
    }
    if (changes.length > 0) this.#host.changed(changes)
    return found
  }

  /** Puts the members and callers of the queues together that have changed since somebody read them. */
  assemble(): void {
    for (const key of this.#stale) {
      const queue = this.tables.queue.get(key)
      if (queue !== undefined) this.tables.queue.records.set(key, this.#whole(key, queue))
    }
    this.#stale.clear()
  }

  #parts(kind: 'member' | 'caller'): void {
    const { touched } = this.tables[kind]
    if (touched.length === 0) return
    for (const { before, after } of touched) {
      const one = before ?? after
      if (one !== undefined) this.#stale.add(one.queue.toLowerCase())
    }
  }

  #whole(key: string, queue: Queue): Queue {
    const members = Object.freeze([...this.tables.member.group(key).values()].map(given))
    const callers = [...this.tables.caller.group(key).values()].sort((a, b) => a.position - b.position)
    return Object.freeze({ ...queue, members, callers: Object.freeze(callers) })
  }

  /** Logs what happened to a record, and makes a change of it where somebody hears it; says whether anything did. */
  #report(changes: Change[], kind: ChangeKind, touched: Touched<object>, cause: Cause, at: number): boolean {
    if (kind === 'queue') {
      this.assemble()
      touched.after = this.tables.queue.get(touched.key)
    }
    const { key, after, unseen } = touched
    if (touched.undo !== undefined && after !== undefined) {
      const { undo, differs: isOther } = touched
      if (!isOther && !differs(undone(after, undo), after, PARTS[kind])) return false
      this.log.add({ kind, key, before: undo, after, unseen, cause, at }, false)
      return true
    }
    const before = touched.last ?? touched.before
    if (before === after) return false
    const type = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
    if (type === 'changed' && !touched.differs && !differs(before as object, after as object, PARTS[kind])) {
      if (kind !== 'queue') this.tables[kind].restore(key, before as never)
      return false
    }
    const isHeard = this.#host.wants(kind, type)
    this.log.add({ kind, key, before, after, unseen, cause, at }, isHeard)
    if (isHeard) changes.push(this.log.change(this.log.last))
    return true
  }
}

function hold(held: Held, touched: Touched<object>, cause: Cause): void {
  const first = held.get(touched.key)
  if (first === undefined) held.set(touched.key, { touched, cause })
  else {
    first.touched.unseen = touched.unseen
    first.cause = cause
  }
}
