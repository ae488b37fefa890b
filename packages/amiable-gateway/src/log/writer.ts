import { randomBytes } from 'node:crypto'
import type { Anchor } from './align.ts'
import type { GapCause } from './message.ts'
import type { Cut, Ring } from './ring.ts'
import type { LogStore, Outcome } from './store.ts'
import { eventSubject, statusSubject } from './subjects.ts'

/** Where a writer begins. */
export interface Start {
  readonly log: string
  /** The sequence of the last message. */
  readonly seq: number
  /** When the last message was written. */
  readonly at: string | null
  readonly run: string
  /** The entry that comes next. */
  readonly next: number
  /** The part of the ring that the run belongs to. */
  readonly anchor: Pick<Anchor, 'start' | 'cut'>
  /** Events may be missing before `next`. */
  readonly gap?: { readonly cause: GapCause; readonly lost: number | null }
}

/** Why a writer ended. */
export type EndReason =
  | { readonly type: 'refused' }
  | { readonly type: 'failed'; readonly why: string }
  | { readonly type: 'cut' }
  | { readonly type: 'stopped' }

export interface WriterOptions {
  readonly prefix: string
  readonly server: string
  readonly gateway: string
  readonly term: number
  readonly store: LogStore
  readonly ring: Ring
  /** A clock that nobody sets. */
  readonly now: () => number
  /** Whether the writer may go on behind this cut of the ring, with a gap. */
  readonly mayCross: (cut: Cut) => boolean
  /** Learns how a run that the writer begins and the ring belong together, before its first message is stored. */
  readonly anchored: (anchor: Omit<Anchor, 'limit'>) => void
  readonly stored: (entries: number, latency: number) => void
  readonly gap: (cause: GapCause, lost: number | null, milliseconds: number) => void
}

interface InFlight {
  readonly seq: number
  readonly next: number
  /** When its event was received; absent where it is none. */
  readonly heard: number | undefined
  readonly sent: number
}

type Body = Readonly<Record<string, unknown>> & { readonly status: string }

/** How many messages may be under way. */
export const WINDOW = 256
const ACK_TIMEOUT = 1_500
const RANDOM_BYTES = 6
// what a message has beside its data
const ENVELOPE = 4_096
const BRACE = 0x7d

/**
 * Appends the entries of a ring to a log, from a known place on. Each message names the sequence that it must get, and
 * the first message that is not stored ends the writer.
 *
 * That alone refuses no message of an earlier writer that was under way for long: the store takes it when the log has
 * just come to the sequence before it. So a place in a run belongs to one event, whoever writes it, and a log holds
 * nothing but events and gaps: what comes late is the event that was to come. Only a gap begins other places. Behind
 * one a writer goes on when no message of an earlier writer can still fit: fences fill the places that those may name.
 */
export class Writer {
  readonly ended: Promise<EndReason>
  #options: WriterOptions
  #log: string
  #seq: number
  #at: string | null
  #run: string
  #next: number
  #anchor: Pick<Anchor, 'start' | 'cut'>
  /** The last sequence that a message of an earlier writer may name. */
  #fenced: number
  #gapAtStart: Start['gap']
  #isFencing = false
  #inFlight: InFlight[] = []
  #head = 0
  #stored: number
  /** Why nothing more is sent. */
  #stopping: EndReason | undefined
  #reason: EndReason | undefined
  #end!: (reason: EndReason) => void
  #timer: NodeJS.Timeout | undefined

  constructor(options: WriterOptions, start: Start) {
    this.#options = options
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#log = start.log
    this.#seq = start.seq
    this.#stored = start.seq
    this.#at = start.at
    this.#run = start.run
    this.#next = start.next
    this.#anchor = start.anchor
    this.#fenced = start.seq + WINDOW
    this.#gapAtStart = start.gap
    options.ring.settle(start.next)
  }

  /** The sequence of the last message that is known to be stored. */
  get stored(): number {
    return this.#stored
  }

  /** How long the oldest entry has waited that is not known to be stored; undefined where there is none. */
  get lacking(): number | undefined {
    const { ring, now } = this.#options
    return ring.unsettled < ring.end ? now() - ring.get(ring.unsettled).heard : undefined
  }

  /** The entry that is sent next. */
  get next(): number {
    return this.#next
  }

  /** Sends what can be sent. */
  pump(): void {
    while (!this.#reason && !this.#stopping && this.#inFlight.length - this.#head < WINDOW && this.#step()) {}
  }

  /** Sends the next message, and returns false where there is none. */
  #step(): boolean {
    const { ring, mayCross } = this.#options
    const gap = this.#gapAtStart
    if (gap) {
      this.#gapAtStart = undefined
      return this.#sendGap(gap.cause, gap.lost, Math.max(this.#next, ring.first))
    }
    if (this.#isFencing) {
      if (this.#seq + 1 < this.#fenced) return this.#send({ status: 'fence' })
      // an event of a run whose gap is not stored would be a late message of an unknown run to others
      if (this.#inFlight.length > this.#head) return false
      this.#isFencing = false
    }
    if (this.#next < ring.first) return this.#sendGap('overflow', this.#lostBefore(ring.first), ring.first)
    const cut = ring.cutAt(this.#next)
    const isNew = cut !== undefined && !(this.#anchor.start === this.#next && this.#anchor.cut === cut.id)
    // beyond a cut somebody has written what this ring lacks: its next part is a matter of a new search
    if (ring.nextCut(this.#anchor.start) < this.#next || (isNew && !mayCross(cut))) {
      this.#stop({ type: 'cut' })
      return false
    }
    if (isNew) return this.#sendGap(cut.cause, this.#lostBefore(this.#next), this.#next)
    return this.#next < ring.end && this.#sendEntry(this.#next)
  }

  /** Ends at once: nobody knows what becomes of what was sent. */
  fail(why: string): void {
    this.#finish({ type: 'failed', why })
  }

  /** Sends nothing more, and ends when all that was sent is answered. */
  stop(): void {
    this.#stop({ type: 'stopped' })
  }

  #stop(reason: EndReason): void {
    this.#stopping ??= reason
    if (this.#inFlight.length === this.#head) this.#finish(this.#stopping)
  }

  #finish(reason: EndReason): void {
    if (this.#reason) return
    this.#reason = reason
    clearTimeout(this.#timer)
    this.#end(reason)
  }

  #lostBefore(index: number): number | null {
    const crossed = this.#anchor.start === this.#next ? this.#anchor.cut : 0
    return this.#options.ring.lostBefore(this.#next, index, crossed)
  }

  /** Begins a run, whose first event is the entry `next`. */
  #sendGap(cause: GapCause, lost: number | null, next: number): true {
    const { ring, anchored, gap, gateway } = this.#options
    const from = { seq: this.#seq, at: this.#at }
    this.#run = randomBytes(RANDOM_BYTES).toString('base64url')
    this.#next = next
    this.#anchor = { start: next, cut: ring.cutAt(next)?.id ?? 0 }
    this.#isFencing = true
    const first = Math.max(this.#seq + 2, this.#fenced)
    anchored({ log: this.#log, run: this.#run, offset: next - first, ...this.#anchor })
    gap(cause, lost, this.#at === null ? 0 : Date.now() - Date.parse(this.#at))
    return this.#send({ status: 'gap', gateway, cause, from, to: { at: new Date().toISOString() }, lost, resync: true })
  }

  #send(body: Body): true {
    const at = new Date().toISOString()
    const { status } = body
    const seq = this.#seq + 1
    const payload = `${this.#envelope(seq, at)},${JSON.stringify(body).slice(1)}`
    return this.#append(statusSubject(this.#options.prefix, this.#options.server, status), payload, at, undefined)
  }

  #sendEntry(index: number): true {
    const { ring, store, prefix, server } = this.#options
    const entry = ring.get(index)
    const data = ring.data(index)
    this.#next++
    const at = new Date(entry.at).toISOString()
    const call = entry.call === undefined ? '' : `,"call":${JSON.stringify(entry.call)}`
    const name = JSON.stringify(entry.event)
    const head = `${this.#envelope(this.#seq + 1, at)},"event":${name}${call},"hash":"${entry.hash}","data":`
    let payload: string | Uint8Array = joined(head, data)
    if (payload.length > store.maxPayload - ENVELOPE) {
      const short = JSON.stringify(entry.event.slice(0, ENVELOPE / 16))
      const envelope = `${this.#envelope(this.#seq + 1, at)},"event":${short},"hash":"${entry.hash}"`
      payload = `${envelope},"truncated":${data.length},"data":{"Event":${short}}}`
    }
    return this.#append(eventSubject(prefix, server, entry), payload, at, entry.heard)
  }

  #envelope(seq: number, at: string): string {
    const { server, term } = this.#options
    const log = this.#log
    return `{"v":1,"id":"${server}-${log}-${seq}","server":"${server}","log":"${log}","seq":${seq},"term":${term},"run":"${this.#run}","at":"${at}"`
  }

  #append(subject: string, payload: string | Uint8Array, at: string, heard: number | undefined): true {
    const { store, now } = this.#options
    const sent = now()
    const one: InFlight = { seq: ++this.#seq, next: this.#next, heard, sent }
    this.#at = at
    this.#inFlight.push(one)
    this.#timer ??= setTimeout(() => this.#watch(), ACK_TIMEOUT)
    store.append(subject, payload, one.seq, (outcome) => this.#answered(one, outcome))
    return true
  }

  #answered(one: InFlight, outcome: Outcome): void {
    if (this.#reason) return
    // answers come in the order of the sequences, and each names its own
    const isNext = outcome.type === 'stored' && outcome.seq === one.seq && this.#inFlight[this.#head] === one
    if (isNext) this.#advance(one)
    else if (outcome.type !== 'stored') this.#finish(outcome)
    else this.#finish({ type: 'failed', why: `message ${one.seq} was answered as ${outcome.seq}` })
  }

  #advance(one: InFlight): void {
    this.#inFlight[this.#head++] = undefined as never
    if (this.#head >= WINDOW) {
      this.#inFlight.splice(0, this.#head)
      this.#head = 0
    }
    this.#stored = one.seq
    this.#options.ring.settle(one.next)
    if (one.heard !== undefined) this.#options.stored(1, this.#options.now() - one.heard)
    if (this.#stopping) this.#stop(this.#stopping)
    else this.pump()
  }

  /** Ends the writer when the oldest message waits for too long. */
  #watch(): void {
    this.#timer = undefined
    const oldest = this.#inFlight[this.#head]
    if (this.#reason || oldest === undefined) return
    const left = oldest.sent + ACK_TIMEOUT - this.#options.now()
    if (left > 0) this.#timer = setTimeout(() => this.#watch(), left)
    else this.#finish({ type: 'failed', why: `no answer within ${ACK_TIMEOUT / 1000} s` })
  }
}

/** Puts an object of JSON together whose last value is there as bytes. */
function joined(head: string, value: Uint8Array): Uint8Array {
  const size = Buffer.byteLength(head)
  const all = Buffer.allocUnsafe(size + value.length + 1)
  all.write(head)
  all.set(value, size)
  all[all.length - 1] = BRACE
  return all
}
