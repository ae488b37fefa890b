// One writer's hold of the live state of one server, from its claim to its end.
import type { LinkRecord, RecordKind, StateFrame, StateKind } from '../schema/state.ts'
import { STATE_KINDS } from '../schema/state.ts'
import { frameOf, isRecord } from './frame.ts'
import { stateKey } from './key.ts'
import { Lists } from './lists.ts'
import type { Named, Picture } from './picture.ts'
import { RevisionError, type StateStore, type StoredRecord } from './store.ts'

/** What is said of a server beside its records. */
export interface LinkSaid {
  readonly up: boolean
  readonly version: string | null
}

export interface RunOptions {
  readonly server: string
  readonly gateway: string
  readonly term: number
  readonly store: StateStore
  readonly picture: Picture
  readonly link: () => LinkSaid
  /** Whether an earlier run of this term has written. */
  readonly isAgain: boolean
  /** The last number of each record that was sent in this term: readers have heard it, stored or not. */
  readonly sent: Map<string, number>
  /** Gives the next number of this term. */
  readonly number: () => number
  readonly now: () => number
  readonly stored: () => void
}

/** A record of the bucket. */
interface Entry extends Named {
  revision: number
  gone: boolean
  /** When it was last sent, or its end was found. */
  at: number
  underway: boolean
}

type Kinds = LinkRecord['kinds']

/** How often a record may be written. */
const PACE = 250
const WINDOW = 256
const BEAT = 5_000
const GATHER = 10
/** For how long a deletion can be read: whoever reads again within that time cannot miss it. */
const MARKER = 900_000
const FORGET_AT_ONCE = 32
const SWEEP = 60_000
// what a record has beside its value
const ENVELOPE = 1_024

/**
 * Brings the records of a server to what the picture says and keeps them there. Each put names the revision that it
 * replaces, so that the store refuses whoever does not know the last one; the first that is not stored ends the run.
 */
export class StateRun {
  /** Resolves with why nothing more is written. */
  readonly ended: Promise<string>
  readonly #options: RunOptions
  readonly #entries = new Map<string, Entry>()
  readonly #dirty = new Map<string, Named>()
  /** The records that a kind lacks before those of earlier terms do not count. */
  readonly #lacking = new Map<StateKind, Set<string>>()
  /** Records that were found and have to be written again or deleted, once their kind is known. */
  readonly #unequal = new Set<string>()
  readonly #from = new Map<StateKind, number>()
  readonly #lists = new Lists()
  readonly #kept: ReadonlySet<string>
  readonly #tooLarge = new Map<string, RecordKind>()
  readonly #linkKey: string
  #linkRevision = 0
  #linkText = ''
  #linkAt = Number.NEGATIVE_INFINITY
  #linkUnderway = false
  #underway = 0
  #forgetting = 0
  #sweptAt: number
  #timer: NodeJS.Timeout | undefined
  #ticker: NodeJS.Timeout | undefined
  #unfollow = () => {}
  #why: string | undefined
  #end!: (why: string) => void

  constructor(options: RunOptions) {
    this.#options = options
    this.#sweptAt = options.now()
    this.#linkKey = stateKey(options.server, 'link')
    this.#kept = new Set(options.picture.kinds.map((kind) => STATE_KINDS[kind]))
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /** How many records wait to be written. */
  get pending(): number {
    return this.#dirty.size + this.#underway
  }

  /** Begins with what is stored; the claim must be stored before it is read. */
  start(found: ReadonlyMap<string, StoredRecord>): void {
    for (const [name, record] of found) this.#find(name, record)
    for (const name of this.#options.sent.keys()) if (!found.has(name)) this.#options.sent.delete(name)
    this.#unfollow = this.#options.picture.follow((named) => this.#touch(named))
    this.#ticker = setInterval(() => this.#tick(), PACE)
    this.#tick()
  }

  /** Ends the run; what is under way may still be stored. */
  end(why: string): void {
    if (this.#why !== undefined) return
    this.#why = why
    clearTimeout(this.#timer)
    clearInterval(this.#ticker)
    this.#unfollow()
    this.#dirty.clear()
    this.#end(why)
  }

  #find(name: string, { revision, text, gone }: StoredRecord): void {
    const frame = frameOf(text)
    if (frame?.kind === 'link') {
      this.#linkRevision = revision
      // what has changed since an earlier run of this term is not written yet
      const most = this.#options.term - 1
      for (const [kind, { from }] of Object.entries((frame as unknown as LinkRecord).kinds)) {
        this.#from.set(kind as StateKind, Math.min(from, most))
      }
      return
    }
    if (frame?.kind === 'writer') return
    // what is no record has a kind by its name all the same, and is overwritten or deleted
    const named = isRecord(frame) ? { kind: frame.kind, key: frame.key } : { kind: kindOf(name), key: '' }
    const { picture, sent, now } = this.#options
    const heard = sent.get(name)
    const isHeard = heard !== undefined && heard === frame?.n && frame.term === this.#options.term
    // where readers have heard another thing last, its end is written again
    const isGone = gone && (isHeard || heard === undefined)
    const at = isGone ? now() : Number.NEGATIVE_INFINITY
    this.#entries.set(name, { ...named, revision, gone: isGone, at, underway: false })
    if (!this.#kept.has(named.kind)) this.#dirty.set(name, named)
    // what readers have heard last and the picture still has need not be written again
    if (isGone || (isHeard && JSON.stringify(frame.value) === picture.json(named))) return
    this.#unequal.add(name)
  }

  #touch(named: Named): void {
    const name = stateKey(this.#options.server, named.kind, named.key)
    const entry = this.#entries.get(name)
    const isNothing = (entry === undefined || (entry.gone && !entry.underway)) && !this.#options.picture.has(named)
    // however slow the store is: what came and went meanwhile was never there
    if (isNothing) {
      this.#take(name)
      this.#done(name)
    } else this.#dirty.set(name, named)
    this.#timer ??= setTimeout(() => this.#pump(), GATHER)
  }

  #tick(): void {
    const { picture } = this.#options
    for (const kind of picture.kinds) if (!this.#lacking.has(kind) && picture.isKnown(kind)) this.#sync(kind)
    // what is said of all comes first: records that follow must find no reader that takes the others for new
    this.#writeLink()
    this.#pump()
    this.#forget()
    this.#sweep()
  }

  /** Writes all that the picture has of a kind, and deletes what it has not. */
  #sync(kind: StateKind): void {
    const { picture, server } = this.#options
    const record = STATE_KINDS[kind]
    const lacking = new Set<string>()
    this.#lacking.set(kind, lacking)
    for (const key of picture.keys(kind)) {
      const name = stateKey(server, record, key)
      const entry = this.#entries.get(name)
      if (!this.#unequal.delete(name) && entry?.gone === false) continue
      lacking.add(name)
      this.#dirty.set(name, { kind: record, key })
    }
    for (const name of this.#unequal) {
      const entry = this.#entries.get(name)
      if (entry?.kind !== record) continue
      this.#unequal.delete(name)
      lacking.add(name)
      this.#dirty.set(name, entry)
    }
    this.#synced(kind, lacking)
  }

  #synced(kind: StateKind, lacking: ReadonlySet<string>): void {
    if (lacking.size > 0) return
    const { term, isAgain, number } = this.#options
    this.#from.set(kind, term)
    if (!isAgain) return
    // what has ended since the last run, and is not stored any more, is never deleted: readers who miss a number read again
    number()
    this.#linkText = ''
  }

  #pump(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#why !== undefined) return
    const now = this.#options.now()
    let due = Number.POSITIVE_INFINITY
    for (const [name, named] of this.#dirty) {
      if (this.#underway >= WINDOW) return
      const entry = this.#entries.get(name)
      if (entry?.underway) continue
      const wait = (entry?.at ?? Number.NEGATIVE_INFINITY) + PACE - now
      if (wait > 0 && entry?.gone !== true) due = Math.min(due, wait)
      else {
        this.#take(name)
        this.#write(name, named, entry)
      }
    }
    if (due < Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#pump(), Math.max(GATHER, due))
  }

  #write(name: string, named: Named, found: Entry | undefined): void {
    const { picture, store, sent } = this.#options
    const json = named.key === '' ? undefined : picture.json(named)
    const isTooLarge = json !== undefined && Buffer.byteLength(json) > store.maxPayload - ENVELOPE
    if (isTooLarge) this.#tooLarge.set(name, named.kind)
    else this.#tooLarge.delete(name)
    const value = isTooLarge ? undefined : json
    const gone = value === undefined
    if (gone && found?.gone !== false) {
      this.#done(name)
      return
    }
    const entry = found ?? { ...named, revision: 0, gone: true, at: 0, underway: false }
    Object.assign(entry, { at: this.#options.now(), underway: true })
    this.#entries.set(name, entry)
    const frame = this.#frame()
    sent.set(name, frame.n)
    const head = JSON.stringify({ ...frame, kind: named.kind, key: named.key })
    const text = value === undefined ? head : `${head.slice(0, -1)},"value":${value}}`
    this.#put(name, text, entry.revision, gone, (revision) => {
      Object.assign(entry, { revision, gone, underway: false })
      this.#done(name)
      if (this.#dirty.has(name)) this.#timer ??= setTimeout(() => this.#pump(), PACE)
    })
  }

  #done(name: string): void {
    for (const [kind, lacking] of this.#lacking) if (lacking.delete(name)) this.#synced(kind, lacking)
  }

  #put(name: string, text: string, revision: number, gone: boolean, then: (revision: number) => void): void {
    this.#underway++
    this.#options.store.put(name, text, revision, gone).then(
      (stored) => {
        this.#underway--
        if (this.#why !== undefined) return
        this.#options.stored()
        then(stored)
        // those for which the window had no room
        if (this.#underway === WINDOW - 1) setImmediate(() => this.#pump())
      },
      (error: unknown) => {
        this.#underway--
        if (error instanceof RevisionError) this.#yieldOrInsist(name, error)
        else this.end(messageOf(error))
      },
    )
  }

  /** Writes again what a gateway of an earlier term has written, and ends where one of a later term has. */
  #yieldOrInsist(name: string, refused: RevisionError): void {
    const { store, term } = this.#options
    store.get(name).then(
      (found) => {
        if ((frameOf(found?.text ?? '')?.term ?? 0) >= term) this.end(refused.message)
        const entry = this.#entries.get(name)
        // somebody has deleted it, and perhaps all others with it: the next run reads what there is
        if (found === undefined && !(entry?.gone ?? this.#linkRevision === 0)) this.end(`the store has lost ${name}`)
        if (this.#why !== undefined) return
        const { revision, gone } = found ?? { revision: 0, gone: true }
        if (entry === undefined) {
          this.#linkRevision = revision
          this.#linkUnderway = false
          this.#linkText = ''
          return
        }
        Object.assign(entry, { revision, gone, underway: false })
        this.#dirty.set(name, entry)
        this.#timer ??= setTimeout(() => this.#pump(), GATHER)
      },
      (error: unknown) => this.end(messageOf(error)),
    )
  }

  #frame(): Pick<StateFrame, 'v' | 'server' | 'term' | 'n' | 'at'> {
    const { server, term, number } = this.#options
    return { v: 1, server, term, n: number(), at: new Date().toISOString() }
  }

  /** Says how all stands, where that has changed or nothing was said for a while. */
  #writeLink(): void {
    const { picture, link, gateway, now } = this.#options
    if (this.#linkUnderway || this.#why !== undefined) return
    const kinds: Kinds = {}
    for (const kind of picture.kinds) {
      const record = STATE_KINDS[kind]
      const found = this.#lists.freshness(kind, picture.freshness(kind), () => this.#waiting(record))
      const freshness = JSON.parse(JSON.stringify(found))
      kinds[kind] = { freshness, from: this.#from.get(kind) ?? 0, leftOut: this.#leftOut(record) }
    }
    const said = { gateway, ...link(), kinds }
    const text = JSON.stringify(said)
    if (text === this.#linkText && now() - this.#linkAt < BEAT) return
    this.#linkText = text
    this.#linkAt = now()
    this.#linkUnderway = true
    const record: LinkRecord = { ...this.#frame(), kind: 'link', key: '', ...said }
    this.#put(this.#linkKey, JSON.stringify(record), this.#linkRevision, false, (revision) => {
      this.#linkRevision = revision
      this.#linkUnderway = false
    })
  }

  #waiting(kind: RecordKind): string[] {
    return [...this.#dirty].filter(([, named]) => named.kind === kind).map(([name]) => name)
  }

  /** Takes a record from those that wait. */
  #take(name: string): void {
    this.#dirty.delete(name)
    this.#lists.sent(name)
  }

  #leftOut(kind: RecordKind): number {
    let count = 0
    for (const one of this.#tooLarge.values()) if (one === kind) count++
    return count
  }

  /** Removes what is left of records that are gone for long: a bucket keeps that for ever. */
  #forget(): void {
    const before = this.#options.now() - MARKER
    for (const [name, entry] of this.#entries) {
      if (this.#forgetting >= FORGET_AT_ONCE) return
      if (!entry.gone || entry.underway || entry.at > before || this.#dirty.has(name)) continue
      this.#entries.delete(name)
      this.#options.sent.delete(name)
      this.#forgetting++
      this.#options.store.forget(name, entry.revision).then(
        () => this.#forgetting--,
        (error: unknown) => this.end(messageOf(error)),
      )
    }
  }

  /** Looks for records that an earlier writer has stored since the beginning, and for those that somebody deleted. */
  #sweep(): void {
    const { store, now } = this.#options
    if (now() - this.#sweptAt < SWEEP) return
    this.#sweptAt = now()
    const known = new Map([...this.#entries].map(([name, { revision, gone }]) => [name, gone ? 0 : revision]))
    store.names().then(
      (names) => {
        const own = new Set([this.#linkKey, stateKey(this.#options.server, 'writer')])
        const strange = names.find((name) => !known.has(name) && !this.#entries.has(name) && !own.has(name))
        if (strange !== undefined) this.end(`another writer has stored ${strange}`)
        for (const name of names) known.delete(name)
        const lost = [...known].find(
          ([name, revision]) => revision > 0 && this.#entries.get(name)?.revision === revision,
        )
        if (lost !== undefined) this.end(`the store has lost ${lost[0]}`)
      },
      (error: unknown) => this.end(messageOf(error)),
    )
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function kindOf(name: string): RecordKind {
  return (name.split('.')[1] ?? '') as RecordKind
}
