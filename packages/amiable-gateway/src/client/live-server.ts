// The live state of one Asterisk as a reader has it.
import type {
  Agent,
  Bridge,
  Call,
  Channel,
  Contact,
  Device,
  Endpoint,
  Hint,
  Mailbox,
  ParkedCall,
  Presence,
  Queue,
  Room,
  Snapshot,
  Trunk,
} from 'amiable/state'
import type { LinkRecord, StateFrame, StateKind, WriterRecord } from '../schema/state.ts'
import { KIND_OF } from './kinds.ts'
import { Lately } from './lately.ts'
import { frameOf, isBefore, type Place, reaches } from './place.ts'
import { differing, type Revived, revive } from './revive.ts'

/** The records of each kind, by their keys as in `amiable/state`. */
export type LiveRecords = { readonly [K in StateKind]: ReadonlyMap<string, Snapshot[K][number]> }

/** How fresh the records of a kind are; match on `type`. */
export type LiveFreshness =
  /** Nothing is known yet. */
  | { readonly type: 'waiting' }
  /** A list is complete, and events keep it true. `leftOut` records are missing since NATS takes none so large. */
  | { readonly type: 'live'; readonly listedAt: Date; readonly leftOut: number }
  /**
   * The records are as of `since`. `nats`: there is no connection. `writer`: no gateway writes. `takeover`: a gateway has
   * begun to write and is not through. `asterisk`: the gateway lacks the events or the list.
   */
  | { readonly type: 'stale'; readonly since: Date; readonly why: 'nats' | 'writer' | 'takeover' | 'asterisk' }
  /** The gateway's account may not see it. */
  | { readonly type: 'blind'; readonly action: string; readonly classes: readonly string[] }

/** A change of one record, or of how fresh a kind is. `reset`: the reader was too slow and missed changes. */
export type LiveChange =
  | {
      readonly type: 'added'
      readonly server: string
      readonly kind: StateKind
      readonly key: string
      readonly after: object
    }
  | {
      readonly type: 'changed'
      readonly server: string
      readonly kind: StateKind
      readonly key: string
      readonly before: object
      readonly after: object
      readonly fields: readonly string[]
    }
  | {
      readonly type: 'removed'
      readonly server: string
      readonly kind: StateKind
      readonly key: string
      readonly before: object
    }
  | { readonly type: 'freshness'; readonly server: string; readonly kind: StateKind; readonly freshness: LiveFreshness }
  | { readonly type: 'reset' }

/** A record with its place. */
interface Held extends Revived, Place {
  readonly kind: StateKind
  readonly key: string
  readonly shown: object
}

/** What the reader of a server needs. */
export interface LiveHost {
  readonly changed: (change: LiveChange) => void
  /** Something is missing: the store must be read again. */
  readonly missing: () => void
  readonly now: () => number
}

/** How long a writer may say nothing; it says something every five seconds. */
const SILENCE = 12_000

/** The records of one Asterisk, and how fresh they are. They stay as they are while NATS or the gateways are away. */
export class LiveServer implements LiveRecords {
  readonly name: string
  readonly channels: ReadonlyMap<string, Channel> = new Map()
  readonly bridges: ReadonlyMap<string, Bridge> = new Map()
  readonly calls: ReadonlyMap<string, Call> = new Map()
  readonly queues: ReadonlyMap<string, Queue> = new Map()
  readonly rooms: ReadonlyMap<string, Room> = new Map()
  readonly parking: ReadonlyMap<string, ParkedCall> = new Map()
  readonly devices: ReadonlyMap<string, Device> = new Map()
  readonly hints: ReadonlyMap<string, Hint> = new Map()
  readonly agents: ReadonlyMap<string, Agent> = new Map()
  readonly presence: ReadonlyMap<string, Presence> = new Map()
  readonly endpoints: ReadonlyMap<string, Endpoint> = new Map()
  readonly contacts: ReadonlyMap<string, Contact> = new Map()
  readonly trunks: ReadonlyMap<string, Trunk> = new Map()
  readonly mailboxes: ReadonlyMap<string, Mailbox> = new Map()
  readonly #host: LiveHost
  readonly #held = new Map<string, Held>()
  #link: LinkRecord | undefined
  /** What is being read is of another history. */
  #isWorthless = false
  /** The place of the last record that was heard or read. */
  #seen: Place | undefined
  #heardAt: number | undefined
  /** When NATS or the writer was found to be away. */
  #away: { readonly since: Date; readonly why: 'nats' | 'writer' } | undefined
  /** What was heard while the store is read, and the place of the first of it where nothing was known before. */
  #arrived: Set<string> | undefined
  #firstHeard: Place | undefined
  readonly #lately = new Lately()
  /** The record that was written last of all that were heard when the reading began. */
  #fence: { readonly name: string; readonly place: Place | undefined } | undefined
  #told = new Map<StateKind, string>()

  /** @internal */
  constructor(name: string, host: LiveHost) {
    this.name = name
    this.#host = host
  }

  /** Whether the gateway that writes has a session to Asterisk; undefined while nothing is known. */
  get up(): boolean | undefined {
    return this.#link?.up
  }

  /** The version of Asterisk's manager interface, where it is known. */
  get version(): string | undefined {
    return this.#link?.version ?? undefined
  }

  /** The gateway that writes. */
  get gateway(): string | undefined {
    return this.#link?.gateway
  }

  /** The kinds that the gateway keeps. */
  get kinds(): readonly StateKind[] {
    return Object.keys(this.#link?.kinds ?? {}) as StateKind[]
  }

  /** Says how fresh the records of a kind are. */
  freshness(kind: StateKind): LiveFreshness {
    const link = this.#link
    const said = link?.kinds[kind]
    if (link === undefined || said === undefined) return { type: 'waiting' }
    const { freshness, from, leftOut } = said
    if (freshness.type === 'blind') return freshness
    if (freshness.type === 'waiting' || (freshness.type === 'listing' && !freshness.known)) {
      return from === 0 ? { type: 'waiting' } : { type: 'stale', since: new Date(link.at), why: 'takeover' }
    }
    if (this.#away) return { type: 'stale', ...this.#away }
    if (freshness.type !== 'live') return { type: 'stale', since: new Date(freshness.since), why: 'asterisk' }
    if (from < link.term) return { type: 'stale', since: new Date(link.at), why: 'takeover' }
    return { type: 'live', listedAt: new Date(freshness.listedAt), leftOut }
  }

  /** @internal Takes a record that was just written. */
  hear(name: string, text: string): void {
    const frame = frameOf(text)
    if (frame === undefined) return
    const { term, n } = frame
    const seen = this.#seen
    // of a gateway that writes no more
    if (seen !== undefined && term < seen.term) return
    if (this.#isOfAnotherHistory(frame, true)) {
      this.#beginAnew()
      this.#isWorthless = true
    } else if (seen?.term === term && n <= seen.n) {
      this.#hearLate(name, frame)
      return
    }
    const next = seen?.term === term ? seen.n + 1 : 1
    if (seen === undefined) this.#firstHeard = { term, n }
    else if (n !== next) this.#host.missing()
    this.#seen = { term, n }
    this.#heardAt = this.#host.now()
    this.#hearNow(name, frame)
    if (this.#away?.why === 'writer') this.#back()
  }

  /** What was written before something that has been read is heard after it where it came from another node of a cluster. */
  #hearLate(name: string, frame: StateFrame): void {
    if (frame.kind === 'link' && this.#link?.term === frame.term && frame.n <= this.#link.n) return
    this.#hearNow(name, frame)
  }

  /**
   * Whether somebody begins a term that there was: its number comes again where the streams were made again. That the
   * same gateway does is told by its clock, once: one that is set back would say so with each reading.
   */
  #isOfAnotherHistory(frame: StateFrame, isHeard = false): boolean {
    const link = this.#link
    if (frame.kind !== 'writer' || link?.term !== frame.term || frame.n >= link.n) return false
    return (frame as unknown as WriterRecord).gateway !== link.gateway || (isHeard && frame.at > link.at)
  }

  /** Lets whatever comes replace what there is. */
  #beginAnew(): void {
    const { kinds } = this
    this.#lately.clear()
    this.#fence = undefined
    this.#link = undefined
    this.#tell(kinds)
    for (const [name, one] of this.#held) this.#held.set(name, { ...one, term: 0, n: 0 })
  }

  #hearNow(name: string, frame: StateFrame): void {
    const now = this.#host.now()
    this.#arrived?.add(name)
    if (this.#arrived === undefined) this.#lately.forget(now)
    this.#lately.add(name, frame, now)
    this.#take(name, frame)
  }

  /**
   * @internal Takes note that the store is about to be read.
   * @returns the name of the record to ask for first: where it is as it was heard, all that this writer sent before it is
   *   stored too. It stays the same until it is stored: on a busy server there is always one that is not
   */
  reading(): string | undefined {
    this.#isWorthless = false
    this.#lately.forget(this.#host.now())
    const { last } = this.#lately
    const isKept = this.#fence !== undefined && this.#lately.get(this.#fence.name) !== undefined
    if (!isKept) {
      this.#arrived = new Set()
      this.#fence = last === undefined ? undefined : { name: last, place: this.#lately.get(last) }
    }
    return this.#fence?.name
  }

  /** @internal Whether the store does not have yet what was heard when the reading began: it says how things were. */
  isBehind(fence: string | undefined): boolean {
    if (this.#fence === undefined) return false
    const stored = frameOf(fence ?? '')
    return stored === undefined || isBefore(stored, this.#fence.place)
  }

  /** @internal Whether it is better to read nothing now than how things were. */
  waitsForStore(fence: string | undefined): boolean {
    return this.#link !== undefined && this.isBehind(fence)
  }

  /**
   * @internal Takes all that was read; gives whether something may still be missing.
   * @param names those of all records, where a node that is late may not have some of them yet
   * @param fence the record that was read before the names
   */
  read(names: readonly string[], records: ReadonlyMap<string, string>, fence?: string): boolean {
    if (this.#isWorthless || this.waitsForStore(fence)) return true
    const isBehind = this.isBehind(fence)
    const arrived = this.#arrived ?? new Set()
    this.#arrived = undefined
    this.#fence = undefined
    const frames = [...records].flatMap(([name, text]) => {
      const frame = frameOf(text)
      return frame === undefined ? [] : [[name, frame] as const]
    })
    const isAnew = frames.some(([, frame]) => this.#isOfAnotherHistory(frame))
    if (isAnew) this.#beginAnew()
    const last = frames.reduce<Place | undefined>((most, [, one]) => (isBefore(one, most) ? most : one), undefined)
    const first = this.#firstHeard
    const isLate = first !== undefined && !(last && (last.term > first.term || reaches(last, first)))
    this.#firstHeard = undefined
    const isNews = last !== undefined && (last.term !== this.#seen?.term || last.n !== this.#seen.n)
    // what was heard counts more; without it the store says all, be its terms lower than before
    if (last !== undefined && (!isBefore(last, this.#seen) || !this.#lately.hasAfter(last))) this.#seen = last
    // what is said of all records says which of them count
    frames.sort(([, { kind: one }], [, { kind: other }]) => Number(other === 'link') - Number(one === 'link'))
    let isOld = isBehind || isAnew
    for (const [name, frame] of frames) {
      const heard = this.#lately.get(name)
      if (!isBefore(frame, heard)) this.#take(name, frame)
      else if (!arrived.has(name)) isOld = true
    }
    // somebody may have written over a record what is none
    const known = new Set(frames.map(([name]) => name).concat(names.filter((name) => !records.has(name))))
    for (const name of [...this.#held.keys()]) {
      const isKept = arrived.has(name) || known.has(name) || (isBehind && this.#lately.get(name) !== undefined)
      if (!isKept) this.#remove(name)
    }
    // a node is late, or the record was lost behind its name
    const isUnread = names.some((name) => !arrived.has(name) && !records.has(name))
    if (this.#heardAt === undefined || this.#away?.why === 'nats') this.#judgeAge()
    else if (isNews) this.#back()
    this.#tell()
    return isLate || isUnread || isOld
  }

  /** @internal Takes note that NATS is gone. */
  gone(): void {
    this.#away ??= { since: new Date(), why: 'nats' }
    this.#tell()
  }

  /** @internal Looks whether anybody still writes; gives whether not. */
  isSilent(): boolean {
    if (this.#host.now() - (this.#heardAt ?? 0) < SILENCE) return false
    if (this.#away === undefined && this.#link !== undefined) {
      this.#away = { since: new Date(this.#link.at), why: 'writer' }
      this.#tell()
    }
    return true
  }

  /** Nothing was heard until now: only a clock says whether what was read is old. */
  #judgeAge(): void {
    this.#heardAt = this.#host.now()
    const at = Date.parse(this.#link?.at ?? '')
    this.#away = Date.now() - at > SILENCE ? { since: new Date(at), why: 'writer' } : undefined
  }

  #back(): void {
    this.#away = undefined
    this.#heardAt = this.#host.now()
    this.#tell()
  }

  #take(name: string, frame: StateFrame): void {
    if (frame.kind === 'writer') return
    if (frame.kind === 'link') this.#takeLink(frame as unknown as LinkRecord)
    else this.#put(name, KIND_OF[frame.kind], frame)
  }

  #takeLink(link: LinkRecord): void {
    this.#link = link
    for (const [name, { kind, term }] of [...this.#held]) if (term < this.#from(kind)) this.#remove(name)
    this.#tell()
  }

  /** The first term whose records count; none do of a kind that is not kept. */
  #from(kind: StateKind): number {
    if (this.#link === undefined) return 0
    return this.#link.kinds[kind]?.from ?? Number.POSITIVE_INFINITY
  }

  #put(name: string, kind: StateKind | undefined, frame: StateFrame): void {
    if (kind === undefined) return
    const { key, term, n, value: raw } = frame
    const before = this.#held.get(name)
    // a node that was late
    if (before !== undefined && before.term === term && before.n > n) return
    if (raw === undefined || term < this.#from(kind)) {
      this.#remove(name)
      return
    }
    const shown = revive(raw, before, before !== undefined && before.term !== term) as object
    this.#held.set(name, { kind, key, term, n, raw, shown })
    this.#table(kind).set(key, shown)
    const { name: server } = this
    if (before === undefined) this.#host.changed({ type: 'added', server, kind, key, after: shown })
    else if (before.shown !== shown) {
      const fields = differing(before.shown, shown)
      this.#host.changed({ type: 'changed', server, kind, key, before: before.shown, after: shown, fields })
    }
  }

  #remove(name: string): void {
    const before = this.#held.get(name)
    if (before === undefined) return
    const { kind, key, shown } = before
    this.#held.delete(name)
    this.#table(kind).delete(key)
    this.#host.changed({ type: 'removed', server: this.name, kind, key, before: shown })
  }

  #table(kind: StateKind): Map<string, object> {
    return this[kind] as Map<string, object>
  }

  #tell(kinds = this.kinds): void {
    for (const kind of kinds) {
      const freshness = this.freshness(kind)
      const text = JSON.stringify(freshness)
      if (this.#told.get(kind) === text) continue
      this.#told.set(kind, text)
      this.#host.changed({ type: 'freshness', server: this.name, kind, freshness })
    }
  }
}
