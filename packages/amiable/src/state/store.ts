import type { ChangeLog } from './change-log.ts'
import type { Cause, Change } from './changes.ts'
import type { ChangeKind, Queue, Records } from './records.ts'
import { differing } from './same.ts'
import { makeTables, type Tables } from './table.ts'

/** Not part of a queue's own changes: its members and callers have changes of their own. */
const PARTS: Readonly<Partial<Record<ChangeKind, readonly string[]>>> = { queue: ['members', 'callers'] }

/** What a {@link Store} reports. */
export interface StoreHost {
  readonly source: string
  /** Works out what follows from what was touched, before it is reported. */
  derive(): void
  /** Takes the changes of one commit, in their order. */
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

/** The records of a kind before what is held back of it, by their keys. */
type Held = Map<string, { before: unknown; unseen: boolean; cause: Cause }>

/** The records, and what happens to them: whatever is written between two commits is one step for those who read. */
export class Store {
  readonly tables: Tables = makeTables()
  readonly log: ChangeLog
  #host: StoreHost
  #all = Object.entries(this.tables) as readonly [ChangeKind, Tables[ChangeKind]][]
  #held = new Map<ChangeKind, Held>()
  #stale = new Set<string>()

  constructor(host: StoreHost, log: ChangeLog) {
    this.#host = host
    this.log = log
  }

  get<K extends ChangeKind>(kind: K, key: string): Records[K] | undefined {
    return this.tables[kind].get(key) as Records[K] | undefined
  }

  put<K extends ChangeKind>(kind: K, key: string, record: Records[K]): void {
    this.tables[kind].put(key, record as never)
  }

  remove(kind: ChangeKind, key: string, unseen = false): void {
    this.tables[kind].remove(key, unseen)
  }

  /** Reports what was written since the last commit. */
  commit(cause: Cause, at: number): void {
    this.#host.derive()
    const changes: Change[] = []
    const date = new Date(at)
    this.#parts('member')
    this.#parts('caller')
    for (const [kind, { touched }] of this.#all) {
      if (touched.size === 0) continue
      const held = this.#held.get(kind)
      for (const [key, { before, unseen }] of touched) {
        if (held !== undefined) {
          const first = held.get(key)
          if (first === undefined) held.set(key, { before, unseen, cause })
          else Object.assign(first, { unseen, cause })
        } else this.#report(changes, kind, key, before, unseen, cause, date)
      }
      touched.clear()
    }
    if (changes.length > 0) this.#host.changed(changes)
  }

  /** Holds the changes of some kinds back until they are released. */
  holdAll(kinds: readonly ChangeKind[]): void {
    for (const kind of kinds) if (!this.#held.has(kind)) this.#held.set(kind, new Map())
  }

  /** Reports what was held back, each record as one change; returns what differs. */
  release(kinds: readonly ChangeKind[], at: number): readonly HeldChange[] {
    const found: HeldChange[] = []
    const changes: Change[] = []
    const date = new Date(at)
    for (const kind of kinds) {
      const held = this.#held.get(kind)
      if (held === undefined) continue
      this.#held.delete(kind)
      for (const [key, { before, unseen, cause }] of held) {
        if (this.#report(changes, kind, key, before, unseen, cause, date)) {
          found.push({ kind, key, before: before as object, after: this.tables[kind].get(key), cause })
        }
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
    if (touched.size === 0) return
    for (const [key, { before }] of touched) {
      const one = before ?? this.tables[kind].get(key)
      if (one !== undefined) this.#stale.add(one.queue.toLowerCase())
    }
  }

  #whole(key: string, queue: Queue): Queue {
    const members = Object.freeze([...this.tables.member.group(key).values()])
    const callers = [...this.tables.caller.group(key).values()].sort((a, b) => a.position - b.position)
    return Object.freeze({ ...queue, members, callers: Object.freeze(callers) })
  }

  #report(
    changes: Change[],
    kind: ChangeKind,
    key: string,
    before: unknown,
    unseen: boolean,
    cause: Cause,
    at: Date,
  ): boolean {
    if (kind === 'queue') this.assemble()
    const after = this.tables[kind].get(key)
    if (before === after) return false
    const { source } = this.#host
    let fields: readonly string[] = NO_FIELDS
    if (before !== undefined && after !== undefined) {
      fields = differing(before as object, after, PARTS[kind])
      if (fields.length === 0) {
        if (kind !== 'queue') this.tables[kind].restore(key, before as never)
        return false
      }
    }
    const revision = this.log.next()
    // complete literals: a spread that adds fields costs a hundred times as much
    const change =
      before === undefined
        ? { source, kind, key, revision, at, cause, type: 'added', after }
        : after === undefined
          ? { source, kind, key, revision, at, cause, type: 'removed', before, unseen }
          : { source, kind, key, revision, at, cause, type: 'changed', before, after, fields }
    Object.freeze(change)
    this.log.add(change as unknown as Change)
    changes.push(change as unknown as Change)
    return true
  }
}

const NO_FIELDS: readonly string[] = Object.freeze([])
